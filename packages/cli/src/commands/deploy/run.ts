import { resolveRelease } from '@directrix/aws';
import { DirectrixError, type Observation, type RolloutOptions } from '@directrix/rollout';
import type { CommandContext } from '../../command-context.js';
import { countSurge } from '../../option-values.js';
import { performRollout } from '../../rollout/rollout-command.js';
import { currentImageOf, observeGroup, type StartOptions, startRollout } from '../../rollout/start-rollout.js';
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
    const to = await resolveRelease(world.clients, {
      imageId: options.image,
      version: options.version,
      isLatestImageTaken: options.latestImage === true,
      currentImageId: currentImageOf(seen.observation),
    });
    return startRollout(context.io, world, 'deploy', startOptionsOf(options), seen, to);
  });
}

/** The part of the options that every start of a rollout has. */
export function startOptionsOf(options: Omit<DeployOptions, 'image' | 'version' | 'latestImage'>): StartOptions {
  return {
    groupName: options.group,
    reports: { url: options.url, healthPath: normalizePath(options.healthPath) },
    journalFile: options.journal,
    isBrokenBaselineAccepted: options.acceptBrokenBaseline === true,
    rolloutOptions: (observation) => rolloutOptionsOf(options, observation),
  };
}

function rolloutOptionsOf(
  options: Omit<DeployOptions, 'image' | 'version'>,
  { group }: Observation,
): Partial<RolloutOptions> {
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
