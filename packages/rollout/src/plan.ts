// Plan: the first record of a rollout. It is to be saved before anything is changed (S5).
import { DirectrixError } from './error.js';
import { keepHealthChecks } from './health-checks.js';
import { findRaisedFrom } from './left-behind.js';
import { listServing } from './members.js';
import type { Observation } from './observation.js';
import { deriveOptions } from './options.js';
import type { KeptWarm, Release, RolloutOptions, RolloutRecord } from './record.js';

export interface RolloutPlan {
  readonly observation: Observation;
  readonly from: Release & { readonly launchTemplateVersion: string };
  readonly to: Release;
  /** What is not given is derived from the group. */
  readonly options?: Partial<RolloutOptions>;
  readonly rolloutId: string;
  readonly epoch: number;
  /** Default: deploy. */
  readonly purpose?: 'deploy' | 'rollback';
  /** What the rollout before keeps in Standby. */
  readonly earlierWarm?: KeptWarm;
  /** Epoch milliseconds. */
  readonly at: number;
}

/**
 * The record with which a rollout starts. Throws ROLLBACK_TO_ITSELF when `from` and `to` are one launch template version, and
 * NO_LAUNCH_TEMPLATE for a group that refuseRollout would have refused.
 */
export function planRollout({
  observation,
  from,
  to,
  options,
  rolloutId,
  epoch,
  purpose,
  earlierWarm,
  at,
}: RolloutPlan): RolloutRecord {
  const { group, launchTemplate } = observation;
  const raisedFrom = findRaisedFrom(observation);
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
  const isWaking = earlierWarm !== undefined && earlierWarm.release.launchTemplateVersion === to.launchTemplateVersion;
  // Nothing has to be launched for them: all at once.
  const surge = options?.surge ?? (isWaking ? earlierWarm.instanceIds.length : undefined);
  const derived = deriveOptions(observation, { ...options, surge });
  return {
    schema: 2,
    rolloutId,
    epoch,
    groupName: group.name,
    startedAt: at,
    options: derived,
    from,
    to,
    ...(purpose === undefined ? {} : { purpose }),
    ...(earlierWarm === undefined ? {} : { earlierWarm }),
    original: {
      minSize: group.minSize,
      maxSize: group.maxSize,
      desiredCapacity: group.desiredCapacity,
      ...(group.groupArn === undefined ? {} : { groupArn: group.groupArn }),
      launchTemplate: group.launchTemplate,
      suspendedProcesses: group.suspendedProcesses,
      ...(raisedFrom === undefined ? {} : { raisedFrom }),
      instanceIds: group.instances.map(({ instanceId }) => instanceId),
      defaultLaunchTemplateVersion: launchTemplate.defaultVersion,
      servingCount: listServing(observation).length,
      healthChecks: keepHealthChecks(observation),
    },
    ours: { surge: 0, suspendedProcesses: [], isLaunchTemplatePinned: false, hasCreatedLaunchTemplateVersion: false },
    phase: derived.prove === undefined ? 'roll' : 'prove',
    phaseSince: at,
    progressAt: at,
    instances: {},
    evidence: [],
    base: { desiredCapacity: group.desiredCapacity, since: at },
  };
}
