// group-rules: what a group must have for a rollout. Each rule is one function from plain facts; a refusal of deploy and a finding of
// preflight are the same rule.
//
//   G1. A fact that is not known refuses nothing.

export interface GroupFacts {
  readonly group: {
    readonly name: string;
    readonly minSize: number;
    readonly maxSize: number;
    readonly desiredCapacity: number;
    /** The group's own, or its policy's. Undefined: a launch configuration, or overrides with launch templates of their own. */
    readonly launchTemplate?: object;
    readonly suspendedProcesses: readonly string[];
    /** Undefined: not known, or not made yet. */
    readonly instances?: readonly { readonly instanceId: string; readonly lifecycleState: string }[];
  };
  /** Every one that is attached. Undefined: not known. */
  readonly targetGroups?: readonly TargetGroupFacts[];
}

export interface TargetGroupFacts {
  readonly name: string;
  readonly targets: readonly { readonly instanceId: string; readonly state: string; readonly reason?: string }[];
}

export type GroupRefusalCode =
  | 'NO_TARGET_GROUP'
  | 'NO_LAUNCH_TEMPLATE'
  | 'GROUP_EMPTY'
  | 'PROCESS_SUSPENDED'
  | 'NO_HEALTHY_BASELINE'
  | 'NO_CAPACITY_HEADROOM';

interface GroupRefusal {
  readonly code: GroupRefusalCode;
  /** One sentence with the names and numbers that mattered. */
  readonly message: string;
  /** What to do next. */
  readonly hint: string;
}

/** Without these no instance can be replaced. */
const neededProcesses = ['Launch', 'Terminate', 'AddToLoadBalancer'];

/** Every rule by the code that it refuses with, in the order in which deploy asks. */
export const groupRules = {
  NO_LAUNCH_TEMPLATE: refuseLaunchSource,
  NO_TARGET_GROUP: refuseTargetGroups,
  GROUP_EMPTY: refuseEmpty,
  PROCESS_SUSPENDED: refuseProcesses,
  NO_HEALTHY_BASELINE: refuseBaseline,
  NO_CAPACITY_HEADROOM: refuseSizes,
} as const satisfies Record<GroupRefusalCode, (facts: GroupFacts) => GroupRefusal | undefined>;

function refuseLaunchSource({ group }: GroupFacts): GroupRefusal | undefined {
  if (group.launchTemplate !== undefined) return undefined;
  return {
    code: 'NO_LAUNCH_TEMPLATE',
    message: `${group.name} launches from a launch configuration, or by a mixed instances policy whose overrides have launch templates of their own.`,
    hint: 'give the group, or its policy as a whole, one launch template; a version of it can be pinned and pointed back',
  };
}

function refuseTargetGroups({ group, targetGroups }: GroupFacts): GroupRefusal | undefined {
  if (targetGroups === undefined || targetGroups.length > 0) return undefined;
  return {
    code: 'NO_TARGET_GROUP',
    message: `${group.name} is attached to no target group, so nothing can say whether an instance serves.`,
    hint: 'attach the group to a target group of its load balancer',
  };
}

function refuseEmpty({ group }: GroupFacts): GroupRefusal | undefined {
  if (group.desiredCapacity > 0) return undefined;
  return {
    code: 'GROUP_EMPTY',
    message: `${group.name} wants 0 instances (MinSize ${group.minSize}, MaxSize ${group.maxSize}): there is nothing to replace.`,
    hint: 'point the group at the new launch template version by hand, then raise DesiredCapacity',
  };
}

function refuseProcesses({ group }: GroupFacts): GroupRefusal | undefined {
  const suspended = listNeededSuspended(group.suspendedProcesses);
  if (suspended.length === 0) return undefined;
  return {
    code: 'PROCESS_SUSPENDED',
    message: `${group.name} has suspended ${suspended.join(', ')}, without which no instance can be replaced.`,
    hint: `find out why, then resume ${suspended.length === 1 ? 'it' : 'them'}`,
  };
}

/** Those of the suspended processes that a rollout cannot do without. */
export function listNeededSuspended(suspended: readonly string[]): readonly string[] {
  return suspended.filter((name) => neededProcesses.includes(name));
}

function refuseBaseline(facts: GroupFacts): GroupRefusal | undefined {
  const { group, targetGroups } = facts;
  if (group.instances === undefined || targetGroups === undefined) return undefined;
  if (group.instances.some((instance) => isServing(instance, targetGroups))) return undefined;
  const [first] = group.instances;
  const example = first === undefined ? 'it has none' : `${first.instanceId}: ${troubleOf(first, targetGroups)}`;
  return {
    code: 'NO_HEALTHY_BASELINE',
    message: `None of the ${group.instances.length} instances of ${group.name} is healthy in every target group (${example}): a failure could not be told from what is broken already, and there is nothing to go back to.`,
    hint: 'fix the group first, or accept the broken baseline (--accept-broken-baseline) when the release is the fix',
  };
}

type InstanceFacts = NonNullable<GroupFacts['group']['instances']>[number];

/** In service, and healthy on every port in every target group; without a target group nothing serves. */
export function isServing(
  { instanceId, lifecycleState }: InstanceFacts,
  targetGroups: readonly TargetGroupFacts[],
): boolean {
  return (
    lifecycleState === 'InService' &&
    targetGroups.length > 0 &&
    targetGroups.every(({ targets }) => {
      const own = targets.filter((target) => target.instanceId === instanceId);
      return own.length > 0 && own.every(({ state }) => state === 'healthy');
    })
  );
}

function troubleOf({ instanceId, lifecycleState }: InstanceFacts, targetGroups: readonly TargetGroupFacts[]): string {
  const troubles = targetGroups.flatMap(({ name, targets }) => {
    const own = targets.filter((target) => target.instanceId === instanceId);
    if (own.length === 0) return [`absent in ${name}`];
    return own
      .filter(({ state }) => state !== 'healthy')
      .map(({ state, reason }) => `${[state, reason].filter(Boolean).join(' ')} in ${name}`);
  });
  return troubles.join(', ') || lifecycleState;
}

function refuseSizes({ group }: GroupFacts): GroupRefusal | undefined {
  if (group.maxSize > group.desiredCapacity) return undefined;
  return {
    code: 'NO_CAPACITY_HEADROOM',
    message: `${group.name} cannot launch another instance: MaxSize is ${group.maxSize} and DesiredCapacity is ${group.desiredCapacity}.`,
    hint: `raise MaxSize to ${group.desiredCapacity + 1} or more`,
  };
}
