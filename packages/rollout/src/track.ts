// Track: what the rollout learns of each instance from one observation.
//
//   1. An instance is followed by its id, never by its number in a list.
//   2. Healthy counts from the last dip, in every target group at once.
//   3. An instance that one observation does not show is not lost: EC2 must say so, or several observations in a row.
import { missedCountToBeLost } from './bounds.js';
import type { InstanceMilestone, RolloutEvent } from './event.js';
import { describeTargets, isLeaving, type Member } from './members.js';
import type { Observation, VersionReport } from './observation.js';
import type { InstanceRecord, RolloutRecord } from './record.js';

export interface Tracked {
  readonly record: RolloutRecord;
  readonly events: readonly RolloutEvent[];
}

/** The record with every instance brought up to date, and an event for each step that an instance took. */
export function trackInstances(record: RolloutRecord, observation: Observation, members: readonly Member[]): Tracked {
  const reports = latestReports(observation);
  const events: RolloutEvent[] = [];
  const changed: Record<string, InstanceRecord> = {};
  const present = new Set<string>();
  for (const member of members) {
    present.add(member.instanceId);
    if (member.known === undefined && isOnItsWayOut(record, member)) continue;
    const next = trackMember(record, observation, member, reports.get(member.instanceId), events);
    if (next !== member.known) changed[member.instanceId] = next;
  }
  for (const instanceId of Object.keys(record.instances)) {
    const known = record.instances[instanceId];
    if (known === undefined || present.has(instanceId)) continue;
    if (known.leftAt !== undefined || known.lostAt !== undefined) continue;
    changed[instanceId] = trackMissing(record, observation, instanceId, known, events);
  }
  if (Object.keys(changed).length === 0) return { record, events };
  const next = { ...record, instances: { ...record.instances, ...changed } };
  const hasProgress = events.some(
    (event) => event.kind === 'instance' && (event.what === 'verified' || event.what === 'warm'),
  );
  return { record: hasProgress ? { ...next, progressAt: observation.at } : next, events };
}

/** Leaving when first seen, and launched before us: what drains from an earlier rollout says nothing about this one. */
function isOnItsWayOut({ startedAt }: RolloutRecord, { instance, isDead }: Member): boolean {
  const isOlder = instance.launchedAt === undefined || instance.launchedAt <= startedAt;
  return isOlder && (isLeaving(instance.lifecycleState) || isDead);
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
  const say = (what: InstanceMilestone, text: string) => events.push(milestone(record, at, instanceId, what, text));
  if (before === undefined && member.isNew)
    say('launched', `${instanceId} was launched in ${instance.availabilityZone}`);

  let next: InstanceRecord = before ?? { firstSeenAt: at };
  if (next.lifecycleState !== instance.lifecycleState) {
    if (member.isNew && instance.lifecycleState === 'InService') say('inService', `${instanceId} is InService`);
    if (instance.lifecycleState === 'Standby' && next.warmAt !== undefined)
      say('warm', `${instanceId} is warm, in Standby`);
    next = { ...next, lifecycleState: instance.lifecycleState };
  }
  if (next.launchTemplateVersion !== instance.launchTemplateVersion) {
    next = { ...next, launchTemplateVersion: instance.launchTemplateVersion };
  }
  if (next.missedCount !== undefined) next = { ...next, missedCount: undefined };
  next = trackHealth(next, member, observation, say);
  if (member.isNew) next = trackReport(next, instance.launchedAt, report, instanceId, say);
  if (member.isNew) next = trackConsole(next, observation, instanceId, say);
  if (member.isNew) next = trackVerified(next, record, at, instanceId, say);
  return trackLoss(next, member, at, say);
}

type Say = (what: InstanceMilestone, text: string) => void;

function trackHealth(known: InstanceRecord, member: Member, observation: Observation, say: Say): InstanceRecord {
  const { instanceId } = member;
  if (member.isServing) {
    if (known.healthySince !== undefined) return known;
    if (member.isNew) say('healthy', `${instanceId} is healthy in every target group`);
    return { ...known, healthySince: observation.at, unhealthySince: undefined };
  }
  if (known.healthySince === undefined) {
    return known.unhealthySince !== undefined && !member.isLive ? { ...known, unhealthySince: undefined } : known;
  }
  // The timer starts again whatever the reason. Only a failed check in service is a dip that counts.
  const isDip = member.isNew && member.isLive && (member.isDead || isFailing(instanceId, observation));
  if (!isDip) return { ...known, healthySince: undefined };
  say('dipped', `${instanceId} was healthy and now ${describeTargets(instanceId, observation)}`);
  return { ...known, healthySince: undefined, unhealthySince: observation.at, dipCount: (known.dipCount ?? 0) + 1 };
}

function isFailing(instanceId: string, { targetGroups }: Observation): boolean {
  return targetGroups.some(({ targets }) =>
    targets.some((target) => target.instanceId === instanceId && target.state === 'unhealthy'),
  );
}

function trackReport(
  known: InstanceRecord,
  launchedAt: number | undefined,
  report: VersionReport | undefined,
  instanceId: string,
  say: Say,
): InstanceRecord {
  // A private name is used again after its instance is gone; what was said before the launch was said by another one.
  if (report === undefined || report.version === '' || report.at < (launchedAt ?? 0)) return known;
  const reportedStatus = report.status.slice(0, 200);
  if (known.reportedVersion === report.version && known.reportedStatus === reportedStatus) return known;
  say('reported', `${instanceId} reports ${report.version}: ${reportedStatus}`);
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
  say('reported', `${instanceId} says on its console: ${status}`);
  return { ...known, reportedStatus: status };
}

function trackVerified(
  known: InstanceRecord,
  record: RolloutRecord,
  at: number,
  instanceId: string,
  say: Say,
): InstanceRecord {
  const { minHealthyTimeMs, isVersionChecked } = record.options;
  const { healthySince } = known;
  if (known.verifiedAt !== undefined || known.lostAt !== undefined || healthySince === undefined) return known;
  if (at - healthySince < minHealthyTimeMs) return known;
  if (isVersionChecked && !hasReported(known, record)) return known;
  say(
    'verified',
    `${instanceId} has been healthy for ${Math.round((at - healthySince) / 1000)} s${
      isVersionChecked ? ` and reports ${record.to.version}` : ''
    }`,
  );
  return { ...known, verifiedAt: at };
}

/** Whether the instance said, through the load balancer, that it is well and of the release. */
export function hasReported(known: InstanceRecord, record: RolloutRecord): boolean {
  return known.reportedVersion === record.to.version && known.reportedStatus === 'OK';
}

function trackLoss(known: InstanceRecord, member: Member, at: number, say: Say): InstanceRecord {
  if (known.leftAt !== undefined || known.lostAt !== undefined) return known;
  const { lifecycleState, instanceState } = member.instance;
  if (!isLeaving(lifecycleState) && !member.isDead) return known;
  const text = `${member.instanceId} is ${lifecycleState}${instanceState === undefined ? '' : `, ${instanceState}`}, and not by our doing`;
  say(member.isNew ? 'lost' : 'terminated', text);
  return { ...known, lostAt: at, healthySince: undefined };
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
  const why = isGone ? `EC2 says ${state}` : `${missedCount} observations do not show it`;
  events.push(milestone(record, at, instanceId, isNew ? 'lost' : 'terminated', `${instanceId} is gone: ${why}`));
  return { ...known, missedCount, lostAt: at, healthySince: undefined };
}

function milestone(
  record: RolloutRecord,
  at: number,
  instanceId: string,
  what: InstanceMilestone,
  text: string,
): RolloutEvent {
  return { kind: 'instance', at, rolloutId: record.rolloutId, instanceId, what, text };
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
