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
// | 5    | 7       | 3     | 5        | 7                | never above MaxSize                             |
// | 4    | 7       | 3     | 3        | 7                | somebody scaled out by one: theirs, ours on top |
import { holdLaunching, holdMoving, holdUnproven, holdUnsettled } from './holds.js';
import { type Act, isPinnedTo, listInFlightIds } from './ledger.js';
import type { Member } from './members.js';
import { because, count, idsOf, type Situation, type StepPlan } from './step.js';

/** What would change the group under our hands; each is suspended only where it runs, and recorded. */
export const suspendedWhileRolling = [
  'AZRebalance',
  'AlarmNotification',
  'ScheduledActions',
  'ReplaceUnhealthy',
] as const;

export function planRoll(situation: Situation): StepPlan {
  const prepare = prepareGroup(situation);
  if (situation.record.to.launchTemplateVersion === undefined) return { acts: prepare, holds: [] };
  const change = situation.isUnsettled ? [] : changeCapacity(situation);
  if (prepare.length === 0 && change.length === 0 && isComplete(situation)) {
    const text = `${count(situation.newLive.length, 'instance')} in service, each of ${situation.record.to.version} and verified`;
    return { acts: [], holds: [], next: { phase: 'finish', because: text } };
  }
  return {
    acts: [...prepare, ...change],
    holds: [
      ...holdUnproven(situation),
      ...holdLaunching(situation),
      ...holdMoving(situation),
      ...holdUnsettled(situation),
      ...holdOld(situation),
    ],
  };
}

function prepareGroup({ record, observation }: Situation): readonly Act[] {
  const { group } = observation;
  const acts: Act[] = [];
  const release = record.to.launchTemplateVersion;
  if (release === undefined && !isPinnedTo(record, record.from.launchTemplateVersion, observation)) {
    const text = `${group.name} follows ${group.launchTemplate?.version}, which would mean the new version the moment it exists`;
    acts.push({
      kind: 'pinLaunchTemplate',
      version: record.from.launchTemplateVersion,
      because: because('PIN_BEFORE_CHANGE', text),
    });
  }
  const running = suspendedWhileRolling.filter((name) => !group.suspendedProcesses.includes(name));
  if (running.length > 0 && !wereResumed(record.ours.suspendedProcesses, running, group.suspendedProcesses)) {
    const text = 'the group would otherwise move, replace or remove instances while they are compared';
    acts.push({ kind: 'suspendProcesses', processes: running, because: because('HOLD_THE_GROUP_STILL', text) });
  }
  if (release === undefined) {
    const text = `version ${record.from.launchTemplateVersion} with image ${record.to.imageId} is release ${record.to.version}`;
    acts.push({
      kind: 'createLaunchTemplateVersion',
      sourceVersion: record.from.launchTemplateVersion,
      imageId: record.to.imageId,
      because: because('NEW_RELEASE', text),
    });
  } else if (!isPinnedTo(record, release, observation)) {
    const text = `what ${group.name} launches from now on is ${record.to.version}`;
    acts.push({ kind: 'pinLaunchTemplate', version: release, because: because('LAUNCH_THE_RELEASE', text) });
  }
  return acts;
}

/** Some of ours are suspended and these run: somebody resumed them, and that is theirs to do (S6). */
function wereResumed(ours: readonly string[], running: readonly string[], suspended: readonly string[]): boolean {
  return running.every((name) => ours.includes(name)) && ours.some((name) => suspended.includes(name));
}

function changeCapacity(situation: Situation): readonly Act[] {
  const leave = letOldLeave(situation);
  return leave.length > 0 ? leave : addNew(situation);
}

function addNew({ record, observation: { group }, oldLive, base, isUnsettled }: Situation): readonly Act[] {
  const wanted = Math.min(group.maxSize, base + Math.min(record.options.surge, oldLive.length));
  if (isUnsettled || wanted <= group.desiredCapacity) return [];
  const added = wanted - group.desiredCapacity;
  const text = `${count(oldLive.length, 'old instance')} left; ${added} of ${record.to.version} come first, ${base} are wanted, MaxSize is ${group.maxSize}`;
  return [
    {
      kind: 'setSizes',
      desiredCapacity: wanted,
      ifDesiredCapacity: group.desiredCapacity,
      because: because('ADD_BEFORE_LEAVE', text),
    },
  ];
}

function letOldLeave(situation: Situation): readonly Act[] {
  const { record, oldLive, proven, servingCount, floor, observation } = situation;
  // Each departure lowers DesiredCapacity by one, and only what we added may be given back.
  const givable = Math.min(record.ours.surge, observation.group.desiredCapacity - observation.group.minSize);
  if (givable <= 0 || proven.length === 0) return [];
  const inFlight = listInFlightIds(record);
  const movable = oldLive.filter(({ instanceId }) => !inFlight.has(instanceId));
  const dead = movable.filter((member) => member.isDead).slice(0, givable);
  const inService = movable.filter((member) => !member.isDead && member.instance.lifecycleState === 'InService');
  const idle = inService.filter((member) => !member.isServing).slice(0, givable - dead.length);
  const replaced = Math.min(
    givable - dead.length - idle.length,
    servingCount - countUnproven(situation) - floor,
    countEverVerified(record.instances) - countEverLeft(record.instances, record.to.launchTemplateVersion),
  );
  const serving = pickFromFullestZones(
    inService.filter((member) => member.isServing),
    replaced,
  );
  const acts: Act[] = [];
  const leaving = [...idle, ...serving];
  if (leaving.length > 0) {
    const text = `verified and healthy of ${record.to.version}: ${proven.length}; ${count(leaving.length, 'old instance')} to be kept warm in Standby`;
    acts.push({ kind: 'enterStandby', instanceIds: idsOf(leaving), because: because('REPLACED', text) });
  }
  if (dead.length > 0) {
    const text = 'EC2 says that they do not run any more, so they cannot be kept warm';
    acts.push({
      kind: 'terminate',
      instanceIds: idsOf(dead),
      decrement: true,
      because: because('OLD_INSTANCE_DEAD', text),
    });
  }
  return acts;
}

function countUnproven({ newLive, proven }: Situation): number {
  return newLive.filter((member) => member.isServing).length - proven.length;
}

function countEverVerified(instances: Situation['record']['instances']): number {
  return Object.values(instances).filter((known) => known.verifiedAt !== undefined).length;
}

function countEverLeft(instances: Situation['record']['instances'], release: string | undefined): number {
  return Object.values(instances).filter(
    (known) => known.launchTemplateVersion !== release && (known.warmAt !== undefined || known.leftAt !== undefined),
  ).length;
}

/** So many, always from the zone that has most left, so that the group stays spread as it was. */
function pickFromFullestZones(candidates: readonly Member[], wanted: number): readonly Member[] {
  const zones = new Map<string, Member[]>();
  for (const member of candidates) {
    const zone = zones.get(member.instance.availabilityZone);
    if (zone === undefined) zones.set(member.instance.availabilityZone, [member]);
    else zone.push(member);
  }
  const picked: Member[] = [];
  while (picked.length < wanted) {
    const fullest = [...zones.values()].reduce<Member[]>((best, zone) => (zone.length > best.length ? zone : best), []);
    const next = fullest.shift();
    if (next === undefined) break;
    picked.push(next);
  }
  return picked;
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
  const holds = pending.map(({ instanceId, instance }) => ({
    code: 'LATE_JOINER',
    instanceId,
    text: `${instanceId} of launch template version ${instance.launchTemplateVersion} is ${instance.lifecycleState}; it is moved out once it is InService`,
  }));
  if (oldLive.length > 0 && group.desiredCapacity >= group.maxSize && group.maxSize <= base) {
    holds.push({
      code: 'NO_HEADROOM',
      instanceId: '',
      text: `MaxSize is ${group.maxSize} and ${base} are wanted without us: nothing can be added (${Math.round((at - record.progressAt) / 1000)} s)`,
    });
  }
  return holds.map(({ instanceId, ...hold }) => (instanceId === '' ? hold : { ...hold, instanceId }));
}
