import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { resolveRelease } from '@directrix/aws';
import { DirectrixError, type Release } from '@directrix/rollout';
import { colorsFor } from '../../colors.js';
import type { CommandContext } from '../../command-context.js';
import { exitCode } from '../../exit-code.js';
import { describeFailure, writeFailure } from '../../failure.js';
import { type PreflightResult, performPreflight } from '../../preflight/perform-preflight.js';
import { readChoices } from '../../preflight/read-choices.js';
import type { World } from '../../world.js';
import { checkTemplate } from './check-template.js';
import type { PreflightOptions } from './command.js';
import { describePreflight, formatPreflight } from './output.js';
import { describeSarif } from './sarif.js';

export async function runPreflightCommand(context: CommandContext, options: PreflightOptions): Promise<void> {
  const { io } = context;
  try {
    const checked =
      options.template === undefined
        ? await checkAccount(context, options)
        : checkTemplate(io, options.template, options);
    const document = describePreflight(checked);
    if (options.sarif !== undefined)
      writeFileSync(resolve(io.cwd, options.sarif), `${JSON.stringify(describeSarif(checked), null, 2)}\n`);
    io.stdout.write(
      options.json ? `${JSON.stringify(document, null, 2)}\n` : formatPreflight(checked, colorsFor(io.stdout, io.env)),
    );
    context.setExitCode(document.verdict === 'pass' ? exitCode.done : exitCode.refused);
  } catch (error) {
    writeFailure(io, error);
    if (options.json) {
      const refusal = { schema: 'directrix.preflight/1', verdict: 'unknown', error: describeFailure(error) };
      io.stdout.write(`${JSON.stringify(refusal, null, 2)}\n`);
    }
    context.setExitCode(exitCode.refused);
  }
}

/** What was checked, and what came of it. */
export interface CheckedPreflight extends PreflightResult {
  readonly groupName: string;
  readonly release?: Release;
  /** The template's file and text, in place of an account. */
  readonly template?: { readonly path: string; readonly text: string };
}

async function checkAccount(context: CommandContext, options: PreflightOptions): Promise<CheckedPreflight> {
  const groupName = requireGroup(options);
  if (options.image === undefined && options.version === undefined)
    throw new DirectrixError('USAGE', 'What would be deployed is not said.', {
      source: 'directrix preflight',
      hint: 'add --version V or --image AMI',
    });
  const world = context.world ?? (await import('../../world.js')).createWorld(context.io);
  const release = await findRelease(world, options);
  const { countSurge } = await import('../../option-values.js');
  const { describeGroup } = await import('@directrix/aws');
  const desired = options.surge?.kind === 'percent' ? await describeGroup(world.clients, groupName) : undefined;
  const result = await performPreflight(world, {
    groupName,
    release,
    intent: {
      surge: options.surge && countSurge(options.surge, desired?.DesiredCapacity ?? 0),
      minHealthyTimeMs: options.minHealthyTime,
      startTimeoutMs: options.startTimeout,
      isBrokenBaselineAccepted: options.acceptBrokenBaseline === true,
    },
    choices: await readChoices(context.io, options),
  });
  world.clients.destroy();
  return { ...result, groupName, release: release instanceof Error ? undefined : release };
}

function requireGroup({ group }: PreflightOptions): string {
  if (group !== undefined) return group;
  throw new DirectrixError('USAGE', 'Which group is not said.', {
    source: 'directrix preflight',
    hint: 'add --group NAME, or --template FILE',
  });
}

/** Codes that say what is wrong with the release itself: findings, and no reason to stop looking. */
const releaseCodes = ['IMAGE_NOT_FOUND', 'IMAGE_NOT_AVAILABLE', 'IMAGE_AMBIGUOUS', 'RELEASE_VERSION_UNKNOWN'];

async function findRelease(world: World, options: PreflightOptions): Promise<Release | DirectrixError> {
  try {
    return await resolveRelease(world.clients, {
      imageId: options.image,
      version: options.version,
      isLatestImageTaken: options.latestImage === true,
    });
  } catch (error) {
    if (error instanceof DirectrixError && releaseCodes.includes(error.code)) return error;
    throw error;
  }
}
