// Go back: the steps of halt and rollBack.
//
//   1. First what could not be launched is given up, then the group names the good version again; nothing is detached or
//      terminated before, or it would be launched again, bad.
//   2. Warm instances leave Standby; nothing is launched while an old one lives.
//   3. What does not serve may leave at once. A new one that serves leaves only while as many as are wanted serve without it.
//   4. What the evidence names is kept: quarantined, not terminated.
//   5. MaxSize is borrowed only where a step needs it, and recorded before.
//   6. Whoever leaves is named by id: what a group would pick by itself when it shrinks may be the one that serves.
//
// | base | old | warm | new (serving) | does                                                                      |
// |------|-----|------|---------------|---------------------------------------------------------------------------|
// | 3    | 3   | 0    | 3 (0)         | points back, quarantines 3; nothing else to do                            |
// | 3    | 1   | 2    | 2 (1)         | points back, 2 leave Standby, quarantines 1; the last new one leaves when 3 old ones serve |
// | 3    | 0   | 3    | 3 (3), MaxSize 4 | borrows MaxSize 6, 3 leave Standby, then 3 new ones leave, MaxSize 4   |
// | 3    | 0   | 0    | 3 (3)         | warm ones are gone: launches 3 of the good version, then 3 new ones leave |
import { pendingPatienceMs } from './bounds.js';
import type { Hold } from './decision.js';
import { isFailureDecisive, listFailedLaunches, seconds } from './evidence.js';
import { holdEach, holdLaunching, holdMoving, holdUnsettled } from './holds.js';
import { type Act, isPinnedTo, listInFlightIds } from './ledger.js';
import { describeTargets, drainPatienceOf, type Member } from './members.js';
import { because, count, idsOf, type Situation, type StepPlan } from './step.js';

/** halt: until the group names the good version again. */
export function planHalt(situation: Situation): StepPlan {
  const plan = planGoBack(situation);
  const { record, observation } = situation;
  const isBack = record.ours.pin === undefined || isPinnedTo(record, record.from.launchTemplateVersion, observation);
  if (!isBack || plan.end !== undefined) return plan;
  const text = `${record.groupName} launches ${record.from.version} (launch template version ${record.from.launchTemplateVersion}) from now on`;
  return { acts: [], holds: [], next: { phase: 'rollBack', because: text } };
}

/** rollBack: until everything in service is old and serves. */
export function planRollBack(situation: Situation): StepPlan {
  const plan = planGoBack(situation);
  if (plan.end !== undefined || plan.acts.length > 0) return plan;
  if (isBackAgain(situation)) {
    const text = `${count(situation.oldLive.length, 'instance')} in service, each of the release before and serving`;
    return { acts: [], holds: [], next: { phase: 'finish', because: text } };
  }
  return plan;
}

function planGoBack(situation: Situation): StepPlan {
  const end = endInVain(situation);
  if (end !== undefined) return end;
  const pin = pointBack(situation);
  const warm = situation.warm.filter((member) => !member.isDead);
  const wake = wakeWarm(situation, warm);
  const waking = wake.flatMap((act) => (act.kind === 'exitStandby' ? act.instanceIds : [])).length;
  const out = letNewLeave(situation, waking);
  const launch = wake.length > 0 || out.acts.length > 0 || pin.length > 0 ? [] : launchMissing(situation, warm);
  const cancel = pin.length > 0 ? cancelFailedLaunches(situation) : [];
  const acts = [...cancel, ...pin, ...wake, ...out.acts, ...endDeadWarm(situation), ...launch];
  return {
    acts,
    holds: [
      ...out.holds,
      ...holdOldUnhealthy(situation),
      ...holdLaunching(situation),
      ...holdMoving(situation),
      ...holdUnsettled(situation),
    ],
  };
}

function pointBack({ record, observation }: Situation): readonly Act[] {
  const good = record.from.launchTemplateVersion;
  if (record.ours.pin === undefined || isPinnedTo(record, good, observation)) return [];
  const text = `so that nothing of ${record.to.version} is launched again`;
  return [{ kind: 'pinLaunchTemplate', version: good, because: because('POINT_BACK', text) }];
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
    const text = `${count(ready.length, 'warm instance')} leave Standby before as many new ones may go: ${needed} for a while, MaxSize is ${group.maxSize}`;
    acts.push({ kind: 'setSizes', maxSize: needed, because: because('BORROW_MAX_SIZE', text) });
  }
  const text = `they ran ${record.from.version} and can serve again within one health check`;
  acts.push({ kind: 'exitStandby', instanceIds: idsOf(ready), because: because('WARM_ROLLBACK', text) });
  return acts;
}

function letNewLeave(
  situation: Situation,
  waking: number,
): { readonly acts: readonly Act[]; readonly holds: readonly Hold[] } {
  const { record, observation, newLive, servingCount, floor, at } = situation;
  const { group } = observation;
  const inFlight = listInFlightIds(record);
  const evident = new Set(record.evidence.flatMap(({ instanceIds }) => instanceIds));
  const candidates = newLive.filter(({ instanceId }) => !inFlight.has(instanceId));
  const idle = candidates.filter((member) => !member.isServing);
  const serving = candidates.filter((member) => member.isServing);
  const spare = Math.max(0, servingCount - floor);
  // The evidence goes first, should there not be room for all to leave.
  const leaving = [
    ...idle,
    ...[...serving]
      .sort((a, b) => Number(evident.has(b.instanceId)) - Number(evident.has(a.instanceId)))
      .slice(0, spare),
  ];
  const isPatient = at - record.phaseSince < pendingPatienceMs;
  const isKept = ({ instanceId, isDead }: Member) => evident.has(instanceId) && !isDead;
  const isDetachable = ({ instance }: Member) => instance.lifecycleState === 'InService';
  const waiting = leaving.filter((member) => isKept(member) && !isDetachable(member) && isPatient);
  const isWaiting = new Set(waiting);
  const able = leaving.filter((member) => !isWaiting.has(member));

  // What MinSize does not let go yet leaves once old ones are back, or launched again.
  const room = Math.max(0, group.desiredCapacity + waking - group.minSize);
  const ready = able.slice(0, room);
  const acts: Act[] = [];
  const kept = ready.filter((member) => isKept(member) && isDetachable(member));
  const gone = ready.filter((member) => !(isKept(member) && isDetachable(member)));
  if (kept.length > 0) {
    acts.push({
      kind: 'quarantine',
      instanceIds: idsOf(kept),
      expiresAt: at + record.options.quarantineTtlMs,
      because: because('KEEP_THE_EVIDENCE', record.evidence.map(({ code }) => code).join(', ')),
    });
  }
  if (gone.length > 0) {
    const text = `${record.to.version} is not to serve here`;
    acts.push({
      kind: 'terminate',
      instanceIds: idsOf(gone),
      decrement: true,
      because: because('RELEASE_WITHDRAWN', text),
    });
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
    text: `${instanceId} is ${instance.lifecycleState} and cannot be detached before it is InService`,
    untilAt: since + pendingPatienceMs,
  }));
}

function holdNeeded(situation: Situation, needed: number): readonly Hold[] {
  if (needed <= 0) return [];
  const { record, base, servingCount } = situation;
  const text = `${count(needed, 'instance')} of ${record.to.version} still serve: ${base} are wanted, ${servingCount} serve, and old ones come first`;
  return [{ code: 'OLD_ONES_FIRST', text, untilAt: deadlineOf(situation) }];
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
  const text = `${count(given, 'instance')} of ${group.desiredCapacity} could not be launched and ${given === 1 ? 'is' : 'are'} wanted no more`;
  return [
    {
      kind: 'setSizes',
      desiredCapacity,
      ifDesiredCapacity: group.desiredCapacity,
      because: because('LAUNCH_GIVEN_UP', text),
    },
  ];
}

function endDeadWarm({ record, warm }: Situation): readonly Act[] {
  const inFlight = listInFlightIds(record);
  const dead = warm.filter(
    ({ isDead, instance, instanceId }) => isDead && instance.lifecycleState === 'Standby' && !inFlight.has(instanceId),
  );
  if (dead.length === 0) return [];
  const text = 'EC2 says that they do not run any more';
  return [
    { kind: 'terminate', instanceIds: idsOf(dead), decrement: false, because: because('WARM_INSTANCE_DEAD', text) },
  ];
}

/** Old instances that are wanted and exist no more are launched again, at the good version that the group is pinned to. */
function launchMissing(situation: Situation, warm: readonly Member[]): readonly Act[] {
  const { record, observation, oldLive, newLive, base, isUnsettled } = situation;
  if (isUnsettled) return [];
  const { group } = observation;
  const inFlight = listInFlightIds(record);
  const dead = oldLive.filter((member) => member.isDead && !inFlight.has(member.instanceId));
  if (dead.length > 0) {
    const text = 'EC2 says that they do not run any more; the group launches others of the good version';
    return [
      { kind: 'terminate', instanceIds: idsOf(dead), decrement: false, because: because('OLD_INSTANCE_DEAD', text) },
    ];
  }
  const owed = Math.max(0, group.desiredCapacity - oldLive.length - newLive.length);
  const missing = base - oldLive.length - warm.length - owed;
  if (missing <= 0) return [];
  const desiredCapacity = group.desiredCapacity + missing;
  const text = `${count(missing, 'old instance')} are gone and nothing warm is left; ${record.from.version} is launched again`;
  const acts: Act[] = [];
  if (desiredCapacity > group.maxSize) {
    acts.push({ kind: 'setSizes', maxSize: desiredCapacity, because: because('BORROW_MAX_SIZE', text) });
  }
  acts.push({
    kind: 'setSizes',
    desiredCapacity,
    ifDesiredCapacity: group.desiredCapacity,
    because: because('OLD_ONES_GONE', text),
  });
  return acts;
}

function holdOldUnhealthy(situation: Situation): readonly Hold[] {
  const { observation, oldLive } = situation;
  const unhealthy = oldLive.filter((member) => !member.isServing);
  return holdEach(unhealthy, ({ instanceId, instance }) => ({
    code: 'OLD_NOT_SERVING_YET',
    instanceId,
    text: `${instanceId} ${
      instance.lifecycleState === 'InService'
        ? describeTargets(instanceId, observation)
        : `is ${instance.lifecycleState}`
    }`,
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
  return record.progressAt + record.options.progressDeadlineMs + drainPatienceOf(observation, members);
}

/** The way back has an end too: what it cannot do in time, a person must. */
function endInVain(situation: Situation): StepPlan | undefined {
  const { record, at, oldLive, newLive, warm, base, servingCount } = situation;
  if (isFailureDecisive(record.failure)) {
    const needs = `APPLY_FAILED: AWS refused ${record.failure?.count} times: ${record.failure?.code}: ${record.failure?.message}`;
    return { acts: [], holds: [], end: { outcome: 'needsHuman', text: needs, needs } };
  }
  if (at < deadlineOf(situation)) return undefined;
  if (record.phase === 'rollBack' && newLive.length === 0 && !warm.some((member) => !member.isDead))
    return leaveToGroup(situation);
  const oldServing = oldLive.filter((member) => member.isServing).length;
  const state = `${oldServing} of ${base} old instances serve, ${servingCount} in all, ${newLive.length} of ${record.to.version} are left, ${warm.length} are warm`;
  const needs = `ROLLBACK_DEADLINE: after ${seconds(at - record.progressAt)} without progress ${state}; nothing more is changed, ${
    record.ours.pin === undefined
      ? 'the group launches what it did'
      : `the group launches version ${record.ours.pin.version}`
  }`;
  return { acts: [], holds: [], end: { outcome: 'needsHuman', text: needs, needs } };
}

/** Nothing of ours is left and old ones still do not serve: the group gets its processes back to heal, and a person must know. */
function leaveToGroup(situation: Situation): StepPlan {
  const { record, oldLive, base, observation } = situation;
  const ill = oldLive.filter((member) => !member.isServing);
  const shown = ill.slice(0, 3).map(({ instanceId }) => `${instanceId} ${describeTargets(instanceId, observation)}`);
  const needs = `OLD_NOT_SERVING: everything is as it was, but only ${oldLive.length - ill.length} of ${base} instances of ${record.from.version} serve: ${shown.join('; ')}`;
  return { acts: [], holds: [], record: { ...record, needs }, next: { phase: 'finish', because: needs } };
}
