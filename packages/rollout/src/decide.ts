// decide: one step of a rollout.
//
// Compares what is observed of the group with the release that is wanted, and says what to do now. The caller saves the record,
// applies, observes again and calls decide again. Nothing here waits, reads a clock or calls AWS.
//
//   S1. Healthy instances never become fewer than the group wants of itself, by our doing.
//   S2. An old healthy instance leaves service only after a new one that replaces it is verified.
//   S5. What is decided is in the returned record: saved before it is applied, it can always be undone.
//   S6. Only our own delta is written and given back; what others changed is theirs.
//   L1. Once faults stop, applying decisions repeatedly ends in an outcome. Every wait has a deadline.
//
// It is total: for every record and observation it returns, and a record with an outcome comes back as it is.
import type { Decision } from './decision.js';
import type { RolloutEvent } from './event.js';
import { findEvidence, isEnvironmentBroken } from './evidence.js';
import { isWarmTerminated, planFinish } from './finish.js';
import { planHalt, planRollBack } from './go-back.js';
import { recordIntent, settle } from './ledger.js';
import { countHealthyTargetGroups, listMembers, type Member } from './members.js';
import type { Observation } from './observation.js';
import type { Evidence, Phase, RolloutRecord } from './record.js';
import { planRoll } from './roll.js';
import { readSituation, type Situation, type Step, type StepPlan } from './step.js';
import { trackInstances } from './track.js';

/** Each phase's step. prove, canary, bake and repair have their place; nothing leads to them yet. */
const phases: Readonly<Record<Phase, (situation: Situation) => StepPlan>> = {
  prove: goOnTo('canary'),
  canary: goOnTo('roll'),
  roll: planRoll,
  bake: goOnTo('finish'),
  halt: planHalt,
  rollBack: planRollBack,
  repair: goOnTo('halt'),
  finish: planFinish,
};

function goOnTo(phase: Phase): (situation: Situation) => StepPlan {
  return () => ({ acts: [], holds: [], next: { phase, because: 'nothing is to be done here' } });
}

/** More phases than one step can pass through: roll, finish, halt, rollBack, finish and back once. */
const phasesPerStepMax = 8;

export function decide(record: RolloutRecord, observation: Observation): Step {
  if (record.outcome !== undefined) return { record, decisions: [], events: [] };
  const events: RolloutEvent[] = [];
  const healthy = countHealthyTargetGroups(observation);
  let listed: { readonly from: RolloutRecord; readonly members: readonly Member[] } | undefined;
  const list = (from: RolloutRecord) => {
    if (listed?.from.instances !== from.instances || listed.from.to !== from.to) {
      listed = { from, members: listMembers(from, observation, healthy) };
    }
    return listed.members;
  };
  const settled = settle(record, observation);
  const tracked = trackInstances(settled.record, observation, list(settled.record));
  events.push(...settled.events, ...tracked.events);
  if (settled.foreignPin !== undefined)
    return endForForeignPin(tracked.record, observation, settled.foreignPin, events);
  let next = noticeBrokenEnvironment(tracked.record, observation, list(tracked.record), events);
  next = haltOnEvidence(next, observation, list(next), events);
  if (next.ours.pin?.driftCount !== undefined) return takeStep(next, observation, holdForeignPin(observation), events);
  for (let passed = 0; passed < phasesPerStepMax; passed += 1) {
    const plan = phases[next.phase](readSituation(next, observation, list(next)));
    next = plan.record ?? next;
    if (plan.end !== undefined) return endRollout(next, observation, plan.end, events);
    if (plan.next === undefined) return takeStep(next, observation, plan, events);
    next = enterPhase(next, plan.next.phase, plan.next.because, observation.at, events);
  }
  return takeStep(next, observation, { acts: [], holds: [{ code: 'PHASES_CHANGING', text: 'looking again' }] }, events);
}

function takeStep(record: RolloutRecord, observation: Observation, plan: StepPlan, events: RolloutEvent[]): Step {
  const decisions: Decision[] = [...plan.acts];
  let next = record;
  for (const act of plan.acts) next = recordIntent(next, act, observation);
  if (plan.holds.length > 0 || plan.acts.length === 0) {
    const heldBy =
      plan.holds.length > 0 ? plan.holds : [{ code: 'LOOKING_AGAIN', text: 'the next observation is awaited' }];
    decisions.push({ kind: 'wait', heldBy });
    events.push({ kind: 'waiting', at: observation.at, rolloutId: record.rolloutId, heldBy });
  }
  return { record: next, decisions, events };
}

function enterPhase(
  record: RolloutRecord,
  phase: Phase,
  because: string,
  at: number,
  events: RolloutEvent[],
): RolloutRecord {
  events.push({ kind: 'phase', at, rolloutId: record.rolloutId, phase, because });
  return { ...record, phase, phaseSince: at, progressAt: at };
}

function haltOnEvidence(
  record: RolloutRecord,
  observation: Observation,
  members: readonly Member[],
  events: RolloutEvent[],
): RolloutRecord {
  if (record.isGoingBack === true || !isForward(record.phase) || hasCrossed(record)) return record;
  const evidence = findEvidence(record, observation, members);
  const [first] = evidence;
  if (first === undefined) return record;
  return haltRollout(record, evidence, observation.at, events);
}

/** The record on its way back, for these reasons. */
function haltRollout(
  record: RolloutRecord,
  evidence: readonly Evidence[],
  at: number,
  events: RolloutEvent[],
): RolloutRecord {
  for (const each of evidence) events.push({ kind: 'evidence', at, rolloutId: record.rolloutId, evidence: each });
  const back: RolloutRecord = {
    ...record,
    evidence: [...record.evidence, ...evidence],
    isGoingBack: true,
    failure: undefined,
  };
  return enterPhase(back, 'halt', `${evidence[0]?.code}: ${evidence[0]?.message}`, at, events);
}

function isForward(phase: Phase): boolean {
  return phase !== 'halt' && phase !== 'rollBack' && phase !== 'repair';
}

/** Once warm ones are being terminated the release has proved itself; what fails later is for the group to replace. */
function hasCrossed({ phase, instances }: RolloutRecord): boolean {
  return phase === 'finish' && Object.values(instances).some(isWarmTerminated);
}

function noticeBrokenEnvironment(
  record: RolloutRecord,
  observation: Observation,
  members: readonly Member[],
  events: RolloutEvent[],
): RolloutRecord {
  const { at } = observation;
  const isBroken = isForward(record.phase) && isEnvironmentBroken(members);
  if (isBroken === (record.isEnvironmentBroken ?? false)) return record;
  if (isBroken) {
    const text = `verdict already-broken: no old instance of ${record.groupName} in service is healthy any more; the release goes on, and is judged by its own instances`;
    events.push({ kind: 'notice', at, rolloutId: record.rolloutId, code: 'ENVIRONMENT_ALREADY_BROKEN', text });
  }
  return { ...record, isEnvironmentBroken: isBroken };
}

function endRollout(
  record: RolloutRecord,
  { at }: Observation,
  end: NonNullable<StepPlan['end']>,
  events: RolloutEvent[],
): Step {
  const { outcome, text, needs } = end;
  const elapsedMs = at - record.startedAt;
  events.push({ kind: 'finished', at, rolloutId: record.rolloutId, outcome, text, elapsedMs });
  return { record: { ...record, outcome, needs }, decisions: [], events };
}

/** One look may be an old one: nothing is changed, the pin least of all, before it is known whose it is. */
function holdForeignPin({ group }: Observation): StepPlan {
  const text = `${group.name} names launch template version ${group.launchTemplate?.version}, and not by our doing; looking again before believing it`;
  return { acts: [], holds: [{ code: 'FOREIGN_CHANGE_SEEN', text }] };
}

function endForForeignPin(
  record: RolloutRecord,
  observation: Observation,
  version: string,
  events: RolloutEvent[],
): Step {
  const needs = `LAUNCH_TEMPLATE_CHANGED: somebody pointed ${record.groupName} at launch template version ${version} while this rollout had it at ${
    record.ours.pin?.version
  }; it is left so. Resume to go on with ${record.to.version}, abort to go back to ${record.from.version}`;
  return endRollout(record, observation, { outcome: 'needsHuman', text: needs, needs }, events);
}
