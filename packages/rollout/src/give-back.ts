// Give back: the temporary changes that any end of a rollout takes back, and ends that come before everything is.
//
//   1. What is given back is told by the ledger, not by one look: a read may be too old to show what we changed.
//   2. The process Launch stays suspended as long as the group would launch the bad release.
import { restDeadlines } from './bounds.js';
import type { Need } from './contract/need.js';
import type { Act } from './decision.js';
import { holdUnsettled } from './holds.js';
import { isPointedBack, listSuspendedByUs } from './ledger.js';
import type { Member } from './members.js';
import { closeShadow, holdShadow } from './outside.js';
import { isGivenUp, withoutGivenUp } from './refusals.js';
import { idsOf, type Situation, type StepPlan } from './step.js';

/** Our part of the sizes. */
export function giveBackSizes(situation: Situation): readonly Act[] {
  const { record, observation, base, isUnsettled } = situation;
  const isDue = record.ours.surge !== 0 && !isUnsettled && base !== observation.group.desiredCapacity;
  return (isDue ? giveBackCapacity(situation) : undefined) ?? fitIntoMaxSize(situation) ?? giveBackBounds(situation);
}

/**
 * More are there than the MaxSize that we give back allows. AWS would choose who leaves, perhaps one that serves: those of least use
 * are named before. What is wanted and not there yet, AWS forgets by itself when MaxSize is lowered.
 */
function fitIntoMaxSize({ record, observation: { group }, oldLive, newLive, isUnsettled }: Situation) {
  const limit = record.ours.maxSize?.original;
  if (limit === undefined || isUnsettled || isGivenUp(record, 'terminate')) return undefined;
  const live = [...oldLive, ...newLive];
  const surplus = orderByUse(live).slice(0, Math.max(0, Math.min(live.length, group.desiredCapacity) - limit));
  if (surplus.length === 0) return undefined;
  return [
    { kind: 'terminate', instanceIds: idsOf(surplus), decrement: true, because: { code: 'GIVE_BACK_MAX_SIZE' } },
  ] as const;
}

/** Those of least use first: not serving, then youngest. */
function orderByUse(live: readonly Member[]): readonly Member[] {
  return [...live].sort(
    (a, b) => Number(a.isServing) - Number(b.isServing) || (b.known?.firstSeenAt ?? 0) - (a.known?.firstSeenAt ?? 0),
  );
}

function giveBackBounds(situation: Situation): readonly Act[] {
  const { record } = situation;
  const { minSize, maxSize } = record.ours;
  const acts: Act[] = [];
  if (minSize !== undefined)
    acts.push({ kind: 'setSizes', minSize: minSize.original, because: { code: 'GIVE_BACK_MIN_SIZE' } });
  if (maxSize !== undefined && !isMaxSizeShort(situation))
    acts.push({ kind: 'setSizes', maxSize: maxSize.original, because: { code: 'GIVE_BACK_MAX_SIZE' } });
  return acts;
}

/** The MaxSize that we give back is less than what is there, and those who leave can still be named first. */
function isMaxSizeShort({ record, observation: { group }, oldLive, newLive }: Situation): boolean {
  const limit = record.ours.maxSize?.original;
  const there = Math.min(oldLive.length + newLive.length, group.desiredCapacity);
  return limit !== undefined && there > limit && !isGivenUp(record, 'terminate');
}

/**
 * Our part of DesiredCapacity. Where instances have to go for it they are named: the group itself might pick one that serves. Where AWS
 * lets nobody be named, the group picks, if all are alike. Undefined: there is no way.
 */
function giveBackCapacity(situation: Situation): readonly Act[] | undefined {
  const { record, oldLive, newLive, base: wanted } = situation;
  const { group } = situation.observation;
  const live = [...oldLive, ...newLive];
  const { surge } = record.ours;
  const because = { code: 'GIVE_BACK_CAPACITY', ours: surge, desiredCapacity: group.desiredCapacity } as const;
  const isNamed = !isGivenUp(record, 'terminate');
  if (!isNamed && live.some((member) => !member.isServing)) return undefined;
  if (live.length <= wanted || surge < 0 || !isNamed) {
    return [{ kind: 'setSizes', desiredCapacity: wanted, ifDesiredCapacity: group.desiredCapacity, because }];
  }
  const surplus = orderByUse(live).slice(0, Math.min(live.length - wanted, surge));
  return [{ kind: 'terminate', instanceIds: idsOf(surplus), decrement: true, because }];
}

/** The processes that we suspended. */
export function resumeProcesses({ record, observation }: Situation): readonly Act[] {
  const mustNotLaunch = record.isGoingBack === true && !isPointedBack(record, observation);
  const processes = listSuspendedByUs(record).filter((name) => !(mustNotLaunch && name === 'Launch'));
  if (processes.length === 0) return [];
  return [{ kind: 'resumeProcesses', processes, because: { code: 'LET_THE_GROUP_MOVE' } }];
}

/** What of these AWS refuses to do. */
export function listRefused({ record }: Situation, owed: readonly Act[]) {
  const kinds = new Set(owed.map(({ kind }) => kind).filter((kind) => isGivenUp(record, kind)));
  return [...kinds].flatMap((act) => {
    const failure = record.refusals?.[act]?.failure;
    return failure === undefined ? [] : [{ act, failure }];
  });
}

/** On the way back: AWS refuses to point the group at the good version. */
export function findPointBackRefusal({ record, observation }: Situation): Need | undefined {
  const failure = record.refusals?.pinLaunchTemplate?.failure;
  if (failure === undefined || record.isGoingBack !== true || isPointedBack(record, observation)) return undefined;
  return {
    code: 'POINT_BACK_REFUSED',
    goodVersion: record.from.version,
    launchTemplateId: record.original.launchTemplate.launchTemplateId,
    launchTemplateVersion: record.from.launchTemplateVersion,
    seenVersion: observation.group.launchTemplate?.version,
    failure,
    isLaunchSuspended: observation.group.suspendedProcesses.includes('Launch'),
  };
}

/** The end of finish without progress. */
export function endInVain(situation: Situation, describe: () => Need): StepPlan | undefined {
  const { record, at, observation } = situation;
  const drainMs = Math.max(0, ...observation.targetGroups.map((targetGroup) => targetGroup.deregistrationDelayMs));
  const waited = at - Math.max(record.phaseSince, record.progressAt, record.wholeAt ?? 0);
  const allowed = record.options.progressDeadlineMs + drainMs;
  // A release that comes up and dies again makes progress for ever, and never comes to rest.
  const rested = at - (record.givenBackAt ?? at);
  if (waited < allowed && rested < restDeadlines * allowed) return undefined;
  return endWithNeed(situation, describe(), waited < 2 * allowed && rested < (restDeadlines + 1) * allowed);
}

/** A person is needed. Before, what can still be given back is, each on its own (L3). */
export function endWithNeed(situation: Situation, need: Need, isInTime: boolean): StepPlan {
  const sizes = fitIntoMaxSize(situation) ?? giveBackBounds(situation);
  const owed = [...closeShadow(situation), ...resumeProcesses(situation), ...sizes];
  const acts = isInTime ? withoutGivenUp(situation.record, owed) : [];
  if (acts.length > 0) return { acts, holds: [] };
  const draining = holdShadow(situation);
  if (isInTime && draining.length > 0) return { acts: [], holds: draining };
  if (isInTime && isMaxSizeShort(situation)) return { acts: [], holds: holdUnsettled(situation) };
  return { acts: [], holds: [], end: { outcome: 'needsHuman', need } };
}
