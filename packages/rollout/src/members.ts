// Members: a group's instances as a rollout sees them. One index per observation, so that decide() stays linear.
import type { InstanceObservation, Observation, TargetObservation } from './observation.js';
import type { InstanceRecord, RolloutRecord } from './record.js';

export interface Member {
  readonly instanceId: string;
  readonly instance: InstanceObservation;
  /** What the record knows of it; undefined the first time it is seen. */
  readonly known: InstanceRecord | undefined;
  /** Launched from the release's launch template version. */
  readonly isNew: boolean;
  /** Counts in DesiredCapacity: not in Standby, not on its way out. A state that we do not know counts. */
  readonly isLive: boolean;
  /** EC2 says that the machine does not run any more, whatever the group says. */
  readonly isDead: boolean;
  /** InService and healthy in every target group, right now. */
  readonly isServing: boolean;
}

const statesOut: ReadonlySet<string> = new Set(['EnteringStandby', 'Standby', 'Detaching', 'Detached', 'Terminated']);
const deadStates: ReadonlySet<string> = new Set(['shutting-down', 'terminated', 'stopping', 'stopped']);

export function isLeaving(lifecycleState: string): boolean {
  return lifecycleState.startsWith('Terminat') || lifecycleState === 'Detaching' || lifecycleState === 'Detached';
}

export function isInStandby(lifecycleState: string): boolean {
  return lifecycleState === 'Standby' || lifecycleState === 'EnteringStandby';
}

function isLiveState(lifecycleState: string): boolean {
  return !statesOut.has(lifecycleState) && !isLeaving(lifecycleState) && !lifecycleState.startsWith('Warmed:');
}

/** In how many target groups each instance is healthy on all of its ports. */
export type HealthIndex = ReadonlyMap<string, number>;

/** Every instance that the observation shows in the group. `healthy` saves the counting where it was done before. */
export function listMembers(
  record: RolloutRecord,
  observation: Observation,
  healthy: HealthIndex = countHealthyTargetGroups(observation),
): readonly Member[] {
  const release = record.to.launchTemplateVersion;
  return observation.group.instances.map((instance) => {
    const isDead = instance.instanceState !== undefined && deadStates.has(instance.instanceState);
    return {
      instanceId: instance.instanceId,
      instance,
      known: record.instances[instance.instanceId],
      isNew: release !== undefined && instance.launchTemplateVersion === release,
      isLive: isLiveState(instance.lifecycleState),
      isDead,
      isServing: isInServiceAndHealthy(instance, observation, healthy) && !isDead,
    };
  });
}

/** The instances that are InService and healthy in every target group. */
export function listServing(observation: Observation): readonly InstanceObservation[] {
  const healthy = countHealthyTargetGroups(observation);
  return observation.group.instances.filter((instance) => isInServiceAndHealthy(instance, observation, healthy));
}

function isInServiceAndHealthy(
  instance: InstanceObservation,
  { targetGroups }: Observation,
  healthy: HealthIndex,
): boolean {
  // An empty gate is no gate: without a target group nothing serves.
  return (
    instance.lifecycleState === 'InService' &&
    targetGroups.length > 0 &&
    healthy.get(instance.instanceId) === targetGroups.length
  );
}

export function countHealthyTargetGroups({ targetGroups }: Observation): HealthIndex {
  const count = new Map<string, number>();
  for (const { targets } of targetGroups) {
    const [well, ill] = [new Set<string>(), new Set<string>()];
    for (const { instanceId, state } of targets) (state === 'healthy' ? well : ill).add(instanceId);
    for (const id of well) if (!ill.has(id)) count.set(id, (count.get(id) ?? 0) + 1);
  }
  return count;
}

export interface UnhealthyTarget {
  readonly targetGroupName: string;
  /** Undefined: not registered. */
  readonly target: TargetObservation | undefined;
}

/** The targets of one instance that are not healthy, with the target group's name; a missing one as `absent`. */
export function listUnhealthyTargets(instanceId: string, { targetGroups }: Observation): readonly UnhealthyTarget[] {
  return targetGroups.flatMap(({ name, targets }): readonly UnhealthyTarget[] => {
    const own = targets.filter((target) => target.instanceId === instanceId);
    if (own.length === 0) return [{ targetGroupName: name, target: undefined }];
    return own.filter((target) => target.state !== 'healthy').map((target) => ({ targetGroupName: name, target }));
  });
}

/** `is target unhealthy Target.ResponseCodeMismatch (Health checks failed with these codes: [502]) in target group web`. */
export function describeTargets(instanceId: string, observation: Observation): string {
  const unhealthy = listUnhealthyTargets(instanceId, observation);
  if (unhealthy.length === 0) return 'is healthy in every target group';
  const namesByText = new Map<string, string[]>();
  for (const { targetGroupName, target } of unhealthy) {
    const text = target === undefined ? 'is not registered' : describeTarget(target);
    namesByText.set(text, [...(namesByText.get(text) ?? []), targetGroupName]);
  }
  return [...namesByText]
    .map(([text, names]) => `${text} in target group${names.length === 1 ? '' : 's'} ${names.join(' and ')}`)
    .join(', ');
}

function describeTarget({ state, reason, description }: TargetObservation): string {
  return `is target ${state}${reason === undefined ? '' : ` ${reason}`}${
    description === undefined ? '' : ` (${description})`
  }`;
}

/** Verified, healthy at this moment, and so for long enough since its last dip: what a new instance must be to replace an old one. */
export function isProven(member: Member, record: RolloutRecord, at: number): boolean {
  const { known } = member;
  return (
    member.isNew &&
    member.isServing &&
    known?.verifiedAt !== undefined &&
    known.lostAt === undefined &&
    known.healthySince !== undefined &&
    at - known.healthySince >= record.options.minHealthyTimeMs
  );
}

/**
 * By how much a deadline moves while old ones drain on their way to Standby, AWS's default being five minutes: that says nothing
 * against the release, and they cannot come back before.
 */
export function drainPatienceOf({ targetGroups }: Observation, members: readonly Member[]): number {
  const isDraining = members.some(({ isNew, instance }) => !isNew && instance.lifecycleState === 'EnteringStandby');
  return isDraining ? Math.max(0, ...targetGroups.map(({ deregistrationDelayMs }) => deregistrationDelayMs)) : 0;
}
