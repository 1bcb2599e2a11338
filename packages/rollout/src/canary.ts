// Canary: a share of users' requests goes to the release before anything of the group does.
//
//   S3. Users meet the release only by the share that is in force, until the last step has passed; and none before all that take part
//       are healthy.
//   S5. What the listener's action was is in the record from before the first weight is ordered until AWS has taken it back.
//   S6. An action that somebody else changed meanwhile stays theirs, without our target group in it.
//   1. A share lasts at least its time, and until every gate has passed. No data never promotes: at a deadline the rollout goes back.
//   2. On the way back the listener is the first that is as before. Nothing that answers users' requests is ended while it leads them
//      there, nor before those under way have had the time that the target group gives them.
//   3. Where there can be none (AWS refuses a weight, somebody changes the listener), the release is not to blame, and does not go on.
//
// | step of 5 % for 2 min, then 25 % for 5 min             | does                                       |
// |--------------------------------------------------------|--------------------------------------------|
// | fewer outside than take part                           | launches them, registers those that run    |
// | all healthy for minHealthyTime, action as before       | 5 % of users' requests to the canary       |
// | 5 % for 1 min                                          | waits                                      |
// | 5 % for 3 min, CloudWatch has counted nothing yet      | waits                                      |
// | 5 % for 3 min, every gate has passed                   | 25 %                                       |
// | 25 % for 5 min, every gate has passed                  | the action as before; next is roll         |
import { staleReadMs } from './bounds.js';
import { listUndecided } from './canary-evidence.js';
import type { CanaryPlan, CanaryStep } from './canary-plan.js';
import { canaryOf, listOutside, listOutsideSeen, plainForwardOf, readForward } from './canary-sight.js';
import type { Hold } from './contract/hold.js';
import type { Act } from './decision.js';
import { holdByGates, trafficJudgementOf } from './gates/judge-gates.js';
import type { Observation } from './observation.js';
import { findEmptiestZone, restoreForward } from './outside.js';
import { holdHealth } from './proof.js';
import type { Canary, ForwardLoan, RolloutRecord } from './record.js';
import { withoutGivenUp } from './refusals.js';
import type { Situation, StepPlan } from './step.js';

export function planCanary(situation: Situation): StepPlan {
  const { record, observation } = situation;
  const plan = record.options.canary;
  const step = plan?.steps[canaryOf(record).step];
  if (plan === undefined || step === undefined || record.canary?.verdict === 'passed') return leaveCanary(situation);
  const acts = setUp(situation, plan);
  const holds = holdCanaries(situation, plan);
  if (acts.length > 0 || holds.length > 0) return { acts, holds };
  const { forward } = record.ours;
  if (forward?.inForce?.share !== step.share || canaryOf(record).since === undefined)
    return { acts: shiftUsers(record, observation, plan, step), holds: [] };
  return soak(situation, plan, step);
}

/** Those that are to take part, and their way into the shadow target group. */
function setUp({ record, observation }: Situation, plan: CanaryPlan): readonly Act[] {
  const { launchTemplateVersion, version } = record.to;
  const targetGroupArn = record.ours.shadow?.route?.targetGroupArn;
  const because = { code: 'TRY_OUTSIDE', version } as const;
  const place = record.options.prove;
  if (launchTemplateVersion === undefined || place === undefined) return [];
  if (targetGroupArn === undefined) return [{ kind: 'openShadow', place, because }];
  const outside = listOutside(record);
  const taken = outside.map(({ availabilityZone }) => availabilityZone);
  const acts: Act[] = [];
  for (let ordinal = 1; ordinal < plan.instanceCount; ordinal += 1) {
    const known = outside.find((each) => each.ordinal === ordinal);
    if (known?.instanceId !== undefined) continue;
    const availabilityZone = known?.availabilityZone ?? findEmptiestZone(observation, taken);
    taken.push(availabilityZone);
    acts.push({ kind: 'launchProof', ordinal, launchTemplateVersion, availabilityZone, because });
  }
  // AWS takes only those that run.
  for (const { seen } of listOutsideSeen(record, observation))
    if (seen.instanceState === 'running' && seen.target === undefined)
      acts.push({ kind: 'registerProof', instanceId: seen.instanceId, targetGroupArn, because });
  return acts;
}

/** What keeps those that take part from being ready for users. */
function holdCanaries({ record, observation }: Situation, plan: CanaryPlan): readonly Hold[] {
  const sights = listOutsideSeen(record, observation);
  const holds = sights.flatMap(({ seen, proof }) => holdHealth(record, observation.at, seen, proof));
  // EC2 does not show it yet.
  return holds.length === 0 && sights.length < plan.instanceCount ? [{ code: 'LOOKING_AGAIN' }] : holds;
}

/** The share of the step. What the action is now is what will be given back. */
function shiftUsers(
  record: RolloutRecord,
  observation: Observation,
  { place }: CanaryPlan,
  { share }: CanaryStep,
): readonly Act[] {
  const { forward, shadow } = record.ours;
  const original = forward?.original ?? plainForwardOf(observation.forward, record.options.prove?.targetGroupArn);
  const targetGroupArn = shadow?.route?.targetGroupArn;
  if (original === undefined || targetGroupArn === undefined || holdByGates(record).length > 0) return [];
  const because = { code: 'CANARY_SHARE', version: record.to.version, share } as const;
  return [{ kind: 'setForward', place, original, targetGroupArn, share, because }];
}

/** The share is in force: its time, and the gates. */
function soak(situation: Situation, plan: CanaryPlan, step: CanaryStep): StepPlan {
  const { record, at } = situation;
  const waitedMs = waitedOf(record, at);
  const undecided = listUndecided(record);
  const doubts = holdByGates(record);
  if (waitedMs < step.forMs || undecided.length > 0 || doubts.length > 0)
    return { acts: [], holds: holdSoak(record, plan, step, waitedMs) };
  const canary = canaryOf(record);
  const isLast = canary.step + 1 >= plan.steps.length;
  const next: Canary = isLast
    ? { ...canary, verdict: 'passed' }
    : { ...canary, step: canary.step + 1, since: undefined };
  return planNext({ ...situation, record: { ...record, canary: next, progressAt: at } });
}

/** The step after, in the same look; it is at its beginning, so this goes one deep. */
function planNext(situation: Situation): StepPlan {
  const plan = planCanary(situation);
  return { ...plan, record: plan.record ?? situation.record };
}

function waitedOf(record: RolloutRecord, at: number): number {
  // While nobody was there, nobody watched.
  return at - Math.max(record.canary?.since ?? at, record.phaseSince);
}

/** What a share that is in force waits for, for whoever only reads the record. Empty where none is. */
export function holdAtCanary(record: RolloutRecord, at: number): readonly Hold[] {
  const plan = record.options.canary;
  const step = plan?.steps[canaryOf(record).step];
  const isSoaking = record.phase === 'canary' && record.isGoingBack !== true && record.canary?.verdict === undefined;
  if (plan === undefined || step === undefined || !isSoaking || record.canary?.since === undefined) return [];
  return holdSoak(record, plan, step, waitedOf(record, at));
}

function holdSoak(record: RolloutRecord, plan: CanaryPlan, step: CanaryStep, waitedMs: number): readonly Hold[] {
  const since = Math.max(record.canary?.since ?? record.phaseSince, record.phaseSince);
  const { requests = 0, failures = 0 } = trafficJudgementOf(record)?.numbers.canary ?? {};
  const soaking: Hold = {
    code: 'CANARY_SOAKING',
    version: record.to.version,
    share: step.share,
    step: canaryOf(record).step + 1,
    stepCount: plan.steps.length,
    requests,
    failures,
    waitedMs: Math.min(waitedMs, step.forMs),
    allowedMs: step.forMs,
    untilAt: since + step.forMs,
  };
  const doubts = holdByGates(record);
  const doubted = new Set(doubts.flatMap((hold) => (hold.code === 'GATE_UNDECIDED' ? [hold.gate] : [])));
  const untilAt = since + step.forMs + record.options.progressDeadlineMs;
  const undecided = listUndecided(record)
    .filter((gate) => !doubted.has(gate))
    .map((gate): Hold => ({ code: 'GATE_UNDECIDED', gate, isDoubtful: false, untilAt }));
  return waitedMs < step.forMs ? [soaking, ...doubts] : [...doubts, ...undecided, soaking];
}

function leaveCanary(situation: Situation): StepPlan {
  const { record, at } = situation;
  const acts = withoutGivenUp(record, restoreForward(record));
  if (acts.length > 0) return { acts, holds: [] };
  const { requests = 0, failures = 0 } = trafficJudgementOf(record)?.numbers.canary ?? {};
  const share = record.options.canary?.steps.at(-1)?.share ?? 0;
  const waitedMs = at - record.phaseSince;
  const because = { code: 'CANARY_PASSED', version: record.to.version, share, requests, failures, waitedMs } as const;
  return { acts: [], holds: [], next: { phase: 'roll', because } };
}

/** The record with what this observation says of the listener's action. */
export function trackCanary(record: RolloutRecord, observation: Observation): RolloutRecord {
  const { forward } = record.ours;
  const seen = observation.forward;
  if (forward === undefined || seen === undefined) return record;
  const { original, ordered, targetGroupArn, inForce } = forward;
  const sight = readForward(seen, { original, ordered, shadowArn: targetGroupArn });
  const isLate = inForce !== undefined && observation.at - inForce.at < staleReadMs;
  // An old look may show what was before, or a share of before.
  const isOther = sight.kind === 'theirs' || (sight.kind === 'original' && inForce !== undefined && !isLate);
  const otherCount = isOther ? (forward.otherCount ?? 0) + 1 : undefined;
  if (otherCount === forward.otherCount) return record;
  return withForward(record, { ...forward, otherCount });
}

function withForward(record: RolloutRecord, forward: ForwardLoan): RolloutRecord {
  return { ...record, ours: { ...record.ours, forward } };
}
