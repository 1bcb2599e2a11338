// Track: what the rollout learns of each instance from one observation.
//
//   1. An instance is followed by its id, never by its number in a list.
//   2. Healthy counts from the last dip, in every target group at once.
//   3. An instance that one observation does not show is not lost: EC2 must say so, or several observations in a row.
//   4. Nor is one lost for good: several observations in a row that show it in the group find it again, and it proves itself anew.
import { findDeparture, isSpotInterruption } from './activities.js';
import { missedCountToBeLost, sightingsToBelieve } from './bounds.js';
import type { InstanceMilestone, InstanceStep, LossReason, RolloutEvent } from './event.js';
import { isEarlierWarm } from './keep-warm.js';
import { isCheckedIn, isDeadState, isLeaving, listUnhealthyTargets, type Member, neededHealthyMs } from './members.js';
import type { Observation, VersionReport } from './observation.js';
import type { InstanceRecord, RolloutRecord } from './record.js';

interface Tracked {
  readonly record: RolloutRecord;
  readonly events: readonly RolloutEvent[];
}

/** The record with every instance brought up to date, and an event for each step that an instance took. */
export function trackInstances(record: RolloutRecord, observation: Observation, members: readonly Member[]): Tracked {
  const reports = latestReports(observation);
  const reasons = indexReasons(observation);
  const events: RolloutEvent[] = [];
  const changed: Record<string, InstanceRecord> = {};
  const present = new Set<string>();
  for (const member of members) {
    present.add(member.instanceId);
    if (member.known === undefined && isOnItsWayOut(record, member)) continue;
    // What an earlier rollout kept is none of this one's before it is woken.
    if (isEarlierWarm(record, member.instanceId, member.instance.lifecycleState)) continue;
    const next = trackMember(record, observation, member, reports.get(member.instanceId), events);
    if (next !== member.known) changed[member.instanceId] = next;
  }
  for (const instanceId of Object.keys(record.instances)) {
    const known = record.instances[instanceId];
    if (known === undefined) continue;
    const unexplained = countUnexplained(changed[instanceId] ?? known, instanceId, observation);
    if (unexplained !== undefined) changed[instanceId] = unexplained;
    const reasoned = learnReason(changed[instanceId] ?? known, reasons.get(instanceId));
    if (reasoned !== undefined) changed[instanceId] = reasoned;
    if (present.has(instanceId) || known.leftAt !== undefined) continue;
    if (known.lostAt === undefined)
      changed[instanceId] = trackMissing(record, observation, instanceId, changed[instanceId] ?? known, events);
    else if (known.foundCount !== undefined) changed[instanceId] = forgetFound(changed[instanceId] ?? known);
  }
  if (Object.keys(changed).length === 0) return { record, events };
  const next = { ...record, instances: { ...record.instances, ...changed } };
  const hasProgress = events.some((event) => event.kind === 'instance' && isProgress(event.what));
  return { record: hasProgress ? { ...next, progressAt: observation.at } : next, events };
}

/** EC2's reason for the end of each instance that it knows to have ended. */
function indexReasons({ group, detached }: Observation): ReadonlyMap<string, string> {
  const ended = [...group.instances, ...detached].filter(({ instanceState = '' }) => isDeadState(instanceState));
  return new Map(ended.flatMap(({ instanceId, stateReason }) => (stateReason ? [[instanceId, stateReason]] : [])));
}

function learnReason(known: InstanceRecord, stateReason: string | undefined): InstanceRecord | undefined {
  const isOver = known.leftAt !== undefined || known.stateReason === stateReason;
  return stateReason === undefined || isOver ? undefined : { ...known, stateReason };
}

/** One more look at an instance that is lost, and no activity says why. */
function countUnexplained(
  known: InstanceRecord,
  instanceId: string,
  { group }: Observation,
): InstanceRecord | undefined {
  const { lostAt, leftAt, unexplainedCount = 0 } = known;
  if (lostAt === undefined || leftAt !== undefined || unexplainedCount >= sightingsToBelieve) return undefined;
  if (findDeparture(instanceId, group.activities) !== undefined) return undefined;
  return { ...known, unexplainedCount: unexplainedCount + 1 };
}

/** A start that a lifecycle hook held for long begins when the instance is InService. */
function isProgress(what: InstanceMilestone): boolean {
  return what === 'verified' || what === 'warm' || what === 'inService';
}

/** Leaving when first seen, and there before us: what drains from an earlier rollout says nothing about this one. */
function isOnItsWayOut({ original }: RolloutRecord, { instance, instanceId, isDead }: Member): boolean {
  return (isLeaving(instance.lifecycleState) || isDead) && original.instanceIds.includes(instanceId);
}

function latestReports({ reports, group }: Observation): ReadonlyMap<string, VersionReport> {
  if (reports.length === 0) return new Map();
  const byName = new Map(group.instances.map((instance) => [instance.privateDnsName, instance.instanceId]));
  const latest = new Map<string, VersionReport>();
  for (const report of reports) {
    const instanceId = report.instanceId ?? byName.get(report.fqdn);
    if (instanceId !== undefined && (latest.get(instanceId)?.at ?? 0) <= report.at) latest.set(instanceId, report);
  }
  return latest;
}

function trackMember(
  record: RolloutRecord,
  observation: Observation,
  member: Member,
  report: VersionReport | undefined,
  events: RolloutEvent[],
): InstanceRecord {
  const { instance, instanceId, known: before } = member;
  const { at } = observation;
  const say = (step: InstanceStep) => events.push(milestone(record, at, instanceId, step));
  if (before === undefined && member.isNew) say({ what: 'launched', availabilityZone: instance.availabilityZone });

  let next: InstanceRecord = before ?? { firstSeenAt: at };
  if (next.lifecycleState !== instance.lifecycleState) {
    if (member.isNew && instance.lifecycleState === 'InService') say({ what: 'inService' });
    if (instance.lifecycleState === 'Standby' && next.warmAt !== undefined) say({ what: 'warm' });
    const inServiceAt = instance.lifecycleState === 'InService' ? at : undefined;
    next = { ...next, lifecycleState: instance.lifecycleState, inServiceAt };
  }
  // A record of before this was kept: it was InService when it was first seen, at the earliest.
  if (instance.lifecycleState === 'InService' && next.inServiceAt === undefined)
    next = { ...next, inServiceAt: next.firstSeenAt };
  if (next.launchTemplateVersion !== instance.launchTemplateVersion) {
    next = { ...next, launchTemplateVersion: instance.launchTemplateVersion };
  }
  if (isSpotInterruption(instance.stateReason) && next.interruptedAt === undefined)
    next = { ...next, interruptedAt: at };
  if (next.missedCount !== undefined) next = { ...next, missedCount: undefined };
  next = trackChecked(next, member, observation);
  next = trackHealth(next, member, observation, say);
  if (member.isNew) next = trackReport(next, report, say);
  if (member.isNew) next = trackConsole(next, observation, instanceId, say);
  if (member.isNew) next = trackVerified(next, record, at, say);
  return trackLoss(next, member, at, say);
}

type Say = (step: InstanceStep) => void;

/** No check can find an instance healthy that is in no target group, or in one that no listener leads to: its start has yet to begin. */
function trackChecked(known: InstanceRecord, member: Member, observation: Observation): InstanceRecord {
  const { instance, instanceId, isNew } = member;
  if (!isNew || instance.lifecycleState !== 'InService') return known;
  const isChecked = observation.targetGroups.every(
    (group) => group.unreadable !== undefined || isCheckedIn(instanceId, group),
  );
  if (isChecked === (known.isUnchecked !== true)) return known;
  return isChecked ? { ...known, isUnchecked: undefined, checkedAt: observation.at } : { ...known, isUnchecked: true };
}

function trackHealth(known: InstanceRecord, member: Member, observation: Observation, say: Say): InstanceRecord {
  const { instanceId } = member;
  if (member.isServing) {
    if (known.healthySince !== undefined) return known;
    if (member.isNew) say({ what: 'healthy' });
    return { ...known, healthySince: observation.at, unhealthySince: undefined };
  }
  if (known.healthySince === undefined) {
    return known.unhealthySince !== undefined && !member.isLive ? { ...known, unhealthySince: undefined } : known;
  }
  // The timer starts again whatever the reason. Only a failed check in service is a dip that counts.
  const isDip = member.isNew && member.isLive && (member.isDead || isFailing(instanceId, observation));
  if (!isDip) return { ...known, healthySince: undefined };
  say({ what: 'dipped', targets: listUnhealthyTargets(instanceId, observation) });
  return { ...known, healthySince: undefined, unhealthySince: observation.at, dipCount: (known.dipCount ?? 0) + 1 };
}

function isFailing(instanceId: string, { targetGroups }: Observation): boolean {
  return targetGroups.some(({ targets }) =>
    targets.some((target) => target.instanceId === instanceId && target.state === 'unhealthy'),
  );
}

function trackReport(known: InstanceRecord, report: VersionReport | undefined, say: Say): InstanceRecord {
  // A private name is used again after its instance is gone; what was said before this one was seen was said by another.
  if (report === undefined || report.version === '' || report.at < known.firstSeenAt) return known;
  const reportedStatus = report.status.slice(0, 200);
  if (known.reportedVersion === report.version && known.reportedStatus === reportedStatus) return known;
  say({ what: 'reported', by: 'loadBalancer', version: report.version, status: reportedStatus });
  return { ...known, reportedVersion: report.version, reportedStatus };
}

/** What an instance says that nobody can reach; never in place of what it said through the load balancer. */
function trackConsole(
  known: InstanceRecord,
  { consoles = [] }: Observation,
  instanceId: string,
  say: Say,
): InstanceRecord {
  const status = consoles.find((console) => console.instanceId === instanceId)?.status.slice(0, 200);
  if (status === undefined || known.reportedVersion !== undefined || known.reportedStatus === status) return known;
  say({ what: 'reported', by: 'console', status });
  return { ...known, reportedStatus: status };
}

function trackVerified(known: InstanceRecord, record: RolloutRecord, at: number, say: Say): InstanceRecord {
  const { isVersionChecked } = record.options;
  const { healthySince } = known;
  if (known.verifiedAt !== undefined || known.lostAt !== undefined || healthySince === undefined) return known;
  if (at - healthySince < neededHealthyMs(known, record)) return known;
  if (isVersionChecked && !hasReported(known, record)) return known;
  say({
    what: 'verified',
    healthyMs: at - healthySince,
    ...(isVersionChecked ? { version: record.to.version } : {}),
  });
  return { ...known, verifiedAt: at };
}

/** Whether the instance said, through the load balancer, that it is well and of the release. */
export function hasReported(known: InstanceRecord, record: RolloutRecord): boolean {
  return known.reportedVersion === record.to.version && known.reportedStatus === 'OK';
}

function trackLoss(known: InstanceRecord, member: Member, at: number, say: Say): InstanceRecord {
  if (known.leftAt !== undefined) return known;
  const { instance } = member;
  const { lifecycleState, instanceState } = instance;
  const isGoing = isLeaving(lifecycleState) || member.isDead;
  if (known.lostAt !== undefined) return isGoing ? forgetFound(known) : trackFound(known, lifecycleState, say);
  if (!isGoing) return known;
  const because = { code: 'LEAVING', lifecycleState, instanceState, stateReason: instance.stateReason } as const;
  say({ what: member.isNew ? 'lost' : 'terminated', because });
  return { ...known, lostAt: at, healthySince: undefined };
}

/** Lost, and in the group again: one look may be an old one, so several in a row must show it. */
function trackFound(known: InstanceRecord, lifecycleState: string, say: Say): InstanceRecord {
  const foundCount = (known.foundCount ?? 0) + 1;
  if (foundCount < sightingsToBelieve) return { ...known, foundCount };
  say({ what: 'found', lifecycleState });
  return { ...known, foundCount: undefined, lostAt: undefined, stateReason: undefined, unexplainedCount: undefined };
}

function forgetFound(known: InstanceRecord): InstanceRecord {
  return known.foundCount === undefined ? known : { ...known, foundCount: undefined };
}

function trackMissing(
  record: RolloutRecord,
  { at, detached }: Observation,
  instanceId: string,
  known: InstanceRecord,
  events: RolloutEvent[],
): InstanceRecord {
  const missedCount = (known.missedCount ?? 0) + 1;
  const state = detached.find((each) => each.instanceId === instanceId)?.instanceState;
  const isGone = state === 'terminated' || state === 'shutting-down';
  if (missedCount < missedCountToBeLost && !isGone) return { ...known, missedCount };
  const isNew = known.launchTemplateVersion === record.to.launchTemplateVersion;
  const because: LossReason = isGone
    ? { code: 'GONE_FROM_EC2', instanceState: state, stateReason: known.stateReason }
    : { code: 'NOT_SEEN', observationCount: missedCount };
  events.push(milestone(record, at, instanceId, { what: isNew ? 'lost' : 'terminated', because }));
  return { ...known, missedCount, lostAt: at, healthySince: undefined };
}

function milestone(record: RolloutRecord, at: number, instanceId: string, step: InstanceStep): RolloutEvent {
  return { kind: 'instance', at, rolloutId: record.rolloutId, instanceId, ...step };
}

/** The new instances whose version is still to be heard through the load balancer: those that it can reach. */
export function listUnheard(record: RolloutRecord): readonly string[] {
  if (!record.options.isVersionChecked || record.to.launchTemplateVersion === undefined) return [];
  return Object.entries(record.instances)
    .filter(
      ([, known]) =>
        known.launchTemplateVersion === record.to.launchTemplateVersion &&
        known.lifecycleState === 'InService' &&
        known.leftAt === undefined &&
        known.lostAt === undefined &&
        known.healthySince !== undefined &&
        !hasReported(known, record),
    )
    .map(([instanceId]) => instanceId);
}
