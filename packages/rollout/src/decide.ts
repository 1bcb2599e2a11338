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
import { planBake } from './bake.js';
import { planCanary, trackCanary } from './canary.js';
import type { Evidence } from './contract/evidence.js';
import type { Need } from './contract/need.js';
import type { PhaseReason } from './contract/reason.js';
import type { UnreadablePart } from './contract/unreadable-part.js';
import type { Act, Decision } from './decision.js';
import type { RolloutEvent } from './event.js';
import { findEvidence, isEnvironmentBroken } from './evidence.js';
import { planFinish } from './finish.js';
import { passCheckpoints } from './gates/checkpoint.js';
import { judgeGates } from './gates/judge-gates.js';
import { endWithNeed } from './give-back.js';
import { planHalt, planRollBack } from './go-back.js';
import { findInnocence } from './innocence.js';
import { hasWarmLeft, readWanted, recordIntent, settle } from './ledger.js';
import { countHealthyTargetGroups, isProven, listMembers, type Member } from './members.js';
import type { Observation } from './observation.js';
import { restoreForward } from './outside.js';
import { trackProof } from './proof.js';
import { planProve } from './prove.js';
import type { Phase, RolloutRecord } from './record.js';
import { withoutGivenUp } from './refusals.js';
import { planRoll } from './roll.js';
import { findReplaced, isHealthSeen, isOfHealth, listBlindParts, readInOurTime } from './sight.js';
import { readSituation, type Situation, type Step, type StepPlan } from './step.js';
import { trackInstances } from './track.js';

/** Each phase's step. */
const phases: Readonly<Record<Phase, (situation: Situation) => StepPlan>> = {
  prove: planProve,
  canary: planCanary,
  roll: planRoll,
  bake: planBake,
  halt: planHalt,
  rollBack: planRollBack,
  finish: planFinish,
};

/** More phases than one step can pass through: prove, canary, roll, bake, finish, halt, rollBack, finish and back once. */
const phasesPerStepMax = 10;

export function decide(given: RolloutRecord, observed: Observation): Step {
  if (given.outcome !== undefined) return { record: given, decisions: [], events: [] };
  const events: RolloutEvent[] = [];
  const observation = readInOurTime(observed, given);
  const replaced = findReplaced(given, observation);
  if (replaced !== undefined) return stepReplaced(given, observation, replaced, events);
  const blind = listBlindParts(given, observation);
  if (blind.length > 0 && !isHealthSeen(blind)) return stepBlindly(given, observation, blind, events);
  const record = blind.length > 0 ? given : withSight(given, observation.at);
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
  next = noteWhole(next, observation, list(next));
  const proof = trackProof(next, observation);
  events.push(...proof.events);
  next = trackCanary(proof.record, observation);
  next = foldGates(next, observation, list(next), events);
  const found = isEvidenceHeard(next) ? findEvidence(next, observation, list(next)) : [];
  const evidence = blind.length > 0 ? found.filter(isOfHealth) : found;
  const need = findInnocence(next, observation, list(next), evidence);
  if (need !== undefined) return endRollout(next, observation, { outcome: 'needsHuman', need }, events);
  const [first] = evidence;
  if (first !== undefined) next = haltRollout(next, evidence, first, observation.at, events);
  if (blind.length > 0 && first === undefined) return stepBlindly(next, observation, blind, events);
  if (next.ours.pin?.driftCount !== undefined) return takeStep(next, observation, holdForeignPin(observation), events);
  const begun =
    next.isGoingBack === true ? { record: next } : crossOver(next, observation, undefined, next.phase, events);
  next = begun.record;
  if (begun.step !== undefined) return begun.step;
  for (let passed = 0; passed < phasesPerStepMax; passed += 1) {
    const plan = phases[next.phase](readSituation(next, observation, list(next)));
    next = plan.record ?? next;
    for (const notice of plan.notices ?? [])
      events.push({ kind: 'notice', at: observation.at, rolloutId: next.rolloutId, notice });
    if (plan.end !== undefined) return endRollout(next, observation, plan.end, events);
    if (plan.next === undefined) return takeStep(next, observation, plan, events);
    if (next.isGoingBack !== true) {
      const crossed = crossOver(next, observation, next.phase, plan.next.phase, events);
      next = crossed.record;
      if (crossed.step !== undefined) return crossed.step;
      if (next.isGoingBack === true) continue;
    }
    next = enterPhase(next, plan.next.phase, plan.next.because, observation.at, events);
  }
  return takeStep(next, observation, { acts: [], holds: [{ code: 'PHASES_CHANGING' }] }, events);
}

/**
 * A group that is another one is not touched. The same group with another launch template gets back what was lent to it, and
 * nothing else is done to it: which instances are whose cannot be told by their versions any more.
 */
function stepReplaced(record: RolloutRecord, observation: Observation, need: Need, events: RolloutEvent[]): Step {
  if (need.code === 'GROUP_REPLACED') return endRollout(record, observation, { outcome: 'needsHuman', need }, events);
  const { delayed, options } = record;
  const isInTime = delayed === undefined || observation.at - delayed.since < options.progressDeadlineMs;
  const members = listMembers(record, observation);
  const plan = endWithNeed(readSituation(record, observation, members), need, isInTime);
  if (plan.end !== undefined) return endRollout(record, observation, plan.end, events);
  return takeStep(record, observation, plan, events);
}

/**
 * On the way forward, what cannot be read holds the rollout: unknown is neither good nor bad. After the progress deadline a person
 * is asked.
 */
function stepBlindly(
  record: RolloutRecord,
  observation: Observation,
  parts: readonly UnreadablePart[],
  events: RolloutEvent[],
): Step {
  const since = record.unreadableSince ?? observation.at;
  const next = { ...record, unreadableSince: since };
  const waitedMs = observation.at - since;
  if (waitedMs >= record.options.progressDeadlineMs) {
    const need = { code: 'PART_UNREADABLE', waitedMs, parts } as const;
    return endRollout(next, observation, { outcome: 'needsHuman', need }, events);
  }
  const untilAt = since + record.options.progressDeadlineMs;
  return takeStep(next, observation, { acts: [], holds: [{ code: 'PART_UNREADABLE', parts, untilAt }] }, events);
}

/** Everything can be read again: the time without sight is held against nobody. */
function withSight(record: RolloutRecord, at: number): RolloutRecord {
  return record.unreadableSince === undefined ? record : { ...record, unreadableSince: undefined, progressAt: at };
}

function takeStep(record: RolloutRecord, observation: Observation, plan: StepPlan, events: RolloutEvent[]): Step {
  const decisions: Decision[] = [...plan.acts];
  let next = record;
  for (const act of plan.acts) next = recordIntent(next, act, observation);
  if (plan.holds.length > 0 || plan.acts.length === 0) {
    const heldBy: StepPlan['holds'] = plan.holds.length > 0 ? plan.holds : [{ code: 'LOOKING_AGAIN' }];
    decisions.push({ kind: 'wait', heldBy });
    events.push({ kind: 'waiting', at: observation.at, rolloutId: record.rolloutId, heldBy });
  }
  return { record: next, decisions, events };
}

function enterPhase(
  record: RolloutRecord,
  phase: Phase,
  because: PhaseReason,
  at: number,
  events: RolloutEvent[],
): RolloutRecord {
  events.push({ kind: 'phase', at, rolloutId: record.rolloutId, phase, because });
  return { ...record, phase, phaseSince: at, progressAt: at };
}

/** Evidence counts until the last warm instance is gone: until then the way back costs one health check. */
function isEvidenceHeard(record: RolloutRecord): boolean {
  return record.isGoingBack !== true && isForward(record.phase) && !hasCrossed(record);
}

/** Past the checkpoints between two phases; or the step that is taken where one holds, or the record on its way back where one says no. */
function crossOver(
  record: RolloutRecord,
  observation: Observation,
  from: Phase | undefined,
  to: Phase,
  events: RolloutEvent[],
): { readonly record: RolloutRecord; readonly step?: Step } {
  const passage = passCheckpoints(record, observation, from, to);
  const { at } = observation;
  for (const notice of passage.notices) events.push({ kind: 'notice', at, rolloutId: record.rolloutId, notice });
  switch (passage.kind) {
    case 'open':
      return { record: passage.record };
    case 'closed':
      return {
        record: passage.record,
        step: takeStep(passage.record, observation, { acts: [], holds: [passage.hold] }, events),
      };
    case 'asked':
      return {
        record: passage.record,
        step: endRollout(passage.record, observation, { outcome: 'needsHuman', need: passage.need }, events),
      };
    case 'refused':
      return { record: haltRollout(passage.record, [passage.evidence], passage.evidence, at, events) };
  }
}

/** The record on its way back, for these reasons. */
function haltRollout(
  record: RolloutRecord,
  evidence: readonly Evidence[],
  first: Evidence,
  at: number,
  events: RolloutEvent[],
): RolloutRecord {
  for (const each of evidence) events.push({ kind: 'evidence', at, rolloutId: record.rolloutId, evidence: each });
  const back: RolloutRecord = {
    ...record,
    evidence: [...record.evidence, ...evidence],
    isGoingBack: true,
    givenBackAt: undefined,
    refusals: undefined,
  };
  return enterPhase(back, 'halt', { code: 'EVIDENCE_FOUND', evidence: first }, at, events);
}

function isForward(phase: Phase): boolean {
  return phase !== 'halt' && phase !== 'rollBack';
}

/** The last warm instance is gone: nothing can be gone back to, and what fails now is for the group to replace. */
function hasCrossed(record: RolloutRecord): boolean {
  return record.phase === 'finish' && !hasWarmLeft(record);
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
    const notice = { code: 'ENVIRONMENT_ALREADY_BROKEN' } as const;
    events.push({ kind: 'notice', at, rolloutId: record.rolloutId, notice });
  }
  return { ...record, isEnvironmentBroken: isBroken };
}

/**
 * While as many as are wanted are in service, all of the release and proven, nothing stands still: a bake is long on purpose. One that is
 * missing, and that the group does not launch, is a standstill.
 */
function noteWhole(record: RolloutRecord, observation: Observation, members: readonly Member[]): RolloutRecord {
  if (record.isGoingBack === true) return record;
  const { at } = observation;
  const live = members.filter(({ isLive }) => isLive);
  if (live.length < readWanted(record, observation)) return record;
  const isDraining = members.some(({ instance }) => instance.lifecycleState === 'EnteringStandby');
  const isWhole = !isDraining && live.length > 0 && live.every((member) => isProven(member, record, at));
  return isWhole ? { ...record, wholeAt: at } : record;
}

function foldGates(
  record: RolloutRecord,
  observation: Observation,
  members: readonly Member[],
  events: RolloutEvent[],
): RolloutRecord {
  if (record.isGoingBack === true || !isForward(record.phase) || hasCrossed(record)) return record;
  const folded = judgeGates(record, observation, members);
  for (const notice of folded.notices)
    events.push({ kind: 'notice', at: observation.at, rolloutId: record.rolloutId, notice });
  return folded.record;
}

function endRollout(
  record: RolloutRecord,
  observation: Observation,
  end: NonNullable<StepPlan['end']>,
  events: RolloutEvent[],
): Step {
  const { at } = observation;
  // Whoever is asked may sleep: users meet the release no longer than somebody watches.
  const back = end.outcome === 'needsHuman' ? takeUsersBack(record, at) : [];
  if (back.length > 0) return takeStep(record, observation, { acts: back, holds: [] }, events);
  const elapsedMs = at - record.startedAt;
  events.push({ kind: 'finished', at, rolloutId: record.rolloutId, ending: end, elapsedMs });
  const needs = end.outcome === 'needsHuman' ? end.need : undefined;
  return { record: { ...record, outcome: end.outcome, needs }, decisions: [], events };
}

function takeUsersBack(record: RolloutRecord, at: number): readonly Act[] {
  const { delayed, options } = record;
  const isLate = delayed?.act === 'restoreForward' && at - delayed.since >= options.progressDeadlineMs;
  return isLate ? [] : withoutGivenUp(record, restoreForward(record));
}

/** One look may be an old one: nothing is changed, the pin least of all, before it is known whose it is. */
function holdForeignPin({ group }: Observation): StepPlan {
  const value = group.launchTemplate?.version ?? '';
  return { acts: [], holds: [{ code: 'FOREIGN_CHANGE_SEEN', what: 'launchTemplateVersion', value }] };
}

function endForForeignPin(
  record: RolloutRecord,
  observation: Observation,
  version: string,
  events: RolloutEvent[],
): Step {
  const need: Need = {
    code: 'LAUNCH_TEMPLATE_CHANGED',
    seenVersion: version,
    ourVersion: record.ours.pin?.version ?? '',
    fromVersion: record.from.version,
    toVersion: record.to.version,
  };
  return endRollout(record, observation, { outcome: 'needsHuman', need }, events);
}
