import { resolveRelease } from '@directrix/aws';
import { DirectrixError, type Observation, type Release, type RolloutOptions } from '@directrix/rollout';
import type { CommandContext } from '../../command-context.js';
import type { Io } from '../../io.js';
import { countSurge } from '../../option-values.js';
import { readChoices } from '../../preflight/read-choices.js';
import { performRollout } from '../../rollout/rollout-command.js';
import {
  currentImageOf,
  type ObservedGroup,
  observeGroup,
  passPreflight,
  type StartOptions,
  startRollout,
} from '../../rollout/start-rollout.js';
import type { World } from '../../world.js';
import type { DeployOptions } from './command.js';

export async function runDeploy(context: CommandContext, options: DeployOptions): Promise<void> {
  const request = { command: 'deploy', groupName: options.group, json: options.json === true };
  await performRollout(context, request, async (world) => {
    if (options.image === undefined && options.version === undefined)
      throw new DirectrixError('USAGE', 'What to deploy is not said.', {
        source: 'directrix deploy',
        hint: 'add --version V or --image AMI',
      });
    const seen = await observeGroup(world, options.group);
    const start: StartOptions = {
      ...startOptionsOf(options),
      prepare: options.labelSecrets ? (to) => label(context.io, world, options, to) : undefined,
      preflight: await readChoices(context.io, options),
    };
    const to = await findRelease(world, options, seen).catch((error) =>
      refuseRelease(context.io, world, start, seen, error),
    );
    return startRollout(context.io, world, 'deploy', start, seen, to);
  });
}

async function label(io: Io, world: World, options: DeployOptions, release: Release): Promise<void> {
  const { labelSecrets } = await import('../../rollout/label-secrets.js');
  const { group: groupName, secretsPath } = options;
  const count = await labelSecrets(world, { groupName, release, secretsPath });
  io.stderr.write(`${count} secrets of ${release.version} have its label\n`);
}

function findRelease(world: World, options: DeployOptions, seen: ObservedGroup): Promise<Release> {
  return resolveRelease(world.clients, {
    imageId: options.image,
    version: options.version,
    isLatestImageTaken: options.latestImage === true,
    currentImageId: currentImageOf(seen.observation),
  });
}

// What is wrong with the release is told together with all that is wrong besides.
async function refuseRelease(
  io: Io,
  world: World,
  start: StartOptions,
  seen: ObservedGroup,
  error: unknown,
): Promise<never> {
  if (error instanceof DirectrixError && /^(IMAGE_|RELEASE_)/.test(error.code))
    await passPreflight(io, world, start, seen, error);
  throw error;
}

/** What deploy and rollback have in common. */
type RolloutStart = Omit<
  DeployOptions,
  'image' | 'version' | 'latestImage' | 'skip' | 'secretsPath' | 'secretsManifest' | 'builder'
>;

/** The part of the options that every start of a rollout has. */
export function startOptionsOf(options: RolloutStart): StartOptions {
  return {
    groupName: options.group,
    reports: { url: options.url, healthPath: normalizePath(options.healthPath) },
    journalFile: options.journal,
    isBrokenBaselineAccepted: options.acceptBrokenBaseline === true,
    rolloutOptions: (observation) => rolloutOptionsOf(options, observation),
  };
}

function rolloutOptionsOf(options: RolloutStart, { group }: Observation): Partial<RolloutOptions> {
  return {
    surge: options.surge && countSurge(options.surge, group.desiredCapacity),
    minHealthyTimeMs: options.minHealthyTime,
    startTimeoutMs: options.startTimeout,
    progressDeadlineMs: options.progressDeadline,
    isVersionChecked: options.versionCheck,
  };
}

export function normalizePath(path: string): string {
  return path.startsWith('/') ? path : `/${path}`;
}
