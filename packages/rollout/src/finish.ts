// Finish: the last looks, and everything temporary given back.
//
//   1. Nothing warm is terminated before every instance in service is proven at this very moment.
//   2. A late joiner of another release sends the rollout back to roll, a bounded number of times.
//   3. `$Latest` and `$Default` come back only where they mean the release that serves.
//   4. Processes, sizes and the default version are given back only where they are still as we left them (S6).
import { roundCountMax } from './bounds.js';
import { isFailureDecisive, seconds } from './evidence.js';
import { holdDetaching, holdMoving, holdUnproven, holdUnsettled } from './holds.js';
import { type Act, listInFlightIds } from './ledger.js';
import type { InstanceRecord } from './record.js';
import { resolveVersion } from './refusal.js';
import { because, count, idsOf, type Situation, type StepPlan } from './step.js';

/** finish: forward to `done`, or, going back, to `rolledBack`. */
export function planFinish(situation: Situation): StepPlan {
  const end = endInVain(situation);
  if (end !== undefined) return end;
  return situation.record.isGoingBack === true ? finishBack(situation) : finishForward(situation);
}

function finishForward(situation: Situation): StepPlan {
  const { record, oldLive, newLive, proven, base } = situation;
  if (oldLive.length > 0) return goBackToRoll(situation);
  const hasWarm = situation.warm.length > 0 || Object.values(record.instances).some(isWarmKept);
  const hasTerminated = Object.values(record.instances).some(isWarmTerminated);
  if (!hasTerminated && (proven.length < newLive.length || proven.length < base)) {
    return { acts: [], holds: [...holdUnproven(situation), ...holdUnsettled(situation)] };
  }
  const acts = [...terminateWarm(situation), ...giveBackSizes(situation), ...moveDefault(situation)];
  if (acts.length > 0 || hasWarm || situation.isUnsettled) {
    return { acts, holds: [...holdMoving(situation), ...holdUnsettled(situation), ...holdUnseenWarm(situation)] };
  }
  const last = [...restorePin(situation), ...resumeProcesses(situation)];
  if (last.length > 0) return { acts: last, holds: [] };
  const text = `${record.groupName} is ${record.to.version} on ${count(newLive.length, 'instance')}`;
  return { acts: [], holds: [], end: { outcome: 'done', text: `${text}${describePinLeft(situation)}.` } };
}

function goBackToRoll({ record, oldLive }: Situation): StepPlan {
  const roundCount = (record.roundCount ?? 0) + 1;
  const joined = `${idsOf(oldLive).slice(0, 5).join(', ')} ${oldLive.length === 1 ? 'is' : 'are'} in the group and not of ${record.to.version}`;
  if (roundCount > roundCountMax) {
    const needs = `FOREIGN_INSTANCES: ${joined}, for the ${roundCount}. time: something else keeps adding instances of another release`;
    return { acts: [], holds: [], end: { outcome: 'needsHuman', text: needs, needs } };
  }
  return {
    acts: [],
    holds: [],
    record: { ...record, roundCount },
    next: { phase: 'roll', because: `${joined}: joined late` },
  };
}

/** By the record and not by one look: an instance that is missing from it may still be there. */
function isWarmKept({ warmAt, leftAt, lostAt }: InstanceRecord): boolean {
  return warmAt !== undefined && leftAt === undefined && lostAt === undefined;
}

function holdUnseenWarm({ record, members }: Situation): StepPlan['holds'] {
  const present = new Set(idsOf(members));
  return Object.entries(record.instances)
    .filter(([instanceId, known]) => isWarmKept(known) && !present.has(instanceId))
    .map(([instanceId]) => ({
      code: 'WARM_NOT_SEEN',
      instanceId,
      text: `${instanceId} is warm, but this look does not show it; looking again before it is called gone`,
    }));
}

export function isWarmTerminated({ warmAt, leftAt }: InstanceRecord): boolean {
  return warmAt !== undefined && leftAt !== undefined;
}

function terminateWarm({ record, warm }: Situation): readonly Act[] {
  const inFlight = listInFlightIds(record);
  const ready = warm.filter(
    ({ instance, instanceId }) => instance.lifecycleState === 'Standby' && !inFlight.has(instanceId),
  );
  if (ready.length === 0) return [];
  const text = `every instance in service is of ${record.to.version} and verified; these are needed no more`;
  return [{ kind: 'terminate', instanceIds: idsOf(ready), decrement: false, because: because('PROVEN', text) }];
}

function giveBackSizes(situation: Situation): readonly Act[] {
  const { record, observation, base, isUnsettled } = situation;
  const { group } = observation;
  const acts: Act[] = [];
  const { minSize, maxSize, surge } = record.ours;
  if (surge !== 0 && !isUnsettled && base !== group.desiredCapacity) return giveBackCapacity(situation);
  // Told by the ledger, not by what is seen: a read may be too old to show what we borrowed.
  if (minSize !== undefined) {
    acts.push({
      kind: 'setSizes',
      minSize: minSize.original,
      because: because('GIVE_BACK_MIN_SIZE', 'it was borrowed for the way back'),
    });
  }
  if (maxSize !== undefined) {
    acts.push({
      kind: 'setSizes',
      maxSize: maxSize.original,
      because: because('GIVE_BACK_MAX_SIZE', 'it was borrowed for the way back'),
    });
  }
  return acts;
}

/** Our part of DesiredCapacity. Where instances have to go for it they are named: the group itself might pick one that serves. */
function giveBackCapacity({ record, observation: { group }, oldLive, newLive, base }: Situation): readonly Act[] {
  const live = [...oldLive, ...newLive];
  const { surge } = record.ours;
  const text = `${surge} of DesiredCapacity ${group.desiredCapacity} ${Math.abs(surge) === 1 ? 'is' : 'are'} ours`;
  const reason = because('GIVE_BACK_CAPACITY', text);
  if (live.length <= base || surge < 0) {
    return [{ kind: 'setSizes', desiredCapacity: base, ifDesiredCapacity: group.desiredCapacity, because: reason }];
  }
  const byUse = [...live].sort(
    (a, b) => Number(a.isServing) - Number(b.isServing) || (b.known?.firstSeenAt ?? 0) - (a.known?.firstSeenAt ?? 0),
  );
  const surplus = byUse.slice(0, Math.min(live.length - base, surge));
  return [{ kind: 'terminate', instanceIds: idsOf(surplus), decrement: true, because: reason }];
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
  const text = `${record.groupName} follows $Default, and ${record.to.version} is what it is to mean`;
  return [{ kind: 'setDefaultLaunchTemplateVersion', version: release, because: because('DEFAULT_FOLLOWS', text) }];
}

/** The version that the group should name when we leave: its own alias again where that means what serves, else the number. */
function versionToLeave({ record, observation: { launchTemplate } }: Situation): string | undefined {
  const original = record.original.launchTemplate.version;
  const good = record.isGoingBack === true ? record.from.launchTemplateVersion : record.to.launchTemplateVersion;
  return resolveVersion(original, launchTemplate) === good ? original : good;
}

function restorePin(situation: Situation): readonly Act[] {
  const { pin } = situation.record.ours;
  const version = versionToLeave(situation);
  // As with the sizes, only AWS's own acceptance counts.
  if (pin === undefined || version === undefined || (pin.version === version && pin.isConfirmed)) return [];
  const text = version.startsWith('$')
    ? `${version} means the release that serves`
    : 'the number of the release that serves';
  return [{ kind: 'pinLaunchTemplate', version, because: because('RESTORE_PIN', text) }];
}

function describePinLeft(situation: Situation): string {
  const original = situation.record.original.launchTemplate.version;
  const version = versionToLeave(situation);
  if (!original.startsWith('$') || version === original || situation.record.ours.pin === undefined) return '';
  const means = resolveVersion(original, situation.observation.launchTemplate);
  return `; it stays pinned to launch template version ${version}, because ${original} means ${means}`;
}

function resumeProcesses({ record }: Situation): readonly Act[] {
  const processes = record.ours.suspendedProcesses.filter((name) => !record.original.suspendedProcesses.includes(name));
  if (processes.length === 0) return [];
  return [
    {
      kind: 'resumeProcesses',
      processes,
      because: because('LET_THE_GROUP_MOVE', 'they were suspended for the rollout'),
    },
  ];
}

function finishBack(situation: Situation): StepPlan {
  const { record, newLive, isUnsettled } = situation;
  if (newLive.length > 0) {
    return {
      acts: [],
      holds: [],
      next: { phase: 'rollBack', because: `${idsOf(newLive).slice(0, 5).join(', ')} joined late` },
    };
  }
  const sizes = giveBackSizes(situation);
  const template = undoTemplate(situation);
  if (sizes.length > 0 || template.length > 0 || isUnsettled) {
    return { acts: [...template, ...sizes], holds: holdUnsettled(situation) };
  }
  const original = record.original.launchTemplate.version;
  if (resolveVersion(original, situation.observation.launchTemplate) === record.ours.withdrawnVersion) {
    const text = `${original} is still read as version ${record.ours.withdrawnVersion}, which was deleted`;
    return { acts: [], holds: [{ code: 'OLD_NEWS', text }] };
  }
  const last = [...restorePin(situation), ...resumeProcesses(situation)];
  if (last.length > 0) return { acts: last, holds: [] };
  const detaching = holdDetaching(situation);
  if (detaching.length > 0) return { acts: [], holds: detaching };
  const first = record.evidence[0];
  const why = first === undefined ? '' : ` (${first.code}: ${first.message})`;
  const text = `${record.to.version} was withdrawn${why}; ${record.groupName} is ${record.from.version} as before${describePinLeft(situation)}.`;
  if (record.needs !== undefined)
    return { acts: [], holds: [], end: { outcome: 'needsHuman', text: record.needs, needs: record.needs } };
  return { acts: [], holds: [], end: { outcome: 'rolledBack', text } };
}

/** The template as it was: the default where we moved it, and no version of ours, or `$Latest` would mean the bad one. */
function undoTemplate({ record, observation: { launchTemplate } }: Situation): readonly Act[] {
  const release = record.to.launchTemplateVersion;
  const original = record.original.defaultLaunchTemplateVersion;
  if (
    record.ours.hasMovedDefaultVersion === true &&
    original !== undefined &&
    launchTemplate.defaultVersion === release
  ) {
    const text = `$Default meant version ${original} before`;
    return [{ kind: 'setDefaultLaunchTemplateVersion', version: original, because: because('RESTORE_DEFAULT', text) }];
  }
  if (!record.ours.hasCreatedLaunchTemplateVersion) return [];
  if (release === undefined) {
    // Killed between the creation and its answer. Asked again, AWS names the same version, which can then be deleted.
    return [
      {
        kind: 'createLaunchTemplateVersion',
        sourceVersion: record.from.launchTemplateVersion,
        imageId: record.to.imageId,
        because: because('LEARN_WHAT_WAS_CREATED', 'its number was never written down, and $Latest may mean it'),
      },
    ];
  }
  if (launchTemplate.defaultVersion === release) return [];
  const text = `this rollout created version ${release}, and $Latest would mean it`;
  return [{ kind: 'deleteLaunchTemplateVersion', version: release, because: because('WITHDRAW_VERSION', text) }];
}

function endInVain({ record, at, warm, observation }: Situation): StepPlan | undefined {
  if (isFailureDecisive(record.failure)) {
    const needs = `APPLY_FAILED: AWS refused ${record.failure?.count} times: ${record.failure?.code}: ${record.failure?.message}`;
    return { acts: [], holds: [], end: { outcome: 'needsHuman', text: needs, needs } };
  }
  const drainMs = Math.max(0, ...observation.targetGroups.map((targetGroup) => targetGroup.deregistrationDelayMs));
  const waited = at - Math.max(record.phaseSince, record.progressAt);
  if (waited < record.options.progressDeadlineMs + drainMs) return undefined;
  const needs = `FINISH_DEADLINE: after ${seconds(waited)} ${count(warm.length, 'warm instance')} and some temporary changes are left (launch template version ${observation.group.launchTemplate?.version}, suspended ${observation.group.suspendedProcesses.join(', ') || 'nothing'})`;
  return { acts: [], holds: [], end: { outcome: 'needsHuman', text: needs, needs } };
}
