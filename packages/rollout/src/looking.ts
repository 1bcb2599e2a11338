// Looking: how long until the next observation, and how much of AWS it must read anew.
//
//   1. Never slower to see harm. While an instance of the release can answer users, either users' requests are heard every tick, and the
//      first that fails ends the pause; or AWS is looked at every tick.
//   2. A change of ours or of others that is on its way, a dip, a doubt, a way back: every tick, and everything is read anew.
//   3. While only timers run, looks are rarer: a load balancer needs a whole health check interval to call anything healthy, or ill. A
//      timer that ends sooner ends the pause.
//   4. What only AWS can tell while every request is answered well (a health check that fails and harms nobody yet) is seen at most
//      half a health check interval later, and never more than longestPauseMs.
import { longestPauseMs, sightingsToBelieve } from './bounds.js';
import { listOutsideSeen } from './canary-sight.js';
import type { Hold } from './contract/hold.js';
import { holdByGates } from './gates/judge-gates.js';
import { isFailedAnswer, type RequestAnswer } from './gates/request-answer.js';
import { hasWarmLeft } from './ledger.js';
import { isLeaving } from './members.js';
import type { Observation } from './observation.js';
import type { InstanceRecord, RolloutRecord } from './record.js';
import { listUnheard } from './track.js';

/**
 * | situation                                                    | tick 2 s, health check interval 10 s |
 * |--------------------------------------------------------------|--------------------------------------|
 * | a new instance is InService, and nobody asks as users do     | 2 s                                  |
 * | the same, and every request was answered well                | 5 s                                  |
 * | the same, and one of them failed                             | 2 s                                  |
 * | the same, and it is healthy and has not said its version yet | 2 s                                  |
 * | the same, and a timer ends in 3 s, or has ended              | 3 s, 2 s                             |
 * | going back, or a change not settled, or a part unread        | 2 s                                  |
 * | new ones are Pending, or start                               | 2.5 s                                |
 * | one is tried outside of the group, and is well               | 5 s                                  |
 * | a share of users' requests goes to it, all answered well     | 5 s                                  |
 * | no new one exists yet                                        | 2 s                                  |
 * | the same, and a person or a hook is waited for               | 5 s                                  |
 *
 * `heldBy`: what the last step waits for; empty where it changed something.
 */
export function lookAgainAfterMs(record: RolloutRecord, observation: Observation, heldBy: readonly Hold[]): number {
  const { tickMs } = record.options;
  if (heldBy.length === 0 || mustReadAll(record) || (observation.unreadable ?? []).length > 0) return tickMs;
  if (!isCalm(record, observation)) return tickMs;
  const { at, targetGroups } = observation;
  const intervalMs = Math.max(0, ...targetGroups.map(({ healthCheckIntervalMs }) => healthCheckIntervalMs));
  // Nobody knows when a start will be over, and the rollout waits for it: it is noticed sooner.
  const share = heldBy.some(({ code }) => code === 'STARTING' || code === 'NOT_HEALTHY_YET') ? 1 / 4 : 1 / 2;
  const nextMs = Math.min(...heldBy.map(({ untilAt = Number.POSITIVE_INFINITY }) => untilAt - at));
  return Math.max(tickMs, Math.min(longestPauseMs, intervalMs * share, nextMs));
}

/** Whether nothing can happen meanwhile that would not be seen at once. */
function isCalm(record: RolloutRecord, observation: Observation): boolean {
  if ((record.phase === 'prove' || record.phase === 'canary') && observation.proof !== undefined)
    return isTrialCalm(record, observation);
  const release = record.to.launchTemplateVersion;
  const fresh = observation.group.instances.filter(
    ({ launchTemplateVersion, lifecycleState }) => launchTemplateVersion === release && !isLeaving(lifecycleState),
  );
  // Until somebody lets it begin, nothing of the release is there to do harm.
  if (release === undefined || fresh.length === 0) return record.checkpoints?.waiting !== undefined;
  if (fresh.every(({ lifecycleState }) => lifecycleState.startsWith('Pending'))) return true;
  const isIll = fresh.some(({ instanceId }) => record.instances[instanceId]?.unhealthySince !== undefined);
  // Until it has said its version, users may be answered by a wrong one.
  const isUnheard = listUnheard(record).length > 0;
  return !isIll && !isUnheard && holdByGates(record).length === 0 && isWatched(record, observation);
}

/** While those outside of the group are tried, users can come to harm only by the share of their requests that goes there. */
function isTrialCalm(record: RolloutRecord, observation: Observation): boolean {
  if (listOutsideSeen(record, observation).some(({ proof }) => proof.unhealthySince !== undefined)) return false;
  if (record.ours.forward === undefined) return true;
  const isOurs = record.ours.forward.otherCount === undefined;
  return isOurs && holdByGates(record).length === 0 && isWatched(record, observation);
}

/** Each instance is asked about so often, as users do, until the next look. */
const leastRequestsEach = 2;

/** Users' requests are heard, each was answered well, and they come often enough that whoever fails is met. */
function isWatched(record: RolloutRecord, { group, requests: answers = [] }: Observation): boolean {
  const { requests } = record.options;
  if (requests === undefined || answers.length === 0 || isHarmHeard(record, answers)) return false;
  const asked = group.instances.filter(({ lifecycleState }) => lifecycleState === 'InService').length;
  return requests.requestsPerSecond * (longestPauseMs / 1_000) >= leastRequestsEach * asked;
}

/** Whether one of these answers must be looked into: it failed, did not come, was slow, or is of a version that nobody expects. */
export function isHarmHeard({ options, gates, from, to }: RolloutRecord, answers: readonly RequestAnswer[]): boolean {
  const watched = options.requests?.paths ?? [];
  const slowMs = gates?.requests?.usual?.slowMs ?? Number.POSITIVE_INFINITY;
  const isKnown = (version: string | undefined) =>
    version === undefined || [from.version, to.version].includes(version);
  return answers.some(
    (answer) =>
      isFailedAnswer(answer, watched) || !answer.isConnected || answer.durationMs > slowMs || !isKnown(answer.version),
  );
}

/**
 * Whether the next look must read every part anew. Otherwise a part that nothing depends on now may be as old as AWS's own answers
 * sometimes are: the activities, EC2's view of instances whose state in the group and in the target groups has not changed, and what
 * `$Latest` means while the group names a number.
 */
export function mustReadAll(record: RolloutRecord): boolean {
  const { phase, base, ours, instances } = record;
  return (
    (phase !== 'prove' && phase !== 'canary' && phase !== 'roll' && phase !== 'bake' && !hasWarmLeft(record)) ||
    record.isGoingBack === true ||
    record.unreadableSince !== undefined ||
    base?.otherValue !== undefined ||
    (ours.inFlight ?? []).length > 0 ||
    ours.pin?.driftCount !== undefined ||
    Object.values(instances).some(isBeingMissed)
  );
}

/** Not seen in the last look, or lost and not explained yet, or seen again. */
function isBeingMissed({ missedCount, foundCount, leftAt, lostAt, unexplainedCount = 0 }: InstanceRecord): boolean {
  if (leftAt !== undefined) return false;
  if (foundCount !== undefined) return true;
  return lostAt === undefined ? missedCount !== undefined : unexplainedCount < sightingsToBelieve;
}
