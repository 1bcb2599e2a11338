// Evidence: what proves that the release must not go on. One entry per kind, naming every instance that shows it now.
//
//   1. No data is neither: it holds the rollout until a deadline, and the deadline is what is decisive.
//   2. What breaks old and new alike says nothing against the release: the environment is broken, and a cure must be able to ship.
//   3. It carries what a person needs at midnight: instance, target group, state and reason, the time waited, versions.
import { findDeparture, isEndedInEc2, isOthersDoing } from './activities.js';
import { activityLagMs, decisiveDipCount, defaultLaunchHookTimeoutMs, sightingsToBelieve } from './bounds.js';
import { findCanaryEvidence } from './canary-evidence.js';
import { actKinds, isOfProof } from './contract/act-kind.js';
import { type Evidence, shownCountMax } from './contract/evidence.js';
import type { HealthCheck, InstanceState } from './contract/target-state.js';
import { findGateEvidence } from './gates/gate-evidence.js';
import { isInSharedOutage } from './gates/judge-gates.js';
import { readWanted } from './ledger.js';
import { describeState, isHeldByLaunchHook, isInStandby, isProven, type Member, patienceOf } from './members.js';
import type { ActivityObservation, Observation } from './observation.js';
import { findProofEvidence } from './proof.js';
import type { RolloutRecord } from './record.js';
import { findGivenUp } from './refusals.js';
import { hasReported } from './track.js';

/** All decisive evidence against the release in this observation; empty while there is none. */
export function findEvidence(
  record: RolloutRecord,
  observation: Observation,
  members: readonly Member[],
): readonly Evidence[] {
  const fresh = members.filter(
    (member) => member.isNew && member.known !== undefined && member.known.leftAt === undefined,
  );
  return [
    findWrongVersion(record, observation, fresh),
    findWrongImage(record, observation, fresh),
    findLost(record, observation),
    findUnhealthyAgain(record, observation, fresh, members),
    findStartTimeout(record, observation, fresh),
    findUnheard(record, observation, fresh),
    findLaunchFailure(record, observation),
    findRefusals(record, observation),
    findStandstill(record, observation, members),
    ...findGateEvidence(record, observation, fresh),
    ...findProofEvidence(record, observation),
    ...findCanaryEvidence(record, observation),
  ].filter((each) => each !== undefined);
}

/** What one instance shows, described only where it is shown: a large group that fails at once must not cost more than its size. */
interface Finding<Shown> {
  readonly instanceId: string;
  readonly show: () => Shown;
}

interface Gathered<Shown> {
  readonly at: number;
  readonly instanceIds: readonly string[];
  readonly shown: readonly Shown[];
}

function gather<Shown>(at: number, found: readonly Finding<Shown>[]): Gathered<Shown> | undefined {
  if (found.length === 0) return undefined;
  return {
    at,
    instanceIds: found.map(({ instanceId }) => instanceId),
    shown: found.slice(0, shownCountMax).map(({ show }) => show()),
  };
}

function findWrongVersion(record: RolloutRecord, { at }: Observation, fresh: readonly Member[]): Evidence | undefined {
  if (!record.options.isVersionChecked) return undefined;
  const expected = record.to.version;
  const found = fresh.flatMap(({ instanceId, known }) => {
    const version = known?.reportedVersion;
    if (version === undefined || version === expected) return [];
    return [{ instanceId, show: () => ({ instanceId, version }) }];
  });
  const gathered = gather(at, found);
  return gathered && { code: 'WRONG_VERSION', expected, ...gathered };
}

function findWrongImage(record: RolloutRecord, { at }: Observation, fresh: readonly Member[]): Evidence | undefined {
  const expected = record.to.imageId;
  const found = fresh.flatMap(({ instanceId, instance: { imageId, launchTemplateVersion } }) => {
    if (imageId === undefined || imageId === expected) return [];
    return [{ instanceId, show: () => ({ instanceId, imageId, launchTemplateVersion }) }];
  });
  const gathered = gather(at, found);
  return gathered && { code: 'WRONG_IMAGE', expected, ...gathered };
}

function findLost(record: RolloutRecord, { group, at }: Observation): Evidence | undefined {
  if (record.to.launchTemplateVersion === undefined) return undefined;
  const found = Object.keys(record.instances).flatMap((instanceId) => {
    const known = record.instances[instanceId];
    if (known?.lostAt === undefined || known.launchTemplateVersion !== record.to.launchTemplateVersion) return [];
    if (known.interruptedAt !== undefined) return [];
    // While it is seen in the group again, it is not known whether it was ever lost.
    if (known.foundCount !== undefined) return [];
    const { lostAt, firstSeenAt, unexplainedCount = 0 } = known;
    const activity = findDeparture(instanceId, group.activities);
    // What the group, a person or EC2 takes by right says nothing about the release.
    if (activity !== undefined && isOthersDoing(activity)) return [];
    if (isEndedInEc2(known.stateReason, activity)) return [];
    // Activities lag the group: one look without one proves nothing.
    const isUnexplained = unexplainedCount >= sightingsToBelieve && at - lostAt >= activityLagMs;
    if (activity === undefined && !isUnexplained) return [];
    return [{ instanceId, show: () => ({ instanceId, aliveMs: lostAt - firstSeenAt, cause: activity?.cause }) }];
  });
  const gathered = gather(at, found);
  return gathered && { code: 'INSTANCE_LOST', ...gathered };
}

function findUnhealthyAgain(
  record: RolloutRecord,
  observation: Observation,
  fresh: readonly Member[],
  members: readonly Member[],
): Evidence | undefined {
  if (isEnvironmentBroken(members)) return undefined;
  const { at } = observation;
  const patienceMs = isOutageCurable(record, observation, members) ? 0 : record.options.minHealthyTimeMs;
  const found = fresh.flatMap((member) => {
    const { instanceId, known, isLive } = member;
    if (known?.unhealthySince === undefined || !isLive || known.lostAt !== undefined) return [];
    const unhealthyMs = at - known.unhealthySince;
    const dipCount = known.dipCount ?? 0;
    if (unhealthyMs < patienceMs && dipCount < decisiveDipCount) return [];
    const status = statusOf(known.reportedStatus);
    return [{ instanceId, show: () => ({ ...describeState(member, observation), unhealthyMs, dipCount, status }) }];
  });
  const gathered = gather(at, found);
  return gathered && { code: 'UNHEALTHY_AGAIN', ...gathered };
}

/** Fewer than half of what is wanted serve, and old ones are warm: to wait whether a dip passes would be to watch an outage. */
function isOutageCurable(record: RolloutRecord, observation: Observation, members: readonly Member[]): boolean {
  const wanted = readWanted(record, observation);
  const serving = members.filter((member) => member.isLive && member.isServing);
  if (serving.length * 2 >= wanted) return false;
  return members.some(
    ({ isNew, isDead, known, instance }) =>
      !isNew && !isDead && known?.warmAt !== undefined && isInStandby(instance.lifecycleState),
  );
}

/** Old ones are in service, none of them is healthy any more: whatever it is, it is not only the release. */
export function isEnvironmentBroken(members: readonly Member[]): boolean {
  let oldCount = 0;
  for (const member of members) {
    if (member.isNew || member.instance.lifecycleState !== 'InService' || member.isDead) continue;
    if (member.isServing) return false;
    oldCount += 1;
  }
  return oldCount > 0;
}

function findStartTimeout(
  record: RolloutRecord,
  observation: Observation,
  fresh: readonly Member[],
): Evidence | undefined {
  const { at } = observation;
  let allowedMs = record.options.startTimeoutMs;
  const found = fresh.flatMap((member) => {
    const { instanceId, known, isLive, isServing } = member;
    if (known === undefined || !isLive || isServing || known.lostAt !== undefined) return [];
    if (known.isUnchecked === true) return [];
    // One that has been healthy already is judged by its dips.
    if (known.verifiedAt !== undefined || known.unhealthySince !== undefined) return [];
    const waitedMs = at - startOf(record, member);
    const memberMs = startAllowanceMs(record, observation, member);
    if (waitedMs < memberMs) return [];
    allowedMs = Math.max(allowedMs, memberMs);
    const status = statusOf(known.reportedStatus);
    return [{ instanceId, show: () => ({ ...describeState(member, observation), waitedMs, status }) }];
  });
  const gathered = gather(at, found);
  if (gathered === undefined) return undefined;
  return { code: 'START_TIMEOUT', allowedMs, healthChecks: checksOf(gathered.shown, observation), ...gathered };
}

/** How the target groups ask in which one of these is not healthy. */
function checksOf(shown: readonly InstanceState[], { targetGroups }: Observation): readonly HealthCheck[] {
  const named = new Set(shown.flatMap(({ targets }) => targets.map(({ targetGroupName }) => targetGroupName)));
  return targetGroups.flatMap(({ name, healthCheck }) =>
    healthCheck !== undefined && named.has(name) ? [{ targetGroupName: name, ...healthCheck }] : [],
  );
}

/**
 * When an instance's start began for this rollout, by our clock: when it became InService, as the group's own grace period counts, and
 * the target groups could check it. Before that, when it was first seen.
 */
export function startOf(record: RolloutRecord, { known }: Member): number {
  const began = known?.inServiceAt ?? known?.firstSeenAt ?? record.startedAt;
  return Math.max(record.startedAt, began, known?.checkedAt ?? began);
}

/** How long a start may take: while a launch lifecycle hook holds the instance, as long as the hook may, too. */
export function startAllowanceMs(record: RolloutRecord, { group }: Observation, member: Member): number {
  const hookMs = isHeldByLaunchHook(member) ? (group.launchHookTimeoutMs ?? defaultLaunchHookTimeoutMs) : 0;
  return record.options.startTimeoutMs + hookMs;
}

function findUnheard(record: RolloutRecord, { at }: Observation, fresh: readonly Member[]): Evidence | undefined {
  if (!record.options.isVersionChecked) return undefined;
  const found = fresh.flatMap(({ instanceId, known, isServing }) => {
    if (known?.healthySince === undefined || !isServing || hasReported(known, record)) return [];
    // While nobody was there to listen, nothing could be heard.
    const healthyMs = at - Math.max(known.healthySince, record.phaseSince);
    if (healthyMs < record.options.startTimeoutMs) return [];
    const { reportedVersion: version, reportedStatus: status } = known;
    return [{ instanceId, show: () => ({ instanceId, healthyMs, version, status }) }];
  });
  const gathered = gather(at, found);
  return gathered && { code: 'VERSION_NOT_REPORTED', expected: record.to.version, ...gathered };
}

const capacityFailure =
  /sufficient .*capacity|InsufficientInstanceCapacity|InsufficientFreeAddresses|enough free addresses|LimitExceeded|limit exceeded|MaxSpot|exceeded.*quota/i;

/** The launches of the release that failed. */
export function listFailedLaunches(record: RolloutRecord, { group }: Observation): readonly ActivityObservation[] {
  const { pin } = record.ours;
  if (pin === undefined || pin.version !== record.to.launchTemplateVersion) return [];
  return group.activities.filter(
    ({ statusCode, startedAt, description }) =>
      statusCode === 'Failed' && startedAt >= pin.at && (description === undefined || /launch/i.test(description)),
  );
}

export function isCapacityFailure({ statusMessage = '' }: ActivityObservation): boolean {
  return capacityFailure.test(statusMessage);
}

/** AWS's words of a launch that failed. */
function launchFailureOf({ statusMessage, cause }: ActivityObservation): string {
  return statusMessage ?? cause;
}

function findLaunchFailure(record: RolloutRecord, observation: Observation): Evidence | undefined {
  const failed = listFailedLaunches(record, observation).find((activity) => !isCapacityFailure(activity));
  if (failed === undefined || record.to.launchTemplateVersion === undefined) return undefined;
  return {
    code: 'LAUNCH_FAILED',
    at: observation.at,
    instanceIds: [],
    launchTemplateVersion: record.to.launchTemplateVersion,
    awsText: launchFailureOf(failed),
  };
}

function findRefusals(record: RolloutRecord, { at }: Observation): Evidence | undefined {
  // Where there can be no proof outside of the group, there is another way; and what is left of one is not the release's doing.
  const needed = actKinds.filter((kind) => !isOfProof(kind));
  const refused = findGivenUp(record, needed);
  if (refused === undefined) return undefined;
  const { act, count, failure, since } = refused;
  return { code: 'APPLY_FAILED', at, instanceIds: [], act, count, durationMs: at - since, failure };
}

function findStandstill(
  record: RolloutRecord,
  observation: Observation,
  members: readonly Member[],
): Evidence | undefined {
  const { at, group } = observation;
  const waitedMs = at - Math.max(record.progressAt, record.wholeAt ?? 0, record.heldAt ?? 0);
  if (waitedMs < record.options.progressDeadlineMs + patienceOf(observation, members)) return undefined;
  const live = members.filter((member) => member.isLive);
  const unproven = live.filter((member) => member.isNew && !isProven(member, record, at));
  // How long a share of users' requests lasts has a deadline of its own.
  if (record.ours.forward?.inForce !== undefined) return undefined;
  // An outage that old and new share is waited for.
  if (isInSharedOutage(record)) return undefined;
  const failed = listFailedLaunches(record, observation)[0];
  return {
    code: 'PROGRESS_DEADLINE',
    at,
    instanceIds: unproven.map(({ instanceId }) => instanceId),
    version: record.to.version,
    waitedMs,
    provenCount: live.filter((member) => isProven(member, record, at)).length,
    desiredCapacity: group.desiredCapacity,
    launchFailure: failed && launchFailureOf(failed),
  };
}

function statusOf(reportedStatus: string | undefined): string | undefined {
  return reportedStatus === 'OK' ? undefined : reportedStatus;
}
