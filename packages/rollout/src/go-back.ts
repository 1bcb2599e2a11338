// Go back: the steps of halt and rollBack.
//
//   1. First what could not be launched is given up, then the group names the good version again; nothing is detached or
//      terminated before, or it would be launched again, bad.
//   2. Warm instances leave Standby; nothing is launched while an old one lives.
//   3. What does not serve may leave at once. A new one that serves leaves only while as many as are wanted serve without it.
//   4. What the evidence names is kept: quarantined, not terminated.
//   5. MaxSize is borrowed only where a step needs it, and recorded before.
//   6. Where AWS refuses to point the group back, Launch is suspended instead, and the rest goes its way. AWS lets nobody out of
//      Standby while Launch is suspended: it is suspended after the warm ones have left, and resumed for those that come later.
//   7. Whoever leaves is named by id: what a group would pick by itself when it shrinks may be the one that serves.
//   8. What AWS refuses has another way where there is one: evidence that may not be detached is terminated; old ones that may not leave
//      Standby are launched anew; where no size may be changed, bad ones are replaced in place.
//
// | base | old | warm | new (serving) | does                                                                      |
// |------|-----|------|---------------|---------------------------------------------------------------------------|
// | 3    | 3   | 0    | 3 (0)         | points back, quarantines 3; nothing else to do                            |
// | 3    | 1   | 2    | 2 (1)         | points back, 2 leave Standby, quarantines 1; the last new one leaves when 3 old ones serve |
// | 3    | 0   | 3    | 3 (3), MaxSize 4 | borrows MaxSize 6, 3 leave Standby, then 3 new ones leave, MaxSize 4   |
// | 3    | 0   | 0    | 3 (3)         | warm ones are gone: launches 3 of the good version, then 3 new ones leave |
import { pendingPatienceMs } from './bounds.js';
import { shownCountMax } from './contract/evidence.js';
import type { Hold } from './contract/hold.js';
import type { Need } from './contract/need.js';
import type { Act } from './decision.js';
import { listFailedLaunches } from './evidence.js';
import { endWithNeed, findPointBackRefusal } from './give-back.js';
import { holdEach, holdLaunching, holdMoving, holdUnsettled } from './holds.js';
import { findOthersDoing, findSuspended } from './innocence.js';
import { isPointedBack, listInFlightIds } from './ledger.js';
import { describeState, type Member, patienceOf } from './members.js';
import { closeShadow, restoreForward } from './outside.js';
import { findGivenUp, isRefused, withoutGivenUp } from './refusals.js';
import { idsOf, type Situation, type StepPlan } from './step.js';

/** halt: until the group names the good version again. */
export function planHalt(situation: Situation): StepPlan {
  const plan = planGoBack(situation);
  const { record, observation } = situation;
  if (plan.end !== undefined || !launchesNothingBad(situation)) return plan;
  if (!isPointedBack(record, observation)) {
    const because = { code: 'LAUNCH_SUSPENDED', version: record.to.version } as const;
    return { acts: [], holds: [], next: { phase: 'rollBack', because } };
  }
  const { version, launchTemplateVersion } = record.from;
  const because = { code: 'POINTED_BACK', version, launchTemplateVersion } as const;
  return { acts: [], holds: [], next: { phase: 'rollBack', because } };
}

/** rollBack: until everything in service is old and serves. */
export function planRollBack(situation: Situation): StepPlan {
  const plan = planGoBack(situation);
  if (plan.end !== undefined || plan.acts.length > 0) return plan;
  if (isBackAgain(situation)) {
    const because = { code: 'ALL_OLD_SERVE', count: situation.oldLive.length } as const;
    return { acts: [], holds: [], next: { phase: 'finish', because } };
  }
  return plan;
}

function planGoBack(situation: Situation): StepPlan {
  const end = endInVain(situation);
  if (end !== undefined) return end;
  const warm = situation.warm.filter((member) => !member.isDead);
  const wake = withoutGivenUp(situation.record, wakeWarm(situation, warm));
  const point = pointBack(
    situation,
    wake.some(({ kind }) => kind === 'exitStandby'),
  );
  // What relies on a refused size will not happen.
  const isHeldBack = wake.some(({ dependsOn = [] }) => dependsOn.some((kind) => isRefused(situation.record, kind)));
  const waking = isHeldBack ? 0 : wake.flatMap((act) => (act.kind === 'exitStandby' ? act.instanceIds : [])).length;
  const out = letNewLeave(situation, waking);
  const mayLaunch = wake.length === 0 && out.acts.length === 0 && point.length === 0;
  const launch = mayLaunch && isPointedBack(situation.record, situation.observation);
  // Those that AWS does not let out of Standby serve nobody: the group launches others.
  const coming = isRefused(situation.record, 'exitStandby') ? [] : warm;
  const cancel = !isPointedBack(situation.record, situation.observation) ? cancelFailedLaunches(situation) : [];
  return {
    acts: [
      // Users first: it is one call, and nothing relies on it.
      ...withoutGivenUp(situation.record, restoreForward(situation.record)),
      ...cancel,
      ...point,
      ...wake,
      ...out.acts,
      ...endDeadWarm(situation),
      ...withoutGivenUp(situation.record, situation.record.ours.forward === undefined ? closeShadow(situation) : []),
      ...(launch ? launchMissing(situation, coming) : []),
    ],
    holds: [
      ...out.holds,
      ...holdOldUnhealthy(situation),
      ...holdLaunching(situation),
      ...holdMoving(situation),
      ...holdUnsettled(situation),
    ],
  };
}

/** The group names the good version, or launches nothing at all. */
function launchesNothingBad({ record, observation }: Situation): boolean {
  return isPointedBack(record, observation) || observation.group.suspendedProcesses.includes('Launch');
}

/**
 * The group names the good version again. Where AWS refuses that (its image is gone, say), the group must launch nothing at all: a
 * loan like any other, and the rest of the way back needs no more.
 */
function pointBack(situation: Situation, isWaking: boolean): readonly Act[] {
  const { record, observation } = situation;
  if (isPointedBack(record, observation)) return launchAgain(situation);
  const acts: Act[] = [];
  const isLaunching = !observation.group.suspendedProcesses.includes('Launch');
  if (record.refusals?.pinLaunchTemplate !== undefined && isLaunching && !isWaking) {
    const because = { code: 'LAUNCH_NOTHING_BAD', version: record.to.version } as const;
    acts.push({ kind: 'suspendProcesses', processes: ['Launch'], because });
  }
  const because = { code: 'POINT_BACK', version: record.to.version } as const;
  acts.push({ kind: 'pinLaunchTemplate', version: record.from.launchTemplateVersion, because });
  return withoutGivenUp(record, acts);
}

/** Launch, which we suspended while the group could not be pointed back: what is missing can be launched again. */
function launchAgain({ record }: Situation): readonly Act[] {
  if (!isLaunchSuspendedByUs(record)) return [];
  return [{ kind: 'resumeProcesses', processes: ['Launch'], because: { code: 'LET_THE_GROUP_MOVE' } }];
}

function isLaunchSuspendedByUs({ ours, original }: Situation['record']): boolean {
  return ours.suspendedProcesses.includes('Launch') && !original.suspendedProcesses.includes('Launch');
}

function wakeWarm({ record, observation: { group } }: Situation, warm: readonly Member[]): readonly Act[] {
  const inFlight = listInFlightIds(record);
  const ready = warm.filter(
    ({ instance, instanceId }) => instance.lifecycleState === 'Standby' && !inFlight.has(instanceId),
  );
  if (ready.length === 0) return [];
  const needed = group.desiredCapacity + ready.length;
  const acts: Act[] = [];
  if (needed > group.maxSize) {
    const because = { code: 'BORROW_MAX_SIZE', needed, maxSize: group.maxSize, purpose: 'wake' } as const;
    acts.push({ kind: 'setSizes', maxSize: needed, because });
  }
  if (group.suspendedProcesses.includes('Launch') && isLaunchSuspendedByUs(record)) {
    acts.push({ kind: 'resumeProcesses', processes: ['Launch'], because: { code: 'LET_THE_GROUP_MOVE' } });
  }
  const dependsOn = acts.map(({ kind }) => kind);
  acts.push({
    kind: 'exitStandby',
    instanceIds: idsOf(ready),
    because: { code: 'WARM_ROLLBACK', version: record.from.version },
    ...(dependsOn.length > 0 ? { dependsOn } : {}),
  });
  return acts;
}

function letNewLeave(
  situation: Situation,
  waking: number,
): { readonly acts: readonly Act[]; readonly holds: readonly Hold[] } {
  const { record, observation, newLive, servingCount, floor, at } = situation;
  const { group } = observation;
  // Whoever leaves lowers DesiredCapacity, and a wish of somebody else that is just being seen could not be told from it.
  if (record.base?.otherValue !== undefined) return { acts: [], holds: holdUnsettled(situation) };
  const inFlight = listInFlightIds(record);
  const evident = new Set(record.evidence.flatMap(({ instanceIds }) => instanceIds));
  const candidates = newLive.filter(({ instanceId }) => !inFlight.has(instanceId));
  const idle = candidates.filter((member) => !member.isServing && !member.isUnknown);
  const serving = candidates.filter((member) => member.isServing || member.isUnknown);
  const spare = Math.max(0, servingCount - floor);
  // The evidence goes first, should there not be room for all to leave.
  const leaving = [
    ...idle,
    ...[...serving]
      .sort((a, b) => Number(evident.has(b.instanceId)) - Number(evident.has(a.instanceId)))
      .slice(0, spare),
  ];
  const isPatient = at - record.phaseSince < pendingPatienceMs;
  const mayKeep = !isRefused(record, 'quarantine');
  const isKept = ({ instanceId, isDead }: Member) => mayKeep && evident.has(instanceId) && !isDead;
  const isDetachable = ({ instance }: Member) => instance.lifecycleState === 'InService';
  const waiting = leaving.filter((member) => isKept(member) && !isDetachable(member) && isPatient);
  const isWaiting = new Set(waiting);
  const able = leaving.filter((member) => !isWaiting.has(member));

  // What MinSize does not let go yet leaves once old ones are back, or launched again.
  const room = Math.max(0, group.desiredCapacity + waking - group.minSize);
  const ready = able.slice(0, room);
  // Where no size can be borrowed to wake the warm ones, what serves nobody makes place for others of the good version.
  const isStuck = isRefused(record, 'setSizes') && isPointedBack(record, observation);
  const replaced = isStuck ? able.slice(room).filter((member) => !member.isServing && !member.isUnknown) : [];
  const acts: Act[] = [];
  // Before the group launches nothing bad any more, one that leaves might be launched again.
  const dependsOn = launchesNothingBad(situation) ? undefined : (['pinLaunchTemplate'] as const);
  const kept = ready.filter((member) => isKept(member) && isDetachable(member));
  // An earlier rollout kept them warm, and nothing speaks against them.
  const warm = ready.filter((member) => member.isServing && member.known?.revivedAt !== undefined && !isKept(member));
  const isStaying = new Set([...kept, ...warm]);
  const gone = ready.filter((member) => !isStaying.has(member));
  if (kept.length > 0) {
    acts.push({
      kind: 'quarantine',
      instanceIds: idsOf(kept),
      expiresAt: at + record.options.quarantineTtlMs,
      because: { code: 'KEEP_THE_EVIDENCE', evidence: record.evidence.map(({ code }) => code) },
      dependsOn,
    });
  }
  if (warm.length > 0) {
    acts.push({
      kind: 'enterStandby',
      instanceIds: idsOf(warm),
      ifDesiredCapacity: group.desiredCapacity,
      because: { code: 'WARM_AGAIN', version: record.to.version },
      dependsOn,
    });
  }
  if (gone.length > 0) {
    acts.push({
      kind: 'terminate',
      instanceIds: idsOf(gone),
      decrement: true,
      because: { code: 'RELEASE_WITHDRAWN', version: record.to.version },
      dependsOn,
    });
  }
  if (replaced.length > 0) {
    const because = { code: 'RELEASE_WITHDRAWN', version: record.to.version } as const;
    acts.push({ kind: 'terminate', instanceIds: idsOf(replaced), decrement: false, because });
  }
  return {
    acts,
    holds: [...holdPending(waiting, record.phaseSince), ...holdNeeded(situation, serving.length - spare)],
  };
}

function holdPending(waiting: readonly Member[], since: number): readonly Hold[] {
  return holdEach(waiting, ({ instanceId, instance }) => ({
    code: 'QUARANTINE_AWAITS_IN_SERVICE',
    instanceId,
    lifecycleState: instance.lifecycleState,
    untilAt: since + pendingPatienceMs,
  }));
}

function holdNeeded(situation: Situation, needed: number): readonly Hold[] {
  if (needed <= 0) return [];
  const { record, base, servingCount } = situation;
  const { version } = record.to;
  const untilAt = deadlineOf(situation);
  return [{ code: 'OLD_ONES_FIRST', version, newServingCount: needed, wanted: base, servingCount, untilAt }];
}

/**
 * What the group still tries to launch for us, and cannot, is given up, to as many as there are: nobody leaves for that. It comes
 * before the group is pointed back and never after: pointed back, it launches them of the good version at once, and would then
 * shrink by whom it likes.
 */
function cancelFailedLaunches(situation: Situation): readonly Act[] {
  const { record, observation, oldLive, newLive, isUnsettled } = situation;
  const { group } = observation;
  const owed = group.desiredCapacity - oldLive.length - newLive.length;
  const given = Math.min(owed, record.ours.surge, group.desiredCapacity - group.minSize);
  if (isUnsettled || given <= 0 || listFailedLaunches(record, observation).length === 0) return [];
  const desiredCapacity = group.desiredCapacity - given;
  return [
    {
      kind: 'setSizes',
      desiredCapacity,
      ifDesiredCapacity: group.desiredCapacity,
      because: { code: 'LAUNCH_GIVEN_UP', count: given, desiredCapacity: group.desiredCapacity },
    },
  ];
}

/** Warm instances that do not run any more are no way back. */
export function endDeadWarm({ record, warm }: Situation): readonly Act[] {
  const inFlight = listInFlightIds(record);
  const dead = warm.filter(
    ({ isDead, instance, instanceId }) => isDead && instance.lifecycleState === 'Standby' && !inFlight.has(instanceId),
  );
  if (dead.length === 0) return [];
  return [{ kind: 'terminate', instanceIds: idsOf(dead), decrement: false, because: { code: 'WARM_INSTANCE_DEAD' } }];
}

/** Old instances that are wanted and exist no more are launched again, at the good version that the group is pinned to. */
function launchMissing(situation: Situation, warm: readonly Member[]): readonly Act[] {
  const { record, observation, oldLive, newLive, base, isUnsettled } = situation;
  if (isUnsettled) return [];
  const { group } = observation;
  const inFlight = listInFlightIds(record);
  const dead = oldLive.filter((member) => member.isDead && !inFlight.has(member.instanceId));
  if (dead.length > 0) {
    return [{ kind: 'terminate', instanceIds: idsOf(dead), decrement: false, because: { code: 'OLD_INSTANCE_DEAD' } }];
  }
  const owed = Math.max(0, group.desiredCapacity - oldLive.length - newLive.length);
  const missing = base - oldLive.length - warm.length - owed;
  if (missing <= 0) return [];
  const desiredCapacity = group.desiredCapacity + missing;
  const acts: Act[] = [];
  if (desiredCapacity > group.maxSize) {
    acts.push({
      kind: 'setSizes',
      maxSize: desiredCapacity,
      because: { code: 'BORROW_MAX_SIZE', needed: desiredCapacity, maxSize: group.maxSize, purpose: 'launch' },
    });
  }
  acts.push({
    kind: 'setSizes',
    desiredCapacity,
    ifDesiredCapacity: group.desiredCapacity,
    because: { code: 'OLD_ONES_GONE', count: missing, version: record.from.version },
    ...(acts.length > 0 ? { dependsOn: ['setSizes'] as const } : {}),
  });
  return acts;
}

function holdOldUnhealthy(situation: Situation): readonly Hold[] {
  const { observation, oldLive } = situation;
  const unhealthy = oldLive.filter((member) => !member.isServing);
  return holdEach(unhealthy, (member) => ({
    code: 'OLD_NOT_SERVING_YET',
    ...describeState(member, observation),
    untilAt: deadlineOf(situation),
  }));
}

/** Everything new is out, everything warm is back, and as many old ones serve as did when we came. */
function isBackAgain(situation: Situation): boolean {
  const { record, newLive, warm, oldLive, base, isUnsettled } = situation;
  if (isUnsettled || newLive.length > 0 || warm.some((member) => !member.isDead)) return false;
  const wanted = Math.min(base, record.original.servingCount ?? base);
  return oldLive.filter((member) => member.isServing).length >= wanted && oldLive.length >= base;
}

function deadlineOf({ record, observation, members }: Situation): number {
  return record.progressAt + record.options.progressDeadlineMs + patienceOf(observation, members);
}

/** The way back has an end too: what it cannot do in time, a person must. */
function endInVain(situation: Situation): StepPlan | undefined {
  const { record, at, newLive, warm } = situation;
  // What is refused and has another way is no end before that way is gone.
  const isWayLeft = newLive.length > 0 || countServing(situation) < situation.base;
  const refused = findGivenUp(record, [
    ...(isWayLeft ? [] : (['exitStandby', 'setSizes'] as const)),
    'terminate',
    'suspendProcesses',
  ]);
  const isDue = at >= deadlineOf(situation);
  if (refused === undefined && !isDue) return undefined;
  const isInTime = at < deadlineOf(situation) + record.options.progressDeadlineMs;
  if (refused !== undefined) {
    const { act, count, failure } = refused;
    const suspended = act === 'exitStandby' ? findSuspended(situation) : undefined;
    return endWithNeed(situation, suspended ?? { code: 'APPLY_FAILED', act, count, failure }, isInTime);
  }
  const stuck = findPointBackRefusal(situation) ?? findOthersDoing(situation);
  if (stuck !== undefined) return endWithNeed(situation, stuck, isInTime);
  if (record.phase === 'rollBack' && newLive.length === 0 && !warm.some((member) => !member.isDead))
    return leaveToGroup(situation);
  return endWithNeed(situation, describeVain(situation), isInTime);
}

function countServing({ oldLive }: Situation): number {
  return oldLive.filter((member) => member.isServing).length;
}

function describeVain(situation: Situation): Need {
  const { record, at, newLive, warm, base, servingCount } = situation;
  return {
    code: 'ROLLBACK_DEADLINE',
    waitedMs: at - record.progressAt,
    version: record.to.version,
    oldServingCount: countServing(situation),
    wanted: base,
    servingCount,
    newCount: newLive.length,
    warmCount: warm.length,
    pinnedVersion: record.ours.pin?.version,
  };
}

/** Nothing of ours is left and old ones still do not serve: the group gets its processes back to heal, and a person must know. */
function leaveToGroup(situation: Situation): StepPlan {
  const { record, oldLive, base, observation } = situation;
  const ill = oldLive.filter((member) => !member.isServing);
  const needs: Need = {
    code: 'OLD_NOT_SERVING',
    version: record.from.version,
    servingCount: oldLive.length - ill.length,
    wanted: base,
    shown: ill.slice(0, shownCountMax).map((member) => describeState(member, observation)),
  };
  const because = { code: 'LEFT_TO_THE_GROUP', need: needs } as const;
  return { acts: [], holds: [], record: { ...record, needs }, next: { phase: 'finish', because } };
}
