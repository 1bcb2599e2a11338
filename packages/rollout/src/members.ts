// Members: a group's instances as a rollout sees them. One index per observation, so that decide() stays linear.
import { defaultLaunchHookTimeoutMs } from './bounds.js';
import type { InstanceState, TargetState } from './contract/target-state.js';
import type { InstanceObservation, Observation } from './observation.js';
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
  /** InService, and nothing that could be read says whether it serves. Unknown is never taken for ill. */
  readonly isUnknown: boolean;
}

const statesOut: ReadonlySet<string> = new Set(['EnteringStandby', 'Standby', 'Detaching', 'Detached', 'Terminated']);
const deadStates: ReadonlySet<string> = new Set(['shutting-down', 'terminated', 'stopping', 'stopped']);

/** EC2's states of a machine that does not run any more. */
export function isDeadState(instanceState: string): boolean {
  return deadStates.has(instanceState);
}

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
type HealthIndex = ReadonlyMap<string, number>;

/** Every instance that the observation shows in the group. `healthy` saves the counting where it was done before. */
export function listMembers(
  record: RolloutRecord,
  observation: Observation,
  healthy: HealthIndex = countHealthyTargetGroups(observation),
): readonly Member[] {
  const release = record.to.launchTemplateVersion;
  // On the way back a target group that is gone asks nothing of anybody, but time. On the way forward no gate is no proof.
  const isGateless = record.isGoingBack === true && observation.targetGroups.length === 0;
  const isUnread = observation.targetGroups.some(({ unreadable }) => unreadable !== undefined);
  const isSettled = (known: InstanceRecord | undefined) =>
    known?.inServiceAt !== undefined && observation.at - known.inServiceAt >= record.options.minHealthyTimeMs;
  return observation.group.instances.map((instance) => {
    const isDead = instance.instanceState !== undefined && isDeadState(instance.instanceState);
    const known = record.instances[instance.instanceId];
    const isServing = !isDead && isInServiceAndHealthy(instance, observation, healthy, isGateless && isSettled(known));
    const isInService = instance.lifecycleState === 'InService';
    return {
      instanceId: instance.instanceId,
      instance,
      known,
      isNew: release !== undefined && instance.launchTemplateVersion === release,
      isLive: isLiveState(instance.lifecycleState),
      isDead,
      isServing,
      isUnknown: !isServing && !isDead && isInService && (isUnread || isGateless),
    };
  });
}

/** The instances that are InService and healthy in every target group. */
export function listServing(observation: Observation): readonly InstanceObservation[] {
  const healthy = countHealthyTargetGroups(observation);
  return observation.group.instances.filter((instance) => isInServiceAndHealthy(instance, observation, healthy, false));
}

function isInServiceAndHealthy(
  instance: InstanceObservation,
  { targetGroups }: Observation,
  healthy: HealthIndex,
  isGateless: boolean,
): boolean {
  if (instance.lifecycleState !== 'InService') return false;
  // An empty gate is no gate: without a target group nothing serves.
  if (targetGroups.length === 0) return isGateless;
  return healthy.get(instance.instanceId) === targetGroups.length;
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

/** What keeps an instance from serving: each target group in which it is not healthy. Empty when it is healthy in all. */
export function listUnhealthyTargets(instanceId: string, { targetGroups }: Observation): readonly TargetState[] {
  return targetGroups.flatMap(({ name: targetGroupName, targets }): readonly TargetState[] => {
    const own = targets.filter((target) => target.instanceId === instanceId);
    if (own.length === 0) return [{ targetGroupName, state: 'absent' }];
    return own
      .filter(({ state }) => state !== 'healthy')
      .map(({ state, reason, description }) => ({ targetGroupName, state, reason, description }));
  });
}

/** Whether the load balancer checks it in this target group: it is registered there, and a listener's rule leads there. */
export function isCheckedIn(instanceId: string, { targets }: Observation['targetGroups'][number]): boolean {
  return targets.some(
    (target) => target.instanceId === instanceId && target.state !== 'draining' && !isUnchecked(target),
  );
}

function isUnchecked({ state, reason }: Observation['targetGroups'][number]['targets'][number]): boolean {
  return state === 'unused' && (reason === 'Target.NotRegistered' || reason === 'Target.NotInUse');
}

/** An instance and why it does not serve. */
export function describeState({ instanceId, instance }: Member, observation: Observation): InstanceState {
  return {
    instanceId,
    lifecycleState: instance.lifecycleState,
    targets: listUnhealthyTargets(instanceId, observation),
  };
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
    at - known.healthySince >= neededHealthyMs(known, record)
  );
}

/** How long it must be healthy without a dip to count. One that was woken has been proved by an earlier rollout. */
export function neededHealthyMs({ revivedAt }: InstanceRecord, { options }: RolloutRecord): number {
  return revivedAt === undefined ? options.minHealthyTimeMs : 0;
}

/**
 * By how much a deadline moves: while old ones drain on their way to Standby (AWS's default is five minutes), and while a launch
 * lifecycle hook holds one that was launched. Neither says anything against the release.
 */
export function patienceOf({ targetGroups, group }: Observation, members: readonly Member[]): number {
  const isDraining = members.some(({ isNew, instance }) => !isNew && instance.lifecycleState === 'EnteringStandby');
  const drainMs = isDraining ? Math.max(0, ...targetGroups.map((one) => one.deregistrationDelayMs)) : 0;
  const isHeld = members.some(isHeldByLaunchHook);
  return drainMs + (isHeld ? (group.launchHookTimeoutMs ?? defaultLaunchHookTimeoutMs) : 0);
}

/** `Pending:Wait`, `Pending:Proceed`. */
export function isHeldByLaunchHook({ instance }: Pick<Member, 'instance'>): boolean {
  return instance.lifecycleState.startsWith('Pending:');
}
