// Evidence: what proves that the release must not go on. One entry per kind, naming every instance that shows it now.
//
//   1. No data is neither: it holds the rollout until a deadline, and the deadline is what is decisive.
//   2. What breaks old and new alike says nothing against the release: the environment is broken, and a cure must be able to ship.
//   3. A sentence carries what a person needs at midnight: instance, target group, state and reason, seconds waited, versions.
import { decisiveDipCount, decisiveFailureCount } from './bounds.js';
import { describeTargets, drainPatienceOf, isInStandby, isProven, type Member } from './members.js';
import type { ActivityObservation, Observation } from './observation.js';
import type { Evidence, RolloutRecord } from './record.js';
import { hasReported } from './track.js';

/** The codes of evidence; docs/errors.md says what to do about each. */
export type EvidenceCode =
  | 'WRONG_VERSION'
  | 'WRONG_IMAGE'
  | 'INSTANCE_LOST'
  | 'UNHEALTHY_AGAIN'
  | 'START_TIMEOUT'
  | 'VERSION_NOT_REPORTED'
  | 'LAUNCH_FAILED'
  | 'PROGRESS_DEADLINE'
  | 'APPLY_FAILED'
  | 'ABORTED';

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
  ].filter((each) => each !== undefined);
}

/** What one instance shows; `text` follows its id in the sentence. */
interface Finding {
  readonly instanceId: string;
  readonly text: () => string;
}

function gather(code: EvidenceCode, at: number, found: readonly Finding[]): Evidence | undefined {
  if (found.length === 0) return undefined;
  // Only these are put into words: a large group that fails at once must not cost more than its size.
  const shown = found.slice(0, 5);
  const rest = found.length - shown.length;
  return {
    code,
    at,
    message: `${tellTogether(shown).join('; ')}${rest > 0 ? `; and ${rest} more` : ''}.`,
    instanceIds: found.map(({ instanceId }) => instanceId),
  };
}

/** One sentence for all instances that show the same: `i-1 (and likewise i-2, i-3) is target unhealthy …`. */
function tellTogether(found: readonly Finding[]): readonly string[] {
  const idsByText = new Map<string, string[]>();
  for (const { instanceId, text } of found) {
    const told = text();
    idsByText.set(told, [...(idsByText.get(told) ?? []), instanceId]);
  }
  return [...idsByText].map(([told, [first, ...others]]) =>
    others.length === 0 ? `${first} ${told}` : `${first} (and likewise ${others.join(', ')}) ${told}`,
  );
}

function findWrongVersion(record: RolloutRecord, { at }: Observation, fresh: readonly Member[]): Evidence | undefined {
  if (!record.options.isVersionChecked) return undefined;
  const found = fresh.flatMap(({ instanceId, known }) =>
    known?.reportedVersion === undefined || known.reportedVersion === record.to.version
      ? []
      : [
          {
            instanceId,
            text: () => `reports version ${known.reportedVersion} where ${record.to.version} was expected`,
          },
        ],
  );
  return gather('WRONG_VERSION', at, found);
}

function findWrongImage(record: RolloutRecord, { at }: Observation, fresh: readonly Member[]): Evidence | undefined {
  const found = fresh.flatMap(({ instanceId, instance: { imageId, launchTemplateVersion } }) =>
    imageId === undefined || imageId === record.to.imageId
      ? []
      : [
          {
            instanceId,
            text: () =>
              `runs image ${imageId} where ${record.to.imageId} was expected of launch template version ${launchTemplateVersion}`,
          },
        ],
  );
  return gather('WRONG_IMAGE', at, found);
}

function findLost(record: RolloutRecord, { group, at }: Observation): Evidence | undefined {
  if (record.to.launchTemplateVersion === undefined) return undefined;
  const found = Object.keys(record.instances).flatMap((instanceId) => {
    const { lostAt, firstSeenAt = 0, launchTemplateVersion } = record.instances[instanceId] ?? {};
    if (lostAt === undefined || launchTemplateVersion !== record.to.launchTemplateVersion) return [];
    const activity = group.activities.find(
      ({ description }) => description?.includes(instanceId) && /terminat/i.test(description),
    );
    // Scaling in is the group's right and says nothing about the release.
    if (activity !== undefined && isScaleIn(activity)) return [];
    const why = activity === undefined ? 'no scaling activity says why' : `the group says: ${activity.cause}`;
    return [
      {
        instanceId,
        text: () => `was lost ${seconds(lostAt - firstSeenAt)} after it was first seen (${why})`,
      },
    ];
  });
  return gather('INSTANCE_LOST', at, found);
}

function isScaleIn({ cause }: ActivityObservation): boolean {
  return /shrinking the capacity|difference between desired and actual capacity/i.test(cause) && !/health/i.test(cause);
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
  const found = fresh.flatMap(({ instanceId, known, isLive }) => {
    if (known?.unhealthySince === undefined || !isLive || known.lostAt !== undefined) return [];
    const since = at - known.unhealthySince;
    const dips = known.dipCount ?? 0;
    if (since < patienceMs && dips < decisiveDipCount) return [];
    return [
      {
        instanceId,
        text: () =>
          `was healthy and ${describeTargets(instanceId, observation)} for ${seconds(since)} now${
            dips > 1 ? `, for the ${dips}. time` : ''
          }${statusOf(known.reportedStatus)}`,
      },
    ];
  });
  return gather('UNHEALTHY_AGAIN', at, found);
}

/** Fewer than half of what is wanted serve, and old ones are warm: to wait whether a dip passes would be to watch an outage. */
function isOutageCurable(record: RolloutRecord, { group }: Observation, members: readonly Member[]): boolean {
  const wanted = record.base?.desiredCapacity ?? group.desiredCapacity - record.ours.surge;
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
  const found = fresh.flatMap((member) => {
    const { instanceId, instance, known, isLive, isServing } = member;
    if (known === undefined || !isLive || isServing || known.lostAt !== undefined) return [];
    // One that has been healthy already is judged by its dips.
    if (known.verifiedAt !== undefined || known.unhealthySince !== undefined) return [];
    const waited = at - startOf(record, member);
    if (waited < record.options.startTimeoutMs) return [];
    const state =
      instance.lifecycleState === 'InService'
        ? describeTargets(instanceId, observation)
        : `is ${instance.lifecycleState}`;
    return [
      {
        instanceId,
        text: () =>
          `${state} ${seconds(waited)} after its launch, where ${seconds(
            record.options.startTimeoutMs,
          )} were allowed${statusOf(known.reportedStatus)}`,
      },
    ];
  });
  return gather('START_TIMEOUT', at, found);
}

/**
 * When an instance's start began for this rollout: at its launch, but not before the rollout, which may find instances of the
 * release in the group.
 */
export function startOf(record: RolloutRecord, { instance, known }: Member): number {
  const seen = known?.firstSeenAt ?? Number.POSITIVE_INFINITY;
  return Math.max(record.startedAt, Math.min(instance.launchedAt ?? seen, seen));
}

function findUnheard(record: RolloutRecord, { at }: Observation, fresh: readonly Member[]): Evidence | undefined {
  if (!record.options.isVersionChecked) return undefined;
  const found = fresh.flatMap(({ instanceId, known, isServing }) => {
    if (known?.healthySince === undefined || !isServing || hasReported(known, record)) return [];
    // While nobody was there to listen, nothing could be heard.
    const waited = at - Math.max(known.healthySince, record.phaseSince);
    if (waited < record.options.startTimeoutMs) return [];
    const said =
      known.reportedVersion === undefined
        ? `never reported its version${statusOf(known.reportedStatus)}`
        : `reports ${known.reportedVersion}: ${known.reportedStatus}`;
    return [
      {
        instanceId,
        text: () => `has been healthy for ${seconds(waited)} and ${said} (expected ${record.to.version}: OK)`,
      },
    ];
  });
  return gather('VERSION_NOT_REPORTED', at, found);
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

function findLaunchFailure(record: RolloutRecord, observation: Observation): Evidence | undefined {
  const failed = listFailedLaunches(record, observation).find((activity) => !isCapacityFailure(activity));
  if (failed === undefined) return undefined;
  return {
    code: 'LAUNCH_FAILED',
    at: observation.at,
    message: `${record.groupName} could not launch an instance of launch template version ${record.to.launchTemplateVersion}: ${
      failed.statusMessage ?? failed.cause
    }`,
    instanceIds: [],
  };
}

function findRefusals({ failure, groupName }: RolloutRecord, { at }: Observation): Evidence | undefined {
  if (!isFailureDecisive(failure)) return undefined;
  return {
    code: 'APPLY_FAILED',
    at,
    message: `AWS refused ${failure?.count} times in ${seconds(at - (failure?.since ?? at))} what ${groupName} needs: ${failure?.code}: ${failure?.message}`,
    instanceIds: [],
  };
}

function findStandstill(
  record: RolloutRecord,
  observation: Observation,
  members: readonly Member[],
): Evidence | undefined {
  const { at, group } = observation;
  const waited = at - record.progressAt;
  if (waited < record.options.progressDeadlineMs + drainPatienceOf(observation, members)) return undefined;
  const live = members.filter((member) => member.isLive);
  const proven = live.filter((member) => isProven(member, record, at)).length;
  const unproven = live.filter((member) => member.isNew && !isProven(member, record, at));
  const capacity = listFailedLaunches(record, observation)[0];
  return {
    code: 'PROGRESS_DEADLINE',
    at,
    message: `no instance was verified for ${seconds(waited)}: ${proven} of ${group.desiredCapacity} are of ${record.to.version} and verified${
      capacity === undefined ? '' : `; the last launch failed: ${capacity.statusMessage ?? capacity.cause}`
    }.`,
    instanceIds: unproven.map(({ instanceId }) => instanceId),
  };
}

/** Whether AWS has refused so often that trying again is no plan. */
export function isFailureDecisive(failure: RolloutRecord['failure']): boolean {
  return failure !== undefined && failure.count >= decisiveFailureCount;
}

function statusOf(reportedStatus: string | undefined): string {
  return reportedStatus === undefined || reportedStatus === 'OK' ? '' : `; it says: ${reportedStatus}`;
}

/** `42 s`. */
export function seconds(durationMs: number): string {
  return `${Math.max(0, Math.round(durationMs / 1000))} s`;
}
