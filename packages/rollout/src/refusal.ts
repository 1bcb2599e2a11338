// Refusals: why a rollout must not even begin. Nothing has been changed when one is returned.
import { isLeaving, listServing, listUnhealthyTargets } from './members.js';
import type { Observation } from './observation.js';
import type { Release } from './record.js';

export type RefusalCode =
  | 'NO_TARGET_GROUP'
  | 'NO_LAUNCH_TEMPLATE'
  | 'GROUP_EMPTY'
  | 'ALREADY_THIS_RELEASE'
  | 'PROCESS_SUSPENDED'
  | 'NO_HEALTHY_BASELINE'
  | 'NO_CAPACITY_HEADROOM';

export interface Refusal {
  readonly code: RefusalCode;
  /** One sentence with the names and numbers that mattered. */
  readonly message: string;
  /** What to do next. */
  readonly hint: string;
}

export interface RefusalTerms {
  /** The emergency: nothing is healthy now, and the release is the cure. */
  readonly isBrokenBaselineAccepted?: boolean;
}

/**
 * The first reason not to roll this group to `to`, or undefined. ALREADY_THIS_RELEASE is the one that is no failure: there is
 * nothing to do.
 */
export function refuseRollout(observation: Observation, to: Release, terms: RefusalTerms = {}): Refusal | undefined {
  return (
    refuseGroup(observation) ??
    refuseSameRelease(observation, to) ??
    refuseProcesses(observation) ??
    (terms.isBrokenBaselineAccepted === true ? undefined : refuseBaseline(observation)) ??
    refuseSizes(observation)
  );
}

function refuseGroup({ group, targetGroups }: Observation): Refusal | undefined {
  if (group.launchTemplate === undefined) {
    return {
      code: 'NO_LAUNCH_TEMPLATE',
      message: `${group.name} launches from a launch configuration or a mixed instances policy.`,
      hint: 'give the group a launch template of its own; a version of it can be pinned and pointed back',
    };
  }
  if (targetGroups.length === 0) {
    return {
      code: 'NO_TARGET_GROUP',
      message: `${group.name} is attached to no target group, so nothing can say whether an instance serves.`,
      hint: 'attach the group to a target group of its load balancer',
    };
  }
  if (group.desiredCapacity === 0) {
    return {
      code: 'GROUP_EMPTY',
      message: `${group.name} wants 0 instances (MinSize ${group.minSize}, MaxSize ${group.maxSize}): there is nothing to replace.`,
      hint: 'point the group at the new launch template version by hand, then raise DesiredCapacity',
    };
  }
  return undefined;
}

function refuseSameRelease({ group, launchTemplate }: Observation, to: Release): Refusal | undefined {
  const isOfRelease = (version: string | undefined, imageId: string | undefined) =>
    to.launchTemplateVersion === undefined ? imageId === to.imageId : version === to.launchTemplateVersion;
  // What still drains from an earlier rollout is on its way out.
  const staying = group.instances.filter((instance) => !isLeaving(instance.lifecycleState));
  if (
    staying.length === 0 ||
    !staying.every((instance) => isOfRelease(instance.launchTemplateVersion, instance.imageId))
  ) {
    return undefined;
  }
  // All instances alike is not enough: the group must also launch that release from now on.
  const pinned = resolveVersion(group.launchTemplate?.version ?? '', launchTemplate);
  const isPinned =
    to.launchTemplateVersion === undefined
      ? staying.every((instance) => instance.launchTemplateVersion === pinned)
      : pinned === to.launchTemplateVersion;
  if (!isPinned) return undefined;
  return {
    code: 'ALREADY_THIS_RELEASE',
    message: `Every instance of ${group.name} (${staying.length}) is of release ${to.version}, image ${to.imageId}, already.`,
    hint: 'nothing to do',
  };
}

function refuseProcesses({ group }: Observation): Refusal | undefined {
  const needed = ['Launch', 'Terminate', 'AddToLoadBalancer'];
  const suspended = group.suspendedProcesses.filter((name) => needed.includes(name));
  if (suspended.length === 0) return undefined;
  return {
    code: 'PROCESS_SUSPENDED',
    message: `${group.name} has suspended ${suspended.join(', ')}, without which no instance can be replaced.`,
    hint: `find out why, then resume ${suspended.length === 1 ? 'it' : 'them'}`,
  };
}

function refuseBaseline(observation: Observation): Refusal | undefined {
  if (listServing(observation).length > 0) return undefined;
  const { group } = observation;
  const first = group.instances[0];
  const unhealthy = first === undefined ? [] : listUnhealthyTargets(first.instanceId, observation);
  const example = unhealthy
    .map(({ targetGroupName, target }) =>
      `${target?.state ?? 'absent'} ${target?.reason ?? ''}`.trim().concat(` in ${targetGroupName}`),
    )
    .join(', ');
  return {
    code: 'NO_HEALTHY_BASELINE',
    message: `None of the ${group.instances.length} instances of ${group.name} is healthy in every target group (${
      first === undefined ? 'it has none' : `${first.instanceId}: ${example || first.lifecycleState}`
    }): a failure could not be told from what is broken already, and there is nothing to go back to.`,
    hint: 'mend the group first, or accept the broken baseline when the release is the cure',
  };
}

function refuseSizes({ group }: Observation): Refusal | undefined {
  if (group.maxSize > group.desiredCapacity) return undefined;
  return {
    code: 'NO_CAPACITY_HEADROOM',
    message: `${group.name} cannot launch another instance: MaxSize is ${group.maxSize} and DesiredCapacity is ${group.desiredCapacity}.`,
    hint: `raise MaxSize to ${group.desiredCapacity + 1} or more`,
  };
}

/** The number that a version as the group has it means now. */
export function resolveVersion(
  version: string,
  { latestVersion, defaultVersion }: Observation['launchTemplate'],
): string {
  if (version === '$Latest') return latestVersion;
  if (version === '$Default') return defaultVersion;
  return version;
}

/**
 * The release to come back to: the launch template version of most serving instances, never that of `to` (a rollback to the bad
 * release is none). Without a serving one, of most instances. Undefined when every instance is of `to` or none has a version.
 */
export function findBaseline(
  observation: Observation,
  to: Pick<Release, 'launchTemplateVersion'>,
): { readonly launchTemplateVersion: string; readonly imageId?: string } | undefined {
  return (
    findCommonest(listServing(observation), to.launchTemplateVersion) ??
    findCommonest(observation.group.instances, to.launchTemplateVersion)
  );
}

function findCommonest(
  instances: Observation['group']['instances'],
  except: string | undefined,
): { readonly launchTemplateVersion: string; readonly imageId?: string } | undefined {
  const count = new Map<string, { count: number; imageId?: string }>();
  for (const { launchTemplateVersion: version, imageId } of instances) {
    if (version === undefined || version === except) continue;
    const seen = count.get(version);
    count.set(version, { count: (seen?.count ?? 0) + 1, imageId: seen?.imageId ?? imageId });
  }
  const [first] = [...count].sort(([a, x], [b, y]) => y.count - x.count || Number(b) - Number(a));
  return first === undefined ? undefined : { launchTemplateVersion: first[0], imageId: first[1].imageId };
}
