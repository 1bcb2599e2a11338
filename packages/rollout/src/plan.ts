// Plan: the first record of a rollout. It is to be saved before anything is changed (S5).
import { DirectrixError } from './error.js';
import { listServing } from './members.js';
import type { Observation } from './observation.js';
import { deriveOptions } from './options.js';
import type { Release, RolloutOptions, RolloutRecord } from './record.js';

export interface RolloutPlan {
  readonly observation: Observation;
  readonly from: Release & { readonly launchTemplateVersion: string };
  readonly to: Release;
  /** What is not given is derived from the group. */
  readonly options?: Partial<RolloutOptions>;
  readonly rolloutId: string;
  readonly epoch: number;
  /** Epoch milliseconds. */
  readonly at: number;
}

/**
 * The record with which a rollout starts. Throws ROLLBACK_TO_ITSELF when `from` and `to` are one launch template version, and
 * NO_LAUNCH_TEMPLATE for a group that refuseRollout would have refused.
 */
export function planRollout({ observation, from, to, options, rolloutId, epoch, at }: RolloutPlan): RolloutRecord {
  const { group, launchTemplate } = observation;
  if (group.launchTemplate === undefined) {
    throw new DirectrixError('NO_LAUNCH_TEMPLATE', `${group.name} has no launch template.`, {
      source: `group ${group.name}`,
    });
  }
  if (from.launchTemplateVersion === to.launchTemplateVersion) {
    throw new DirectrixError(
      'ROLLBACK_TO_ITSELF',
      `${group.name} would go back to launch template version ${from.launchTemplateVersion}, which is the release itself.`,
      { source: `group ${group.name}`, hint: 'name the version that was good' },
    );
  }
  const given = Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value !== undefined));
  return {
    schema: 1,
    rolloutId,
    epoch,
    groupName: group.name,
    startedAt: at,
    options: { ...deriveOptions(observation), ...given },
    from,
    to,
    original: {
      minSize: group.minSize,
      maxSize: group.maxSize,
      desiredCapacity: group.desiredCapacity,
      launchTemplate: group.launchTemplate,
      suspendedProcesses: group.suspendedProcesses,
      instanceIds: group.instances.map(({ instanceId }) => instanceId),
      defaultLaunchTemplateVersion: launchTemplate.defaultVersion,
      servingCount: listServing(observation).length,
    },
    ours: { surge: 0, suspendedProcesses: [], isLaunchTemplatePinned: false, hasCreatedLaunchTemplateVersion: false },
    phase: 'roll',
    phaseSince: at,
    progressAt: at,
    instances: {},
    evidence: [],
    base: { desiredCapacity: group.desiredCapacity },
  };
}
