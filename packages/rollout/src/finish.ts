// Finish: the last looks, and everything temporary given back.
//
//   1. A warm instance is terminated only when every instance in service is proven at this very moment. Each look lets half of
//      them go, so that the last goes alone: it is the point of no return.
//      Nor is any where the release's launch template version is gone: the group could launch nothing any more.
//   2. A late joiner of another release sends the rollout back to roll, a bounded number of times.
//   3. Each thing to give back is tried on its own, whatever else is refused (L3). What AWS will not take back is named at the end.
//   4. `$Latest` and `$Default` come back only where they mean the release that serves.
//   5. What others changed meanwhile stays theirs (S6).
//   6. With `keepWarmMs` the warm ones stay, and the record says until when. What an earlier rollout kept ends.
//   7. `done` is said when every instance of the group is proven and is of the release by its template version, its image and its own word,
//      and after the group got its processes back and has come to rest (S7).
import { auditInstances } from './audit.js';
import { roundCountMax, unevenRestMs } from './bounds.js';
import type { PinLeft } from './contract/ending.js';
import { shownCountMax } from './contract/evidence.js';
import type { Hold } from './contract/hold.js';
import type { Need } from './contract/need.js';
import type { Act } from './decision.js';
import { endInVain, findPointBackRefusal, giveBackSizes, listRefused, resumeProcesses } from './give-back.js';
import { endDeadWarm } from './go-back.js';
import { holdDetaching, holdMoving, holdUnproven, holdUnsettled } from './holds.js';
import { findOthersDoing, findReleaseVersionGone } from './innocence.js';
import { isKeptWarm, listNeedless } from './keep-warm.js';
import { hasWarmLeft, isPointedElsewhere, isWarmKept, listInFlightIds } from './ledger.js';
import { findStillLeftBehind } from './left-behind.js';
import { describeState } from './members.js';
import { closeShadow, holdShadow } from './outside.js';
import { resolveVersion } from './refusal.js';
import { withoutGivenUp } from './refusals.js';
import { replaceEnded } from './roll.js';
import { idsOf, type Situation, type StepPlan } from './step.js';

/** finish: forward to `done`, or, going back, to `rolledBack`. */
export function planFinish(situation: Situation): StepPlan {
  return situation.record.isGoingBack === true ? finishBack(situation) : finishForward(situation);
}

function finishForward(situation: Situation): StepPlan {
  if (situation.oldLive.length > 0) return goBackToRoll(situation);
  const vain = endInVain(situation, () => describeVainFinish(situation));
  if (vain !== undefined) return vain;
  const isStaying = isKeptWarm(situation.record);
  const hasWarm = hasWarmLeft(situation.record) || situation.warm.length > 0;
  if (hasWarm && !isStaying) return letWarmGo(situation);
  const wait = hasWarm ? awaitWarm(situation) : undefined;
  if (wait !== undefined) return wait;
  const first = [...closeShadow(situation), ...giveBackSizes(situation), ...moveDefault(situation)];
  const last = [...restorePin(situation), ...endEarlierWarm(situation), ...resumeProcesses(situation)];
  return giveBack(situation, first, last) ?? rest(situation, [...first, ...last]);
}

/** Half of what is warm, while everything in service is proven. */
function letWarmGo(situation: Situation): StepPlan {
  const owed = fillUp(situation);
  if (owed.length > 0) return { acts: owed, holds: [] };
  const need = findReleaseVersionGone(situation.record, situation.observation);
  if (need !== undefined) return { acts: [], holds: [], end: { outcome: 'needsHuman', need } };
  if (!isAllProven(situation)) {
    const acts = withoutGivenUp(situation.record, situation.isUnsettled ? [] : replaceEnded(situation));
    return { acts, holds: [...holdUnproven(situation), ...holdUnsettled(situation)] };
  }
  return {
    acts: terminateWarm(situation),
    holds: [...holdMoving(situation), ...holdUnsettled(situation), ...holdUnseenWarm(situation)],
  };
}

/** Those that stay are all in Standby and alive, and everything in service is proven; undefined once it is so. */
function awaitWarm(situation: Situation): StepPlan | undefined {
  const owed = fillUp(situation);
  const ended = owed.length > 0 || situation.isUnsettled ? [] : replaceEnded(situation);
  const acts = [...owed, ...withoutGivenUp(situation.record, [...ended, ...endDeadWarm(situation)])];
  const isDraining = situation.warm.some(({ instance }) => instance.lifecycleState !== 'Standby');
  if (acts.length === 0 && !isDraining && isAllProven(situation)) return undefined;
  return {
    acts,
    holds: [...holdUnproven(situation), ...holdMoving(situation), ...holdUnsettled(situation)],
  };
}

/** Where we have taken more than we added, the group never has as many as it wants. */
function fillUp(situation: Situation): readonly Act[] {
  return situation.record.ours.surge < 0 ? withoutGivenUp(situation.record, giveBackSizes(situation)) : [];
}

function isAllProven(situation: Situation): boolean {
  const { proven, newLive, oldLive, base } = situation;
  return oldLive.length === 0 && proven.length === newLive.length && proven.length >= base;
}

function terminateWarm({ record, warm }: Situation): readonly Act[] {
  const inFlight = listInFlightIds(record);
  const ready = warm.filter(
    ({ instance, instanceId }) => instance.lifecycleState === 'Standby' && !inFlight.has(instanceId),
  );
  // Those that still drain stay behind the others, and keep the way back open.
  const going = ready.slice(0, Math.ceil(warm.length / 2));
  if (going.length === 0) return [];
  const because = { code: 'PROVEN', version: record.to.version } as const;
  return [{ kind: 'terminate', instanceIds: idsOf(going), decrement: false, because }];
}

/** The release before the new one is what is gone back to from now on: what was kept of an earlier one ends. */
function endEarlierWarm(situation: Situation): readonly Act[] {
  const needless = listNeedless(situation);
  const { earlierWarm } = situation.record;
  if (needless.length === 0 || earlierWarm === undefined) return [];
  const because = { code: 'EARLIER_WARM_OVER', version: earlierWarm.release.version } as const;
  return [{ kind: 'terminate', instanceIds: idsOf(needless), decrement: false, because }];
}

/** First what the group needs to be whole, then what lets it move by itself; undefined when nothing is left to give back. */
function giveBack(situation: Situation, first: readonly Act[], last: readonly Act[]): StepPlan | undefined {
  const { record, isUnsettled } = situation;
  const acts = withoutGivenUp(record, first);
  if (acts.length > 0 || isUnsettled) return { acts, holds: holdUnsettled(situation) };
  const rest = withoutGivenUp(record, last);
  if (rest.length > 0) return { acts: rest, holds: [] };
  const draining = holdShadow(situation);
  return draining.length > 0 ? { acts: [], holds: draining } : undefined;
}

/** Everything is given back: the last audit, of a group that moves by itself again. */
function rest(situation: Situation, owed: readonly Act[]): StepPlan {
  const { record, at, newLive } = situation;
  const left = listRefused(situation, owed);
  const isAgain = record.givenBackAt !== undefined && at > record.givenBackAt;
  const isUneven = isUnevenlySpread(situation) && at - (record.givenBackAt ?? at) < unevenRestMs;
  const audit = auditInstances(situation);
  const isAtRest = isAllProven(situation) && !isMoving(situation) && !isUneven && !audit.isOpen;
  if (!isAgain || !isAtRest) {
    const hold: Hold = { code: 'GROUP_NOT_AT_REST', unevenZones: isUneven };
    const holds = [...holdUnproven(situation), hold];
    return { acts: [], holds, record: { ...record, givenBackAt: record.givenBackAt ?? at } };
  }
  // A group that names a version that is gone launches nothing any more, however well it serves now.
  const gone = findReleaseVersionGone(record, situation.observation);
  if (gone !== undefined) return { acts: [], holds: [], end: { outcome: 'needsHuman', need: gone } };
  if (left.length > 0)
    return { acts: [], holds: [], end: { outcome: 'needsHuman', need: { code: 'GIVE_BACK_REFUSED', left } } };
  const { version } = record.to;
  const { findings } = audit;
  if (findings.length > 0) {
    const instanceIds = [...new Set(findings.map(({ instanceId }) => instanceId))];
    const need = { code: 'AUDIT_FAILED', version, instanceIds, shown: findings.slice(0, shownCountMax) } as const;
    return { acts: [], holds: [], end: { outcome: 'needsHuman', need } };
  }
  const pinLeft = findPinLeft(situation);
  const leftBehind = findStillLeftBehind(record, situation.observation);
  const warm = describeWarm(situation);
  const end = { outcome: 'done', version, instanceCount: newLive.length, warm, pinLeft, leftBehind } as const;
  return { acts: [], holds: [], end, record: { ...record, warmUntilAt: warm?.untilAt } };
}

function describeWarm({ record, warm, at }: Situation) {
  const { keepWarmMs = 0 } = record.options;
  const living = warm.filter(({ isDead }) => !isDead);
  if (living.length === 0) return undefined;
  return { version: record.from.version, instanceIds: idsOf(living), untilAt: at + keepWarmMs };
}

/** The group still owes a launch, or has more than it wants. */
function isMoving({ newLive, oldLive, observation: { group } }: Situation): boolean {
  return newLive.length + oldLive.length !== group.desiredCapacity;
}

/** AZRebalance would launch and terminate: one zone has two more than another. */
function isUnevenlySpread({ newLive, observation: { group } }: Situation): boolean {
  if (group.suspendedProcesses.includes('AZRebalance')) return false;
  const counts = new Map((group.availabilityZones ?? []).map((zone) => [zone, 0]));
  for (const { instance } of newLive)
    counts.set(instance.availabilityZone, (counts.get(instance.availabilityZone) ?? 0) + 1);
  const numbers = [...counts.values()];
  return numbers.length > 1 && Math.max(...numbers) - Math.min(...numbers) > 1;
}

function describeVainFinish(situation: Situation): Need {
  const others = findOthersDoing(situation);
  if (others !== undefined) return others;
  const { record, at, warm, observation, proven, base, newLive } = situation;
  const waitedMs = at - Math.max(record.phaseSince, record.progressAt);
  const { launchTemplate, suspendedProcesses } = observation.group;
  if (record.givenBackAt === undefined || record.isGoingBack === true)
    return {
      code: 'FINISH_DEADLINE',
      waitedMs,
      warmCount: warm.length,
      launchTemplateVersion: launchTemplate?.version,
      suspendedProcesses,
    };
  const isProven = new Set(proven);
  const ill = newLive.filter((member) => !isProven.has(member));
  return {
    code: 'NEW_NOT_SERVING',
    version: record.to.version,
    waitedMs,
    provenCount: proven.length,
    wanted: base,
    shown: ill.slice(0, shownCountMax).map((member) => describeState(member, observation)),
  };
}

/** A late joiner of another release; a bounded number of times. */
export function goBackToRoll({ record, oldLive }: Situation): StepPlan {
  const roundCount = (record.roundCount ?? 0) + 1;
  const instanceIds = idsOf(oldLive);
  if (roundCount > roundCountMax) {
    const need = { code: 'FOREIGN_INSTANCES', instanceIds, roundCount, version: record.to.version } as const;
    return { acts: [], holds: [], end: { outcome: 'needsHuman', need } };
  }
  return {
    acts: [],
    holds: [],
    record: { ...record, roundCount, givenBackAt: undefined },
    next: { phase: 'roll', because: { code: 'JOINED_LATE', instanceIds } },
  };
}

/** By the record and not by one look: an instance that is missing from it may still be there. */
function holdUnseenWarm({ record, members }: Situation): StepPlan['holds'] {
  const present = new Set(idsOf(members));
  return Object.entries(record.instances)
    .filter(([instanceId, known]) => isWarmKept(known) && !present.has(instanceId))
    .map(([instanceId]): Hold => ({ code: 'WARM_NOT_SEEN', instanceId }));
}

function moveDefault({ record, observation: { launchTemplate } }: Situation): readonly Act[] {
  const release = record.to.launchTemplateVersion;
  const follows = record.original.launchTemplate.version === '$Default';
  if (!follows || release === undefined || launchTemplate.defaultVersion === release) return [];
  // Moved by us, and elsewhere again: somebody else's choice.
  if (
    record.ours.hasMovedDefaultVersion === true &&
    launchTemplate.defaultVersion !== record.original.defaultLaunchTemplateVersion
  )
    return [];
  const because = { code: 'DEFAULT_FOLLOWS', version: record.to.version } as const;
  return [{ kind: 'setDefaultLaunchTemplateVersion', version: release, because }];
}

/** The version that the group should name when we leave: its own alias again where that means what serves, else the number. */
function versionToLeave({ record, observation: { launchTemplate } }: Situation): string | undefined {
  const original = record.original.launchTemplate.version;
  const good = record.isGoingBack === true ? record.from.launchTemplateVersion : record.to.launchTemplateVersion;
  return resolveVersion(original, launchTemplate) === good ? original : good;
}

function restorePin(situation: Situation): readonly Act[] {
  const { pin } = situation.record.ours;
  if (isPointedElsewhere(situation.record, situation.observation)) return [];
  const version = versionToLeave(situation);
  // As with the sizes, only AWS's own acceptance counts; but a pin that never took effect has nothing to be restored.
  if (pin === undefined || version === undefined || (pin.version === version && pin.isConfirmed)) return [];
  const tookEffect = pin.isConfirmed || pin.isSeen || pin.hadEffect === true;
  if (!tookEffect && situation.observation.group.launchTemplate?.version === version) return [];
  const alias = version.startsWith('$') ? version : undefined;
  return [{ kind: 'pinLaunchTemplate', version, because: { code: 'RESTORE_PIN', alias } }];
}

function findPinLeft(situation: Situation): PinLeft | undefined {
  const alias = situation.record.original.launchTemplate.version;
  const named = situation.observation.group.launchTemplate?.version;
  const isTheirs = isPointedElsewhere(situation.record, situation.observation);
  const launchTemplateVersion = isTheirs ? named : versionToLeave(situation);
  if (launchTemplateVersion === undefined || situation.record.ours.pin === undefined) return undefined;
  if (!alias.startsWith('$') || launchTemplateVersion === alias) return undefined;
  return { launchTemplateVersion, alias, means: resolveVersion(alias, situation.observation.launchTemplate) };
}

function finishBack(situation: Situation): StepPlan {
  const { record, newLive } = situation;
  const vain = endInVain(situation, () => record.needs ?? describeVainFinish(situation));
  if (vain !== undefined) return vain;
  if (newLive.length > 0 && record.needs === undefined)
    return {
      acts: [],
      holds: [],
      next: { phase: 'rollBack', because: { code: 'JOINED_LATE', instanceIds: idsOf(newLive) } },
    };
  // Without the good version to name, the template must stay as it is: the group still names the other one.
  const isStuck = findPointBackRefusal(situation) !== undefined;
  const oldNews = findOldNews(situation);
  const first = [...closeShadow(situation), ...(isStuck ? [] : undoTemplate(situation)), ...giveBackSizes(situation)];
  const last = [...(isStuck || oldNews !== undefined ? [] : restorePin(situation)), ...resumeProcesses(situation)];
  const plan = giveBack(situation, first, last);
  if (plan !== undefined) return plan;
  if (oldNews !== undefined) return { acts: [], holds: [oldNews] };
  return endBack(situation, [...first, ...last]);
}

/** A read that still shows the version that was deleted is an old one, and an alias must not be judged by it. */
function findOldNews({ record, observation }: Situation): Hold | undefined {
  const alias = record.original.launchTemplate.version;
  const launchTemplateVersion = record.ours.withdrawnVersion;
  if (launchTemplateVersion === undefined) return undefined;
  if (resolveVersion(alias, observation.launchTemplate) !== launchTemplateVersion) return undefined;
  return { code: 'OLD_NEWS', alias, launchTemplateVersion };
}

function endBack(situation: Situation, owed: readonly Act[]): StepPlan {
  const { record } = situation;
  const leaving = [...holdDetaching(situation), ...holdMoving(situation)];
  if (leaving.length > 0) return { acts: [], holds: leaving };
  const left = listRefused(situation, owed);
  const need =
    record.needs ??
    findPointBackRefusal(situation) ??
    (left.length > 0 ? ({ code: 'GIVE_BACK_REFUSED', left } as const) : undefined);
  if (need !== undefined) return { acts: [], holds: [], end: { outcome: 'needsHuman', need } };
  return {
    acts: [],
    holds: [],
    end: {
      outcome: 'rolledBack',
      version: record.from.version,
      withdrawnVersion: record.to.version,
      evidence: record.evidence[0],
      pinLeft: findPinLeft(situation),
      leftBehind: findStillLeftBehind(record, situation.observation),
    },
  };
}

/** The template as it was: the default where we moved it, and no version of ours, or `$Latest` would mean the bad one. */
function undoTemplate({ record, observation: { launchTemplate, group } }: Situation): readonly Act[] {
  const release = record.to.launchTemplateVersion;
  const original = record.original.defaultLaunchTemplateVersion;
  if (
    record.ours.hasMovedDefaultVersion === true &&
    original !== undefined &&
    launchTemplate.defaultVersion === release
  ) {
    const because = { code: 'RESTORE_DEFAULT', launchTemplateVersion: original } as const;
    return [{ kind: 'setDefaultLaunchTemplateVersion', version: original, because }];
  }
  if (!record.ours.hasCreatedLaunchTemplateVersion) return [];
  if (release === undefined) {
    // Killed between the creation and its answer. Asked again, AWS names the same version, which can then be deleted.
    return [
      {
        kind: 'createLaunchTemplateVersion',
        sourceVersion: record.from.launchTemplateVersion,
        imageId: record.to.imageId,
        because: { code: 'LEARN_WHAT_WAS_CREATED' },
      },
    ];
  }
  // A version that the group names stays, or the group could launch nothing at all.
  if (launchTemplate.defaultVersion === release || group.launchTemplate?.version === release) return [];
  const because = { code: 'WITHDRAW_VERSION', launchTemplateVersion: release } as const;
  return [{ kind: 'deleteLaunchTemplateVersion', version: release, because }];
}
