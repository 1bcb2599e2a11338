// Roll: add, verify, and only then let as many old ones leave.
//
//   S1. Healthy instances never become fewer than the group wants of itself, by our doing.
//   S2. An old healthy instance leaves only after a new one that replaces it is verified, and healthy at this moment.
//   S6. DesiredCapacity is written as what the group wants now plus our own delta.
//
// | base | MaxSize | surge | old left | desired          | why                                             |
// |------|---------|-------|----------|------------------|-------------------------------------------------|
// | 3    | 7       | 3     | 3        | 6                | everything in one batch                         |
// | 3    | 4       | 1     | 3, 2, 1  | 4 each time      | one at a time: 4, Standby takes it to 3, 4 …    |
// | 3    | 7       | 2     | 1        | 4                | the last batch adds no more than what is left   |
// | 5    | 7       | 3     | 5        | 7                | never above MaxSize, where it is kept           |
// | 5    | 7       | 3     | 5        | 8                | MaxSize is lent: 8 for the rollout              |
// | 4    | 7       | 3     | 3        | 7                | somebody scaled out by one: theirs, ours on top |

import { isEndedInEc2 } from './activities.js';
import type { Hold } from './contract/hold.js';
import type { Act } from './decision.js';
import { holdByGates } from './gates/judge-gates.js';
import { holdLaunching, holdMoving, holdUnproven, holdUnsettled } from './holds.js';
import { listAsleep } from './keep-warm.js';
import { isPinnedTo, listInFlightIds } from './ledger.js';
import type { Member } from './members.js';
import { closeShadow, joinProved } from './outside.js';
import type { RolloutRecord } from './record.js';
import { isRefused, withoutGivenUp } from './refusals.js';
import { idsOf, inOrder, type Situation, type StepPlan } from './step.js';

/** What would change the group under our hands; each is suspended only where it runs, and recorded. */
export const suspendedWhileRolling = [
  'AZRebalance',
  'AlarmNotification',
  'ScheduledActions',
  'ReplaceUnhealthy',
] as const;

export function planRoll(situation: Situation): StepPlan {
  const prepare = prepareGroup(situation);
  if (situation.record.to.launchTemplateVersion === undefined) return { acts: inOrder(prepare), holds: [] };
  const join = joinProved(situation);
  const change = situation.isUnsettled || join.isDue ? join.acts : changeCapacity(situation);
  if (prepare.length === 0 && change.length === 0 && !join.isDue && isComplete(situation)) {
    const { newLive, record } = situation;
    const because = { code: 'ALL_NEW_VERIFIED', version: record.to.version, count: newLive.length } as const;
    return { acts: [], holds: [], next: { phase: record.options.bakeMs > 0 ? 'bake' : 'finish', because } };
  }
  return {
    acts: [...inOrder([...prepare, ...change]), ...withoutGivenUp(situation.record, closeShadow(situation))],
    holds: [
      ...holdUnproven(situation),
      ...holdLaunching(situation),
      ...holdMoving(situation),
      ...holdUnsettled(situation),
      ...holdOld(situation),
      ...holdByGates(situation.record),
    ],
  };
}

/** The release's launch template version, made while the group is pinned to the one of now. Empty once it is there. */
export function prepareRelease(situation: Situation): readonly Act[] {
  return [...pinBeforeChange(situation), ...createRelease(situation)];
}

function pinBeforeChange({ record, observation }: Situation): readonly Act[] {
  const { launchTemplateVersion: version } = record.from;
  if (record.to.launchTemplateVersion !== undefined || isPinnedTo(record, version, observation)) return [];
  const follows = observation.group.launchTemplate?.version ?? '';
  return [{ kind: 'pinLaunchTemplate', version, because: { code: 'PIN_BEFORE_CHANGE', follows } }];
}

function createRelease({ record }: Situation): readonly Act[] {
  const { version, imageId, launchTemplateVersion } = record.to;
  if (launchTemplateVersion !== undefined) return [];
  const sourceVersion = record.from.launchTemplateVersion;
  const because = { code: 'NEW_RELEASE', version, imageId, sourceVersion } as const;
  return [{ kind: 'createLaunchTemplateVersion', sourceVersion, imageId, because }];
}

function prepareGroup(situation: Situation): readonly Act[] {
  const { record, observation } = situation;
  const { group } = observation;
  const acts: Act[] = [...pinBeforeChange(situation)];
  const release = record.to.launchTemplateVersion;
  const running = suspendedWhileRolling.filter((name) => !group.suspendedProcesses.includes(name));
  if (running.length > 0 && !wereResumed(record.ours.suspendedProcesses, running, group.suspendedProcesses)) {
    acts.push({ kind: 'suspendProcesses', processes: running, because: { code: 'HOLD_THE_GROUP_STILL' } });
  }
  acts.push(...createRelease(situation));
  if (release !== undefined && !isPinnedTo(record, release, observation)) {
    acts.push({
      kind: 'pinLaunchTemplate',
      version: release,
      because: { code: 'LAUNCH_THE_RELEASE', version: record.to.version },
    });
  }
  return acts;
}

/** Some of ours are suspended and these run: somebody resumed them, and that is theirs to do (S6). */
function wereResumed(ours: readonly string[], running: readonly string[], suspended: readonly string[]): boolean {
  return running.every((name) => ours.includes(name)) && ours.some((name) => suspended.includes(name));
}

/**
 * Somebody ended instances of the release in EC2. While ReplaceUnhealthy is suspended the group keeps them in its count: it launches
 * others in their place.
 */
export function replaceEnded({ record, newLive }: Situation): readonly Act[] {
  const inFlight = listInFlightIds(record);
  const ended = newLive.filter(
    ({ instanceId, isDead, instance, known }) =>
      isDead &&
      isEndedInEc2(instance.stateReason, undefined) &&
      known?.leftAt === undefined &&
      !inFlight.has(instanceId),
  );
  const isTakenBack = ({ known }: Member) => known?.interruptedAt !== undefined;
  return [
    ...replace(
      ended.filter((each) => !isTakenBack(each)),
      'ENDED_BY_OTHERS',
    ),
    ...replace(ended.filter(isTakenBack), 'SPOT_INTERRUPTED'),
  ];
}

function replace(members: readonly Member[], code: 'ENDED_BY_OTHERS' | 'SPOT_INTERRUPTED'): readonly Act[] {
  if (members.length === 0) return [];
  return [{ kind: 'terminate', instanceIds: idsOf(members), decrement: false, because: { code } }];
}

function changeCapacity(situation: Situation): readonly Act[] {
  const ended = replaceEnded(situation);
  if (ended.length > 0) return ended;
  // While something speaks against the release, no more of it, and no less of the old one.
  if (holdByGates(situation.record).length > 0) return [];
  const interrupted = replaceInterrupted(situation);
  if (interrupted.length > 0) return interrupted;
  const leave = [...letOldLeave(situation), ...letSurplusLeave(situation)];
  return leave.length > 0 ? leave : addNew(situation);
}

/**
 * Somebody scaled in, and the group let new ones go: what we added is held by old ones, and no new one would ever come. As many of
 * them as are not needed make room.
 */
function letSurplusLeave({ record, oldLive, newLive, servingCount, floor, observation }: Situation): readonly Act[] {
  const { desiredCapacity, minSize } = observation.group;
  if (newLive.length > 0 || oldLive.length < desiredCapacity) return [];
  const givable = Math.min(record.ours.surge, desiredCapacity - minSize, servingCount - floor);
  const serving = oldLive.filter(({ isServing, instance }) => isServing && instance.lifecycleState === 'InService');
  const leaving = givable > 0 ? pickFromFullestZones(serving, givable, oldLive) : [];
  return standBy(leaving, { record, observation, provenCount: 0 });
}

/** Moves them to Standby, unless the capacity is not what it was when they were chosen. */
function standBy(
  leaving: readonly Member[],
  { record, observation, provenCount }: Pick<Situation, 'record' | 'observation'> & { readonly provenCount: number },
): readonly Act[] {
  if (leaving.length === 0) return [];
  return [
    {
      kind: 'enterStandby',
      instanceIds: idsOf(leaving),
      ifDesiredCapacity: observation.group.desiredCapacity,
      because: { code: 'REPLACED', version: record.to.version, provenCount, leavingCount: leaving.length },
    },
  ];
}

/** The old ones whose turn it is to leave: all, or those of the first zone, by name, that still has some. */
function listTurn({ record, oldLive }: Situation): readonly Member[] {
  if (record.options.isZoneByZone !== true) return oldLive;
  const [first] = oldLive.map(({ instance }) => instance.availabilityZone).sort();
  return oldLive.filter(({ instance }) => instance.availabilityZone === first);
}

/**
 * Spot instances that EC2 took back while ReplaceUnhealthy is suspended: the group launches others in their place. That says nothing of
 * the release, nor of the old ones.
 */
export function replaceInterrupted({ record, members }: Situation): readonly Act[] {
  const inFlight = listInFlightIds(record);
  const gone = members.filter(
    ({ instanceId, isDead, isLive, known }) =>
      isDead && isLive && known?.interruptedAt !== undefined && !inFlight.has(instanceId),
  );
  return record.ours.suspendedProcesses.includes('ReplaceUnhealthy') ? replace(gone, 'SPOT_INTERRUPTED') : [];
}

/** Where it could not be tried outside of users' traffic, the first of the release is verified alone (S3). */
function surgeOf({ options, proof, instances }: RolloutRecord): number {
  const isAlone = options.isFirstAlone === true || proof?.verdict === 'byHealthAlone';
  const isVerified = Object.values(instances).some(({ verifiedAt }) => verifiedAt !== undefined);
  return isAlone && !isVerified ? 1 : options.surge;
}

function addNew(situation: Situation): readonly Act[] {
  const { record, oldLive, base, isUnsettled } = situation;
  const { group } = situation.observation;
  const { isMaxSizeLent = false } = record.options;
  const turn = listTurn(situation);
  // A zone ends before the next one begins: what was added is verified first.
  if (record.options.isZoneByZone === true && situation.proven.length < situation.newLive.length) return [];
  const asked = base + Math.min(surgeOf(record), turn.length);
  const wanted = isMaxSizeLent ? asked : Math.min(group.maxSize, asked);
  if (isUnsettled || wanted <= group.desiredCapacity) return [];
  const { maxSize, desiredCapacity } = group;
  const borrow: Act = {
    kind: 'setSizes',
    maxSize: wanted,
    because: { code: 'BORROW_MAX_SIZE', needed: wanted, maxSize, purpose: 'roll' },
  };
  const asleep = listAsleep(situation).slice(0, wanted - desiredCapacity);
  if (asleep.length > 0 && !isRefused(record, 'exitStandby')) return wake(situation, asleep);
  return [
    ...(wanted > maxSize ? [borrow] : []),
    {
      kind: 'setSizes',
      desiredCapacity: wanted,
      ifDesiredCapacity: desiredCapacity,
      because: {
        code: 'ADD_BEFORE_LEAVE',
        version: record.to.version,
        oldCount: oldLive.length,
        added: wanted - desiredCapacity,
        wanted: base,
        maxSize: Math.max(maxSize, wanted),
      },
    },
  ];
}

/** Those that an earlier rollout kept warm are of this release: nothing is launched while one of them is asleep. */
function wake({ record, observation: { group } }: Situation, asleep: readonly Member[]): readonly Act[] {
  const { maxSize, desiredCapacity } = group;
  const needed = desiredCapacity + asleep.length;
  const exit: Act = {
    kind: 'exitStandby',
    instanceIds: idsOf(asleep),
    because: { code: 'WARM_ROLLBACK', version: record.to.version },
  };
  if (needed <= maxSize) return [exit];
  const because = { code: 'BORROW_MAX_SIZE', needed, maxSize, purpose: 'wake' } as const;
  return [{ kind: 'setSizes', maxSize: needed, because }, exit];
}

function letOldLeave(situation: Situation): readonly Act[] {
  const { record, oldLive, proven, servingCount, floor, observation } = situation;
  // Each departure lowers DesiredCapacity by one, and only what we added may be given back.
  const givable = Math.min(record.ours.surge, observation.group.desiredCapacity - observation.group.minSize);
  if (givable <= 0 || proven.length === 0) return [];
  if (record.options.isSwitchedAtOnce === true && proven.length < floor) return [];
  const inFlight = listInFlightIds(record);
  const movable = listTurn(situation).filter(({ instanceId }) => !inFlight.has(instanceId));
  const dead = movable.filter((member) => member.isDead).slice(0, givable);
  const inService = movable.filter((member) => !member.isDead && member.instance.lifecycleState === 'InService');
  const idle = inService.filter((member) => !member.isServing).slice(0, givable - dead.length);
  // Who is verified now, by id: one that was and is gone replaces nobody.
  const replaced = Math.min(givable - dead.length - idle.length, servingCount - countUnproven(situation) - floor);
  const serving = pickFromFullestZones(
    inService.filter((member) => member.isServing),
    replaced,
    [...oldLive, ...situation.newLive],
  );
  const acts = [...standBy([...idle, ...serving], { record, observation, provenCount: proven.length })];
  if (dead.length > 0) {
    acts.push({
      kind: 'terminate',
      instanceIds: idsOf(dead),
      decrement: true,
      because: { code: 'OLD_INSTANCE_DEAD' },
    });
  }
  return acts;
}

function countUnproven({ newLive, proven }: Situation): number {
  return newLive.filter((member) => member.isServing).length - proven.length;
}

/** So many, always from the zone that has most instances, old and new, so that the group ends spread as evenly as it can. */
function pickFromFullestZones(
  candidates: readonly Member[],
  wanted: number,
  live: readonly Member[],
): readonly Member[] {
  const left = new Map<string, number>();
  for (const { instance } of live) left.set(instance.availabilityZone, (left.get(instance.availabilityZone) ?? 0) + 1);
  const zones = new Map<string, Member[]>();
  for (const member of candidates) {
    const zone = member.instance.availabilityZone;
    zones.set(zone, [...(zones.get(zone) ?? []), member]);
  }
  const picked: Member[] = [];
  while (picked.length < wanted) {
    const choice = [...zones].filter(([, members]) => members.length > 0);
    const [first, ...others] = choice;
    if (first === undefined) break;
    const fullest = others.reduce((best, zone) => (leftIn(zone) > leftIn(best) ? zone : best), first);
    const [zone, [next, ...rest]] = fullest;
    if (next === undefined) break;
    zones.set(zone, rest);
    left.set(zone, leftIn(fullest) - 1);
    picked.push(next);
  }
  return picked;

  function leftIn([zone]: readonly [string, readonly Member[]]): number {
    return left.get(zone) ?? 0;
  }
}

function isComplete({
  record,
  observation: { group },
  oldLive,
  newLive,
  proven,
  base,
  isUnsettled,
}: Situation): boolean {
  return (
    !isUnsettled &&
    oldLive.length === 0 &&
    proven.length === newLive.length &&
    proven.length >= base &&
    proven.length >= group.desiredCapacity - Math.max(0, record.ours.surge)
  );
}

function holdOld({ oldLive, observation: { group }, base, at, record }: Situation): StepPlan['holds'] {
  const pending = oldLive.filter(({ instance, isDead }) => instance.lifecycleState !== 'InService' && !isDead);
  const holds = pending.map(
    ({ instanceId, instance: { lifecycleState, launchTemplateVersion } }): Hold => ({
      code: 'LATE_JOINER',
      instanceId,
      lifecycleState,
      launchTemplateVersion,
    }),
  );
  if (record.options.isMaxSizeLent === true) return holds;
  if (oldLive.length === 0 || group.desiredCapacity < group.maxSize || group.maxSize > base) return holds;
  const waitedMs = at - record.progressAt;
  return [...holds, { code: 'NO_HEADROOM', maxSize: group.maxSize, wanted: base, waitedMs }];
}
