import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { resolveRelease } from '@directrix/aws';
import {
  DirectrixError,
  defaultHealthPath,
  defaultWatchedPath,
  isMaxSizeLentByDefault,
  type Release,
} from '@directrix/rollout';
import { colorsFor } from '../../colors.js';
import type { CommandContext } from '../../command-context.js';
import { exitCode } from '../../exit-code.js';
import { describeFailure, writeFailure } from '../../failure.js';
import type { Surge } from '../../option-values.js';
import { performPreflight } from '../../preflight/perform-preflight.js';
import { readChoices } from '../../preflight/read-choices.js';
import { type CanaryOptions, readCanaryOptions } from '../../rollout/canary-options.js';
import { writeText } from '../../text/lines.js';
import { withWorld } from '../../with-world.js';
import type { World } from '../../world.js';
import type { Preset } from '../deploy/presets.js';
import { checkTemplate } from './check-template.js';
import type { CheckedPreflight } from './checked-preflight.js';
import { describePreflight, formatPreflight } from './output.js';
import { findPresentRelease, isAboutReplacement } from './replacement.js';
import { describeSarif } from './sarif.js';

export interface PreflightOptions extends CanaryOptions {
  readonly preset?: Preset;
  readonly group?: string;
  readonly image?: string;
  readonly version?: string;
  readonly latestImage?: boolean;
  readonly surge?: Surge;
  readonly minHealthyTime?: number;
  readonly startTimeout?: number;
  readonly acceptBrokenBaseline?: boolean;
  readonly skip?: readonly string[];
  readonly secretsPath?: string;
  readonly secretsManifest?: string;
  readonly builder?: readonly string[];
  readonly allowUndecided?: boolean;
  readonly template?: readonly string[];
  readonly parameter?: readonly string[];
  readonly json?: boolean;
  readonly sarif?: string;
}

export async function runPreflightCommand(context: CommandContext, options: PreflightOptions): Promise<void> {
  const { io } = context;
  try {
    const checked =
      options.template === undefined
        ? await checkAccount(context, options)
        : checkTemplate(io, options.template, { ...options, region: context.account?.region });
    const document = describePreflight(checked);
    if (options.sarif !== undefined)
      writeFileSync(resolve(io.cwd, options.sarif), `${JSON.stringify(describeSarif(checked), null, 2)}\n`);
    writeText(
      io.stdout,
      options.json ? `${JSON.stringify(document, null, 2)}\n` : formatPreflight(checked, colorsFor(io.stdout, io.env)),
    );
    const isPassed =
      document.verdict === 'pass' || (document.verdict === 'undecided' && options.allowUndecided === true);
    context.setExitCode(isPassed ? exitCode.done : exitCode.refused);
  } catch (error) {
    writeFailure(io, error);
    if (options.json) {
      const refusal = { schema: 'directrix.preflight/1', verdict: 'unknown', error: describeFailure(error) };
      io.stdout.write(`${JSON.stringify(refusal, null, 2)}\n`);
    }
    context.setExitCode(exitCode.refused);
  }
}

async function checkAccount(context: CommandContext, options: PreflightOptions): Promise<CheckedPreflight> {
  const groupName = requireGroup(options);
  return withWorld(context, (world) => checkGroup(context, world, options, groupName));
}

async function checkGroup(
  context: CommandContext,
  world: World,
  options: PreflightOptions,
  groupName: string,
): Promise<CheckedPreflight> {
  const isReplacement = options.image === undefined && options.version === undefined;
  const release = isReplacement ? await findPresentRelease(world, groupName) : await findRelease(world, options);
  const { countSurge } = await import('../../option-values.js');
  const { describeGroup } = await import('@directrix/aws');
  const desired = options.surge?.kind === 'percent' ? await describeGroup(world.clients, groupName) : undefined;
  const result = await performPreflight(context.io, world, {
    groupName,
    release,
    intent: {
      surge: options.surge && countSurge(options.surge, desired?.DesiredCapacity ?? 0),
      minHealthyTimeMs: options.minHealthyTime,
      startTimeoutMs: options.startTimeout,
      // As a deploy without options asks.
      versionCheck: { healthPath: defaultHealthPath, isRequired: false },
      isBrokenBaselineAccepted: options.acceptBrokenBaseline === true,
      isMaxSizeLent: isMaxSizeLentByDefault,
      canary: isReplacement ? undefined : canaryOf(options),
    },
    choices: await readChoices(context.io, options),
  });
  return {
    findings: isReplacement ? result.findings.filter(isAboutReplacement) : result.findings,
    skipped: isReplacement ? result.skipped.filter(isAboutReplacement) : result.skipped,
    question: isReplacement ? 'replacement' : 'rollout',
    groupName,
    release: release instanceof Error ? undefined : release,
  };
}

/** As a deploy with these options and no others would give it. How large a share is decides nothing here. */
function canaryOf(options: PreflightOptions) {
  const canary = readCanaryOptions(options, options.preset === 'canary', 1);
  return canary && { paths: [defaultWatchedPath, defaultHealthPath], healthPath: defaultHealthPath };
}

function requireGroup({ group }: PreflightOptions): string {
  if (group !== undefined) return group;
  throw new DirectrixError('USAGE', 'Name the group to check, or a template.', {
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
