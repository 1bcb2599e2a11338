import { resolveRelease } from '@directrix/aws';
import { DirectrixError, type Observation, type Release, type RolloutOptions } from '@directrix/rollout';
import type { CommandContext } from '../../command-context.js';
import type { Io } from '../../io.js';
import { countSurge, type Surge } from '../../option-values.js';
import { readChoices } from '../../preflight/read-choices.js';
import { type CanaryOptions, readCanaryOptions } from '../../rollout/canary-options.js';
import { type CheckpointOptions, readCheckpointOptions } from '../../rollout/checkpoint-options.js';
import { conductRollout } from '../../rollout/conduct-rollout.js';
import { type GateOptions, readGateOptions } from '../../rollout/gate-options.js';
import type { NotificationSettings } from '../../rollout/notification-settings.js';
import {
  currentImageOf,
  type ObservedGroup,
  observeGroup,
  passPreflight,
  prepareRollout,
  type StartOptions,
} from '../../rollout/prepare-rollout.js';
import { performRollout } from '../../rollout/rollout-command.js';
import type { World } from '../../world.js';
import type { Preset } from './presets.js';

export interface DeployOptions extends GateOptions, CheckpointOptions, CanaryOptions {
  readonly group: string;
  readonly image?: string;
  readonly version?: string;
  readonly latestImage?: boolean;
  readonly preset?: Preset;
  readonly surge?: Surge;
  readonly minHealthyTime?: number;
  readonly startTimeout?: number;
  readonly progressDeadline?: number;
  readonly url?: string;
  readonly healthPath: string;
  /** False: `--no-version-check`, which is off. */
  readonly versionCheck: 'required' | 'auto' | 'off' | false;
  /** False: `--no-prove`. Undefined: a command without it. */
  readonly prove?: boolean;
  readonly zoneByZone?: boolean;
  /** Undefined: a command without it. */
  readonly keepWarm?: number;
  readonly acceptBrokenBaseline?: boolean;
  readonly journal?: string;
  readonly json?: boolean;
  readonly skip?: readonly string[];
  readonly secretsPath?: string;
  readonly secretsManifest?: string;
  readonly labelSecrets?: boolean;
  /** Of directrix.yaml. */
  readonly notifications?: readonly NotificationSettings[];
  /** Only tell what would be done. */
  readonly plan?: boolean;
  readonly builder?: readonly string[];
}

export async function runDeploy(context: CommandContext, options: DeployOptions): Promise<void> {
  const request = { command: 'deploy', groupName: options.group, json: options.json === true };
  if (options.plan) {
    const { performPlan } = await import('../../rollout/plan-rollout.js');
    return performPlan(context, request, (world) => prepareDeploy(context, world, options));
  }
  await performRollout(context, request, async (world) => {
    const { prepared } = await prepareDeploy(context, world, options);
    return prepared.kind === 'ready' ? conductRollout(context.io, world, prepared.request) : prepared.document;
  });
}

async function prepareDeploy({ io, argv }: CommandContext, world: World, options: DeployOptions) {
  if (options.image === undefined && options.version === undefined)
    throw new DirectrixError('USAGE', 'Name what to deploy: --version or --image.', {
      source: 'directrix deploy',
      hint: 'add --version V or --image AMI',
    });
  const seen = await observeGroup(world, options.group);
  const start: StartOptions = {
    ...startOptionsOf(options, argv),
    prepare: options.labelSecrets ? ({ to }) => label(io, world, options, to) : undefined,
    preflight: await readChoices(io, options),
  };
  const to = await findRelease(world, options, seen).catch((error) => refuseRelease(io, world, start, seen, error));
  return { seen, prepared: await prepareRollout(io, world, 'deploy', start, seen, to) };
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
  'image' | 'version' | 'latestImage' | 'plan' | 'skip' | 'secretsPath' | 'secretsManifest' | 'builder'
>;

/** The part of the options that every start of a rollout has. */
export function startOptionsOf(options: RolloutStart, argv: readonly string[]): StartOptions {
  return {
    groupName: options.group,
    argv,
    reports: {
      url: options.url,
      healthPath: normalizePath(options.healthPath),
      versionHeader: options.versionHeader,
    },
    journalFile: options.journal,
    notifications: options.notifications,
    isBrokenBaselineAccepted: options.acceptBrokenBaseline === true,
    isProved: options.prove === true,
    isVersionCheckFound: options.versionCheck === 'auto',
    // What is gone back to is known.
    canary: ({ group }) =>
      options.prove === undefined
        ? undefined
        : readCanaryOptions(options, options.preset === 'canary', group.desiredCapacity),
    rolloutOptions: (observation) => rolloutOptionsOf(options, observation),
  };
}

/** What a preset means; options that are given beside it win. */
function presetOf(preset: Preset | undefined, desiredCapacity: number): Partial<RolloutOptions> {
  switch (preset) {
    case 'oneByOne':
      return { surge: 1 };
    case 'blueGreen':
      return { surge: Math.max(1, desiredCapacity), isSwitchedAtOnce: true };
    case 'rolling':
    case 'canary':
    case undefined:
      return {};
  }
}

function rolloutOptionsOf(options: RolloutStart, { group }: Observation): Partial<RolloutOptions> {
  return {
    ...presetOf(options.preset, group.desiredCapacity),
    ...(options.surge && { surge: countSurge(options.surge, group.desiredCapacity) }),
    minHealthyTimeMs: options.minHealthyTime,
    startTimeoutMs: options.startTimeout,
    progressDeadlineMs: options.progressDeadline,
    isVersionChecked: options.versionCheck !== 'off' && options.versionCheck !== false,
    ...readGateOptions(options, options.url),
    ...readCheckpointOptions(options),
    keepWarmMs: options.keepWarm,
    isZoneByZone: options.zoneByZone,
  };
}

export function normalizePath(path: string): string {
  return path.startsWith('/') ? path : `/${path}`;
}
