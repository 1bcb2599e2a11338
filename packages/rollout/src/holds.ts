// Holds: what a wait is held by, instance by instance, with the time at which it ends or becomes a failure.
import { holdCountMax } from './bounds.js';
import type { ChangeOnItsWay, Hold } from './contract/hold.js';
import { isCapacityFailure, listFailedLaunches, startAllowanceMs, startOf } from './evidence.js';
import { listSuspendedByOthers } from './innocence.js';
import { listUnhealthyTargets, type Member } from './members.js';
import type { CapacityChange } from './record.js';
import type { Situation } from './step.js';
import { hasReported } from './track.js';

/** Why each new instance is not proven yet. */
export function holdUnproven(situation: Situation): readonly Hold[] {
  const done = new Set(situation.proven);
  return holdEach(
    situation.newLive.filter((member) => !done.has(member)),
    (member) => holdUnhealthy(situation, member) ?? holdHealthy(situation, member),
  );
}

function holdUnhealthy({ record, observation, at }: Situation, member: Member): Hold | undefined {
  const { instanceId, instance, known } = member;
  const { minHealthyTimeMs } = record.options;
  const start = startOf(record, member);
  const targets = () => listUnhealthyTargets(instanceId, observation);
  if (known?.unhealthySince !== undefined) {
    const progress = progressOf(known.unhealthySince, at, minHealthyTimeMs);
    return { code: 'DIPPED', instanceId, targets: targets(), ...progress };
  }
  const progress = progressOf(start, at, startAllowanceMs(record, observation, member));
  if (instance.lifecycleState !== 'InService')
    return { code: 'STARTING', instanceId, lifecycleState: instance.lifecycleState, ...progress };
  if (!member.isServing || known?.healthySince === undefined)
    return { code: 'NOT_HEALTHY_YET', instanceId, targets: targets(), ...progress };
  return undefined;
}

function holdHealthy({ record, at }: Situation, { instanceId, known }: Member): Hold {
  const { startTimeoutMs, minHealthyTimeMs } = record.options;
  const since = known?.healthySince ?? at;
  if (at - since < minHealthyTimeMs) return { code: 'PROVING', instanceId, ...progressOf(since, at, minHealthyTimeMs) };
  const status = known === undefined || hasReported(known, record) ? undefined : known.reportedStatus;
  return { code: 'VERSION_AWAITED', instanceId, version: record.to.version, status, untilAt: since + startTimeoutMs };
}

/** The launches that the group still owes. */
export function holdLaunching({ record, observation, newLive, oldLive }: Situation): readonly Hold[] {
  const missing = observation.group.desiredCapacity - newLive.length - oldLive.length;
  if (missing <= 0) return [];
  const { desiredCapacity } = observation.group;
  const untilAt = record.progressAt + record.options.progressDeadlineMs;
  const processes = listSuspendedByOthers(record, observation);
  if (processes.length > 0) return [{ code: 'PROCESS_SUSPENDED', processes, untilAt }];
  const failed = listFailedLaunches(record, observation).find(isCapacityFailure);
  if (failed === undefined) return [{ code: 'LAUNCHING', missing, desiredCapacity, untilAt }];
  return [{ code: 'NO_CAPACITY', missing, desiredCapacity, awsText: failed.statusMessage, untilAt }];
}

/** What is on its way to or from Standby, or on its way out by our doing. */
export function holdMoving(situation: Situation): readonly Hold[] {
  const moving = situation.members.filter(({ instance }) => instance.lifecycleState === 'EnteringStandby');
  return holdDraining(situation, moving, (member) => member.known?.warmAt);
}

/** Quarantined ones that the group still lists: it is as it was only when they are gone from it. */
export function holdDetaching(situation: Situation): readonly Hold[] {
  const leaving = situation.members.filter(
    ({ instance, known }) => known?.quarantinedAt !== undefined && instance.lifecycleState === 'Detaching',
  );
  return holdDraining(situation, leaving, (member) => member.known?.quarantinedAt);
}

function holdDraining(
  { observation, at }: Situation,
  members: readonly Member[],
  sinceOf: (member: Member) => number | undefined,
): readonly Hold[] {
  const delayMs = Math.max(0, ...observation.targetGroups.map((targetGroup) => targetGroup.deregistrationDelayMs));
  return holdEach(members, (member) => {
    const { instanceId, instance } = member;
    const progress = progressOf(sinceOf(member) ?? at, at, delayMs);
    return { code: 'DRAINING', instanceId, lifecycleState: instance.lifecycleState, ...progress };
  });
}

/** Why the sizes cannot be touched in this step. */
export function holdUnsettled({ record, isUnsettled, observation }: Situation): readonly Hold[] {
  if (!isUnsettled) return [];
  const change = record.ours.inFlight?.[0];
  if (change !== undefined) return [{ code: 'CHANGE_ON_ITS_WAY', change: describeChange(change) }];
  const value = String(observation.group.desiredCapacity);
  return [{ code: 'FOREIGN_CHANGE_SEEN', what: 'desiredCapacity', value }];
}

function describeChange(change: CapacityChange): ChangeOnItsWay {
  if (change.kind === 'setDesired') return { kind: change.kind, to: change.to };
  return { kind: change.kind, instanceIds: change.instanceIds };
}

function progressOf(since: number, at: number, allowedMs: number) {
  return { waitedMs: Math.max(0, at - since), allowedMs, untilAt: since + allowedMs };
}

/** One hold each, described only where it is named. */
export function holdEach(members: readonly Member[], hold: (member: Member) => Hold): readonly Hold[] {
  const holds = members.slice(0, holdCountMax).map(hold);
  const rest = members.length - holds.length;
  return rest === 0 ? holds : [...holds, { code: 'AND_MORE', count: rest }];
}
