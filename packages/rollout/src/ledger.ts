// Ledger: which part of the group is ours.
//
// Every decision is written into the record before it is applied (recordIntent), booked when AWS accepted it (foldResult), and
// otherwise settled from what the next observations show (settle): the way a killed rollout learns what it had done. What the
// group would want without us is DesiredCapacity minus `ours.surge`; we restore no number, only our own delta.
//
//   1. A change is booked once per instance, however often it is ordered, confirmed or seen.
//   2. Until an accepted change has been seen, or has been invisible for too long, no desired capacity is written: the number read
//      would be a stale one.
//   3. A difference that we did not make is believed after several sightings, and is then the group's own wish (S6).
import { readCapacityWrites } from './activities.js';
import { missedCountToBeLost, sightingsToBelieve, staleReadMs } from './bounds.js';
import { canaryOf, listOutside } from './canary-sight.js';
import type { ActKind } from './contract/act-kind.js';
import type { Failure } from './contract/failure.js';
import type { Act } from './decision.js';
import { DirectrixError } from './error.js';
import type { RolloutEvent } from './event.js';
import { isInStandby, isLeaving } from './members.js';
import type { Observation } from './observation.js';
import type { CapacityChange, ForwardLoan, InstanceRecord, Pin, RolloutRecord } from './record.js';
import { resolveVersion } from './refusal.js';
import type { OutsideInstance, Shadow } from './shadow.js';

type Change = Exclude<CapacityChange, { readonly kind: 'setDesired' }>;
type DesiredChange = Extract<CapacityChange, { readonly kind: 'setDesired' }>;

/** The record as it must be saved before `act` is applied (S5). */
export function recordIntent(record: RolloutRecord, act: Act, observation: Observation): RolloutRecord {
  const { at } = observation;
  const { ours } = record;
  switch (act.kind) {
    case 'pinLaunchTemplate':
      return withOurs(record, {
        isLaunchTemplatePinned: true,
        pin:
          ours.pin?.version === act.version
            ? ours.pin
            : { version: act.version, at, isConfirmed: false, isSeen: false, hadEffect: hadEffect(ours.pin) },
      });
    case 'suspendProcesses':
      return withOurs(record, { suspendedProcesses: [...new Set([...ours.suspendedProcesses, ...act.processes])] });
    case 'createLaunchTemplateVersion':
      return withOurs(record, { hasCreatedLaunchTemplateVersion: true });
    case 'setDefaultLaunchTemplateVersion':
      return withOurs(record, { hasMovedDefaultVersion: true });
    case 'setSizes':
      return recordSizes(record, act, observation);
    case 'enterStandby':
    case 'exitStandby':
      return withChange(record, {
        kind: act.kind,
        instanceIds: act.instanceIds,
        isCounted: true,
        at,
        isConfirmed: false,
      });
    case 'quarantine':
    case 'terminate': {
      const counted = act.kind === 'quarantine' || act.decrement;
      return withChange(record, {
        kind: act.kind,
        instanceIds: act.instanceIds,
        isCounted: counted,
        at,
        isConfirmed: false,
      });
    }
    case 'attach':
      return withChange(record, {
        kind: 'attach',
        instanceIds: act.instanceIds,
        isCounted: true,
        at,
        isConfirmed: false,
      });
    case 'openShadow':
      return withShadow(record, { route: ours.shadow?.route ?? {} });
    case 'launchProof':
      return withOutside(
        record,
        act.ordinal,
        outsideOf(record, act.ordinal) ?? { availabilityZone: act.availabilityZone },
      );
    case 'setForward':
      return withOurs(record, { forward: lendForward(record, act) });
    case 'deleteLaunchTemplateVersion':
    case 'resumeProcesses':
    case 'closeShadow':
    case 'registerProof':
    case 'endProof':
    case 'restoreForward':
      return record;
  }
}

function lendForward({ ours }: RolloutRecord, act: Extract<Act, { readonly kind: 'setForward' }>): ForwardLoan {
  const { forward } = ours;
  const ordered = [...new Set([...(forward?.ordered ?? []), act.share])];
  return { ...forward, original: act.original, targetGroupArn: act.targetGroupArn, ordered };
}

/** AWS has taken the share: from now on users meet the release. */
function bookForward(record: RolloutRecord, share: number, at: number): RolloutRecord {
  const { forward } = record.ours;
  if (forward === undefined) return record;
  const { changedAts = [], ...canary } = canaryOf(record);
  // What it answered before says nothing of how it answers users.
  const proof = changedAts.length > 0 ? record.proof : { ...record.proof, paths: undefined, examples: undefined };
  return withOurs(
    { ...record, proof, progressAt: at, canary: { ...canary, since: at, changedAts: [...changedAts, at] } },
    { forward: { ...forward, inForce: { share, at }, otherCount: undefined } },
  );
}

function hadEffect(pin: Pin | undefined): boolean {
  return pin !== undefined && (pin.isConfirmed || pin.isSeen || pin.hadEffect === true);
}

function recordSizes(
  record: RolloutRecord,
  act: Extract<Act, { readonly kind: 'setSizes' }>,
  { group, at }: Observation,
): RolloutRecord {
  let next = record;
  for (const name of ['minSize', 'maxSize'] as const) {
    const during = act[name];
    if (during === undefined) continue;
    const before = record.ours[name];
    // Given back: what we had set stays known until AWS has accepted it.
    if (during === before?.original) continue;
    const ordered = [...(before?.ordered ?? []), during];
    next = withOurs(next, { [name]: { original: before?.original ?? group[name], during, ordered } });
  }
  if (act.desiredCapacity === undefined) return next;
  const from = act.ifDesiredCapacity ?? group.desiredCapacity;
  return withChange(next, { kind: 'setDesired', from, to: act.desiredCapacity, at, isConfirmed: false });
}

/** The record after AWS accepted `act`; `result` is what apply() returned. Throws APPLY_WITHOUT_RESULT when a needed result is missing. */
export function foldResult(
  record: RolloutRecord,
  act: Act,
  result: Readonly<Record<string, unknown>> | undefined,
  at: number,
): RolloutRecord {
  const { ours } = record;
  const clean = withoutRefusals(record, act.kind);
  switch (act.kind) {
    case 'createLaunchTemplateVersion': {
      const version = result?.launchTemplateVersion;
      if (typeof version !== 'string' && typeof version !== 'number') {
        throw new DirectrixError(
          'APPLY_WITHOUT_RESULT',
          'createLaunchTemplateVersion returned no launchTemplateVersion.',
          {
            kind: 'defect',
            source: `group ${record.groupName}`,
          },
        );
      }
      return { ...clean, to: { ...clean.to, launchTemplateVersion: String(version) } };
    }
    case 'deleteLaunchTemplateVersion':
      return withOurs(clean, { hasCreatedLaunchTemplateVersion: false, withdrawnVersion: act.version });
    case 'pinLaunchTemplate':
      return ours.pin?.version === act.version
        ? withOurs(clean, { pin: { ...ours.pin, isConfirmed: true, at } })
        : clean;
    case 'resumeProcesses':
      return withOurs(clean, {
        suspendedProcesses: ours.suspendedProcesses.filter((name) => !act.processes.includes(name)),
      });
    case 'setSizes':
      return confirmSizes(clean, act, at);
    case 'enterStandby':
    case 'exitStandby':
    case 'quarantine':
    case 'terminate':
    case 'attach':
      return confirmChange(clean, act.kind, act.instanceIds, at);
    case 'openShadow':
      return withShadow(clean, { route: { targetGroupArn: requireText(record, act, result, 'targetGroupArn') } });
    case 'launchProof': {
      const availabilityZone = outsideOf(record, act.ordinal)?.availabilityZone ?? act.availabilityZone;
      const instanceId = requireText(record, act, result, 'instanceId');
      const launched = withOutside(clean, act.ordinal, { availabilityZone, instanceId });
      if (act.ordinal !== undefined) return launched;
      return { ...launched, proof: { ...clean.proof, launchedAt: clean.proof?.launchedAt ?? at } };
    }
    case 'setForward':
      return bookForward(clean, act.share, at);
    case 'restoreForward':
      return withOurs(
        { ...clean, canary: { ...canaryOf(clean), since: undefined, backAt: at } },
        { forward: undefined },
      );
    case 'closeShadow':
      return withShadow(clean, { route: undefined });
    case 'endProof':
      return endProof(clean, act, result, at);
    default:
      return clean;
  }
}

function requireText(
  record: RolloutRecord,
  act: Act,
  result: Readonly<Record<string, unknown>> | undefined,
  name: string,
): string {
  const value = result?.[name];
  if (typeof value === 'string') return value;
  throw new DirectrixError('APPLY_WITHOUT_RESULT', `${act.kind} returned no ${name}.`, {
    kind: 'defect',
    source: `group ${record.groupName}`,
  });
}

/** One that was asked for, and has no id yet, is looked for several times: EC2 may not show it at once. */
function endProof(
  record: RolloutRecord,
  act: Extract<Act, { readonly kind: 'endProof' }>,
  result: Readonly<Record<string, unknown>> | undefined,
  at: number,
): RolloutRecord {
  const instance = outsideOf(record, act.ordinal);
  if (instance === undefined) return record;
  const unseenCount = (instance.unseenCount ?? 0) + 1;
  if (act.instanceId === undefined && result?.found === 0 && unseenCount < missedCountToBeLost)
    return withOutside(record, act.ordinal, { ...instance, unseenCount });
  const ended = withOutside(record, act.ordinal, undefined);
  if (act.instanceId !== undefined && result?.joined === true) return bookJoined(ended, act.instanceId, at);
  if (act.instanceId === undefined || !act.isKept) return ended;
  const { launchTemplateVersion } = record.to;
  const kept = { firstSeenAt: at, launchTemplateVersion, quarantinedAt: at, leftAt: at };
  return { ...ended, instances: { ...ended.instances, [act.instanceId]: kept } };
}

/** `ordinal` undefined: the one that was tried first. */
function outsideOf({ ours }: RolloutRecord, ordinal: number | undefined): OutsideInstance | undefined {
  return ordinal === undefined ? ours.shadow?.instance : ours.shadow?.others?.[ordinal];
}

function withOutside(
  record: RolloutRecord,
  ordinal: number | undefined,
  instance: OutsideInstance | undefined,
): RolloutRecord {
  if (ordinal === undefined) return withShadow(record, { instance });
  const { [ordinal]: _before, ...rest } = record.ours.shadow?.others ?? {};
  const others = instance === undefined ? rest : { ...rest, [ordinal]: instance };
  return withShadow(record, { others: Object.keys(others).length === 0 ? undefined : others });
}

function withShadow(record: RolloutRecord, part: Partial<Shadow>): RolloutRecord {
  const shadow = { ...record.ours.shadow, ...part };
  const isGone = shadow.route === undefined && shadow.instance === undefined && shadow.others === undefined;
  return withOurs(record, { shadow: isGone ? undefined : shadow });
}

function withoutRefusals(record: RolloutRecord, kind: ActKind): RolloutRecord {
  const next = record.delayed?.act === kind ? { ...record, delayed: undefined } : record;
  if (next.refusals?.[kind] === undefined) return next;
  const { [kind]: _over, ...refusals } = next.refusals;
  return { ...next, refusals };
}

/** The record after a failure of `act` that passes by itself: no refusal, and no fault of the release. */
export function foldDelay(record: RolloutRecord, act: Act, failure: Failure, at: number): RolloutRecord {
  return { ...record, delayed: { act: act.kind, since: record.delayed?.since ?? at, failure } };
}

/** The record after AWS refused `act`. What was half done is settled by the next observation. */
export function foldFailure(record: RolloutRecord, act: Act, failure: Failure, at: number): RolloutRecord {
  const before = record.refusals?.[act.kind];
  const refused = { count: (before?.count ?? 0) + 1, since: before?.since ?? at, failure };
  return { ...record, refusals: { ...record.refusals, [act.kind]: refused } };
}

/** The record without the intents of acts that were certainly not applied. */
export function withdrawIntents(record: RolloutRecord, acts: readonly Act[]): RolloutRecord {
  const inFlight = record.ours.inFlight ?? [];
  const kept = inFlight.filter((change) => change.isConfirmed || !acts.some((act) => isIntentOf(change, act)));
  return kept.length === inFlight.length ? record : withOurs(record, { inFlight: kept });
}

function isIntentOf(change: CapacityChange, act: Act): boolean {
  if (change.kind === 'setDesired') return act.kind === 'setSizes' && act.desiredCapacity === change.to;
  return act.kind === change.kind && 'instanceIds' in act && sameIds(change.instanceIds, act.instanceIds);
}

function confirmSizes(
  record: RolloutRecord,
  act: Extract<Act, { readonly kind: 'setSizes' }>,
  at: number,
): RolloutRecord {
  let next = record;
  for (const name of ['minSize', 'maxSize'] as const) {
    // Given back, nothing is borrowed any more.
    if (act[name] !== undefined && act[name] === next.ours[name]?.original)
      next = withOurs(next, { [name]: undefined });
  }
  return act.desiredCapacity === undefined ? next : confirmDesired(next, act.desiredCapacity, at);
}

function confirmDesired(record: RolloutRecord, to: number, at: number): RolloutRecord {
  const inFlight = record.ours.inFlight ?? [];
  const change = inFlight.find((each) => each.kind === 'setDesired' && each.to === to && !each.isConfirmed);
  if (change?.kind !== 'setDesired') return record;
  return withOurs(record, {
    surge: record.ours.surge + change.to - change.from,
    inFlight: inFlight.map((each) => (each === change ? { ...change, isConfirmed: true, at } : each)),
  });
}

function confirmChange(record: RolloutRecord, kind: Change['kind'], ids: readonly string[], at: number): RolloutRecord {
  const inFlight = record.ours.inFlight ?? [];
  const change = inFlight.find((each) => each.kind === kind && !each.isConfirmed && sameIds(each.instanceIds, ids));
  if (change === undefined || change.kind === 'setDesired') return record;
  const booked = change.instanceIds.reduce((next, id) => bookInstance(next, change, id, at), record);
  const delta = booked.ours.surge - record.ours.surge;
  const moved = inFlight.map((each) => (each.kind === 'setDesired' ? shiftDesired(each, delta) : each));
  return withOurs(booked, {
    inFlight: moved.map((each) => (each === change ? { ...change, isConfirmed: true, at } : each)),
  });
}

function sameIds(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((id, index) => id === b[index]);
}

/** Marks one instance as changed by us and books its part of the desired capacity, once. */
function bookInstance(record: RolloutRecord, change: Change, instanceId: string, at: number): RolloutRecord {
  const known: InstanceRecord = record.instances[instanceId] ?? { firstSeenAt: at };
  const counted = change.isCounted ? 1 : 0;
  switch (change.kind) {
    case 'enterStandby':
      if (known.warmAt !== undefined) return record;
      return withInstance(record, instanceId, { ...known, warmAt: at }, -counted);
    case 'exitStandby':
      if (known.warmAt !== undefined) return withInstance(record, instanceId, { ...known, warmAt: undefined }, counted);
      // Kept warm by an earlier rollout: it is woken once.
      if (known.revivedAt !== undefined || record.earlierWarm?.instanceIds.includes(instanceId) !== true) return record;
      return withInstance(record, instanceId, { ...known, revivedAt: at }, counted);
    case 'quarantine':
      if (known.leftAt !== undefined) return record;
      return withInstance(record, instanceId, { ...known, quarantinedAt: at, leftAt: at }, -counted);
    case 'terminate':
      if (known.leftAt !== undefined) return record;
      return withInstance(record, instanceId, { ...known, leftAt: at }, -counted);
    case 'attach': {
      if (known.joinedAt !== undefined) return record;
      const { launchTemplateVersion } = record.to;
      return withInstance(record, instanceId, { ...known, launchTemplateVersion, joinedAt: at }, counted);
    }
  }
}

// ---------------------------------------------------------------------------------------------------------------------- settle

interface Settled {
  readonly record: RolloutRecord;
  readonly events: readonly RolloutEvent[];
  /** Somebody else's change of the pin, believed. */
  readonly foreignPin?: string;
}

/** Compares what is on its way with what is observed, and keeps what others changed apart from what we did. */
export function settle(record: RolloutRecord, observation: Observation): Settled {
  const sized = settleTemporarySizes(settleJoined(settleChanges(record, observation), observation), observation);
  const pinned = settlePin(sized, observation);
  const based = settleBase(pinned.record, observation);
  return { record: based.record, events: based.events, foreignPin: pinned.foreignPin };
}

/** One that was tried is in the group, and the change that took it there was given up for not done. */
function settleJoined(record: RolloutRecord, { group, at }: Observation): RolloutRecord {
  const outside = new Set(listOutside(record).map(({ instanceId }) => instanceId));
  if (outside.size === 0) return record;
  const joining = new Set(
    (record.ours.inFlight ?? []).flatMap((change) => (change.kind === 'attach' ? change.instanceIds : [])),
  );
  return group.instances
    .filter(({ instanceId }) => outside.has(instanceId) && !joining.has(instanceId))
    .reduce((next, { instanceId }) => bookJoined(next, instanceId, at), record);
}

function bookJoined(record: RolloutRecord, id: string, at: number): RolloutRecord {
  return bookInstance(record, { kind: 'attach', instanceIds: [id], isCounted: true, at, isConfirmed: true }, id, at);
}

function settleChanges(record: RolloutRecord, observation: Observation): RolloutRecord {
  const inFlight = record.ours.inFlight ?? [];
  if (inFlight.length === 0) return record;
  const states = new Map(observation.group.instances.map((instance) => [instance.instanceId, instance.lifecycleState]));
  // Emptied first, so that what one change books can move the others that are kept.
  let next = withOurs(record, { inFlight: [] });
  const ordered = [...inFlight].sort((a, b) => Number(a.kind === 'setDesired') - Number(b.kind === 'setDesired'));
  for (const change of ordered) {
    const before = next.ours.surge;
    const settled =
      change.kind === 'setDesired'
        ? settleDesired(next, shiftDesired(change, before - record.ours.surge), observation)
        : settleIds(next, change, states, observation.at);
    next = settled.record;
    if (settled.keep !== undefined) next = withOurs(next, { inFlight: [...(next.ours.inFlight ?? []), settled.keep] });
  }
  return next;
}

/** Another change of ours moved DesiredCapacity: what shows that this one was done, or was not, moves with it. */
function shiftDesired(change: DesiredChange, delta: number): DesiredChange {
  if (delta === 0 || change.isConfirmed) return change;
  return { ...change, shift: (change.shift ?? 0) + delta, seen: undefined };
}

interface SettledChange {
  readonly record: RolloutRecord;
  readonly keep?: CapacityChange;
}

function settleDesired(record: RolloutRecord, change: DesiredChange, { group, at }: Observation): SettledChange {
  const isSeen = group.desiredCapacity === change.to + (change.shift ?? 0);
  if (change.isConfirmed) {
    const isStale = group.desiredCapacity === change.from && at - change.at < staleReadMs;
    return isStale && !isSeen ? { record, keep: change } : { record };
  }
  // Killed or refused on the way: whether it was done is not known. One look may be an old one, so several must agree.
  const count = change.seen?.desiredCapacity === group.desiredCapacity ? change.seen.count + 1 : 1;
  if (count < sightingsToBelieve)
    return { record, keep: { ...change, seen: { desiredCapacity: group.desiredCapacity, count } } };
  // The number that we wanted, or an activity that says so, proves that it was done. Otherwise it counts as not done: at worst
  // the group keeps capacity that nobody asked for, never less than somebody wanted.
  // A scaling policy that wrote the same number before us is known by its activity.
  const told = readCapacityWrites(group.activities).filter(({ from, to }) => from === change.from && to === change.to);
  const isOurs = told.some(({ startedAt, isByPolicy }) => startedAt >= change.at && !isByPolicy);
  const isTheirs = told.some(({ startedAt, isByPolicy }) => startedAt >= (record.base?.since ?? at) && isByPolicy);
  const isDone = isOurs || (isSeen && !isTheirs);
  return { record: isDone ? withOurs(record, { surge: record.ours.surge + change.to - change.from }) : record };
}

function settleIds(
  record: RolloutRecord,
  change: Change,
  states: ReadonlyMap<string, string>,
  at: number,
): SettledChange {
  // One look that does not show an instance proves nothing; the record may not know it yet, so the looks are counted here too.
  const looks = (change.unseenCount ?? 0) + 1;
  const isGone = (id: string) => {
    const known = record.instances[id];
    if (states.has(id)) return false;
    if (known?.lostAt !== undefined || known?.leftAt !== undefined) return true;
    return Math.max(known?.missedCount ?? 0, looks - 1) + 1 >= missedCountToBeLost;
  };
  const arrived = change.instanceIds.filter((id) => {
    const state = states.get(id);
    return state === undefined ? isGone(id) && isDeparture(change.kind) : hasArrived(change.kind, state);
  });
  if (change.isConfirmed) {
    const isSeen = arrived.length === change.instanceIds.length;
    return !isSeen && at - change.at < staleReadMs ? { record, keep: change } : { record };
  }
  const booked = arrived.reduce((next, id) => bookInstance(next, change, id, at), record);
  const instanceIds = change.instanceIds.filter((id) => !arrived.includes(id) && !isGone(id));
  // It may be ordered again meanwhile: what is booked is booked once per instance.
  if (instanceIds.length === 0 || looks >= sightingsToBelieve) return { record: booked };
  return { record: booked, keep: { ...change, instanceIds, unseenCount: looks } };
}

function isDeparture(kind: Change['kind']): boolean {
  return kind === 'quarantine' || kind === 'terminate';
}

function hasArrived(kind: Change['kind'], state: string): boolean {
  if (kind === 'enterStandby') return isInStandby(state);
  if (kind === 'exitStandby' || kind === 'attach') return state.startsWith('Pending') || state === 'InService';
  return isLeaving(state);
}

/** A borrowed size that shows neither a value of ours nor the original is somebody else's now, and stays. */
function settleTemporarySizes(record: RolloutRecord, { group }: Observation): RolloutRecord {
  let next = record;
  for (const name of ['minSize', 'maxSize'] as const) {
    const size = next.ours[name];
    if (size === undefined) continue;
    const known = [size.original, size.during, ...(size.ordered ?? [])];
    if (!known.includes(group[name])) next = withOurs(next, { [name]: undefined });
  }
  return next;
}

function settlePin(
  record: RolloutRecord,
  { group, launchTemplate }: Observation,
): { record: RolloutRecord; foreignPin?: string } {
  const { pin } = record.ours;
  const version = group.launchTemplate?.version;
  if (pin === undefined || version === undefined) return { record };
  if (version === pin.version) {
    return pin.isSeen && pin.driftCount === undefined
      ? { record }
      : { record: withPin(record, { ...pin, isSeen: true, driftCount: undefined }) };
  }
  if (!pin.isSeen) return { record };
  // On the way back, somebody who pointed the group at the good release was quicker; that is no quarrel.
  if (record.isGoingBack === true && resolveVersion(version, launchTemplate) === record.from.launchTemplateVersion)
    return { record };
  const driftCount = (pin.driftCount ?? 0) + 1;
  const next = withPin(record, { ...pin, driftCount });
  return driftCount >= sightingsToBelieve ? { record: next, foreignPin: version } : { record: next };
}

function settleBase(
  record: RolloutRecord,
  observation: Observation,
): { record: RolloutRecord; events: readonly RolloutEvent[] } {
  const { group, at } = observation;
  if ((record.ours.inFlight ?? []).length > 0) return { record, events: [] };
  const value = group.desiredCapacity - record.ours.surge;
  const base: NonNullable<RolloutRecord['base']> = record.base ?? { desiredCapacity: value };
  // Somebody may also have raised MinSize above what was wanted, or lowered MaxSize below it.
  const isPossible = boundWish(value, group, record) === value;
  if (value === base.desiredCapacity && isPossible) {
    return {
      record:
        base.otherValue === undefined ? record : { ...record, base: { desiredCapacity: value, since: base.since } },
      events: [],
    };
  }
  const otherCount = base.otherValue === value ? (base.otherCount ?? 0) + 1 : 1;
  if (otherCount < sightingsToBelieve) {
    return { record: { ...record, base: { ...base, otherValue: value, otherCount } }, events: [] };
  }
  const wanted = boundWish(readWish(value, base, observation, record.ours.maxSize !== undefined), group, record);
  const believed = withOurs(
    { ...record, base: { desiredCapacity: wanted, since: at } },
    { surge: group.desiredCapacity - wanted },
  );
  if (wanted === base.desiredCapacity) return { record: believed, events: [] };
  const notice: RolloutEvent = {
    kind: 'notice',
    at,
    rolloutId: record.rolloutId,
    notice: { code: 'FOREIGN_SIZE_CHANGE', from: base.desiredCapacity, to: wanted },
  };
  return { record: believed, events: [notice] };
}

/**
 * What somebody else wants of the group, who wrote its DesiredCapacity while some of it was ours. A person, or Terraform, who writes
 * a lower number means that number (S6). Who writes a higher one has counted ours in: the difference is theirs. A scaling policy always
 * means a difference. A lower MaxSize shortens what is desired, whoever added to it, and is no wish.
 *
 * | base | ours | they write                       | desired | the rest | believed | why                                   |
 * |------|------|----------------------------------|---------|----------|----------|---------------------------------------|
 * | 2    | 1    | DesiredCapacity 2                | 2       | 1        | 2        | a number                              |
 * | 3    | 3    | DesiredCapacity 5                | 5       | 2        | 5        | a number                              |
 * | 3    | 3    | DesiredCapacity 8                | 8       | 5        | 5        | two more than they saw                |
 * | 3    | 3    | a policy adds 1                  | 7       | 4        | 4        | a difference                          |
 * | 3    | 3    | a policy takes 1                 | 5       | 2        | 2        | a difference                          |
 * | 2    | 2    | MaxSize 2                        | 2       | 0        | 2        | no wish                               |
 * | 3    | 2    | MaxSize 4                        | 4       | 2        | 3        | no wish                               |
 * | 3    | 3    | 5, and nobody knows who          | 5       | 2        | 5        | at worst it keeps more than was meant |
 * | 3    | 3    | 7, and nobody knows who          | 7       | 4        | 4        | what is ours need not be theirs too   |
 */
function readWish(
  rest: number,
  { desiredCapacity: base, since = 0 }: NonNullable<RolloutRecord['base']>,
  { group }: Observation,
  isMaxSizeOurs: boolean,
): number {
  const write = readCapacityWrites(group.activities).find(
    ({ startedAt, from, to }) => startedAt >= since && to - from === rest - base,
  );
  // What we did since is not in the number that was written.
  const written = write?.to ?? group.desiredCapacity;
  if (write?.isByPolicy === true) return rest < Math.max(1, group.minSize) ? Math.min(base, written) : rest;
  // Nothing says that the capacity itself was written. What is at the MaxSize that we lent was not shortened by it.
  const isShortened = rest < base && written === group.maxSize && write?.isOfCapacity !== true && !isMaxSizeOurs;
  if (isShortened) return Math.min(base, written);
  // Where we have taken more than we added, the rest is the greater of the two.
  return rest < base ? Math.max(written, rest) : rest;
}

/**
 * What the group wants of itself, and may have: what is believed, and while nothing is, DesiredCapacity without our part. Within the
 * group's own sizes: more than its own MaxSize could only be had because we lent more, and is no wish.
 *
 * | MinSize | MaxSize | lent from | believed | wanted | why                                  |
 * |---------|---------|-----------|----------|--------|--------------------------------------|
 * | 1       | 8       | -         | 3        | 3      | what is wanted                       |
 * | 1       | 8       | 4         | 6        | 4      | beyond the MaxSize that is given back |
 * | 1       | 2       | 4         | 3        | 2      | somebody lowered MaxSize meanwhile   |
 * | 4       | 8       | -         | 3        | 4      | somebody raised MinSize              |
 */
export function readWanted(record: RolloutRecord, { group }: Pick<Observation, 'group'>): number {
  return boundWish(record.base?.desiredCapacity ?? group.desiredCapacity - record.ours.surge, group, record);
}

function boundWish(value: number, group: Observation['group'], { ours }: RolloutRecord): number {
  const maxSize = Math.min(group.maxSize, ours.maxSize?.original ?? group.maxSize);
  return Math.max(1, Math.min(Math.max(value, group.minSize), maxSize));
}

/** Whether the desired capacity must not be written now: something of ours is on its way, or a foreign change is not believed yet. */
export function isUnsettled(record: RolloutRecord): boolean {
  return (record.ours.inFlight ?? []).length > 0 || record.base?.otherValue !== undefined;
}

/**
 * The most that the group can be wanting of itself while it is not known which of our changes were done: what S1 goes by. 0 when
 * all is known.
 */
export function mostWanted(record: RolloutRecord, desiredCapacity: number): number {
  const inFlight = record.ours.inFlight ?? [];
  if (inFlight.length === 0) return 0;
  const lowered = inFlight.map((change) => {
    if (change.isConfirmed) return 0;
    if (change.kind === 'setDesired') return Math.max(0, change.from - change.to);
    const isRise = change.kind === 'exitStandby' || change.kind === 'attach';
    return !isRise && change.isCounted ? change.instanceIds.length : 0;
  });
  return lowered.reduce((sum, each) => sum + each, desiredCapacity - record.ours.surge);
}

/** The instances that have an accepted change on its way, which is not to be seen yet. */
export function listInFlightIds(record: RolloutRecord): ReadonlySet<string> {
  const confirmed = (record.ours.inFlight ?? []).filter((change) => change.isConfirmed);
  return new Set(confirmed.flatMap((change) => (change.kind === 'setDesired' ? [] : change.instanceIds)));
}

/** Whether the group names `version` because of us: seen, or accepted so lately that a read may not show it. */
export function isPinnedTo(record: RolloutRecord, version: string, { group, at }: Observation): boolean {
  const { pin } = record.ours;
  const isLate = pin?.isConfirmed === true && at - pin.at < staleReadMs;
  // What was named before may still be read, though AWS has accepted another version since.
  if (group.launchTemplate?.version === version) return !isLate || pin?.isSeen === true || pin?.version === version;
  return isLate && pin?.version === version;
}

/** Whether the group launches the release that is gone back to, or never launched another one. */
export function isPointedBack(record: RolloutRecord, observation: Observation): boolean {
  const good = record.from.launchTemplateVersion;
  if (record.ours.pin === undefined || isPinnedTo(record, good, observation)) return true;
  if (isPointedElsewhere(record, observation)) return true;
  if (record.ours.hasCreatedLaunchTemplateVersion) return false;
  // AWS never took our pin, and what the group follows still means what it did.
  return resolveVersion(observation.group.launchTemplate?.version ?? '', observation.launchTemplate) === good;
}

/**
 * On the way back AWS refuses the good version, and somebody pointed the group at one that is neither: it launches nothing bad, and is
 * theirs (S6).
 */
export function isPointedElsewhere(record: RolloutRecord, { group, launchTemplate }: Observation): boolean {
  if (record.isGoingBack !== true || record.refusals?.pinLaunchTemplate === undefined) return false;
  const named = resolveVersion(group.launchTemplate?.version ?? '', launchTemplate);
  return named !== '' && named !== record.to.launchTemplateVersion && named !== record.from.launchTemplateVersion;
}

/** Old, out of service by our doing, and neither terminated nor lost. */
export function isWarmKept({ warmAt, leftAt, lostAt }: InstanceRecord): boolean {
  return warmAt !== undefined && leftAt === undefined && lostAt === undefined;
}

/** Whether the way back is still warm. Its last instance is the point of no return. */
export function hasWarmLeft({ instances }: RolloutRecord): boolean {
  return Object.values(instances).some(isWarmKept);
}

function withOurs(record: RolloutRecord, ours: Partial<RolloutRecord['ours']>): RolloutRecord {
  return { ...record, ours: { ...record.ours, ...ours } };
}

function withPin(record: RolloutRecord, pin: Pin): RolloutRecord {
  return withOurs(record, { pin });
}

/** One more change on its way. An unconfirmed one that it replaces, or contradicts, is dropped. */
function withChange(record: RolloutRecord, change: CapacityChange): RolloutRecord {
  const ids = change.kind === 'setDesired' ? [] : change.instanceIds;
  const kept = (record.ours.inFlight ?? []).flatMap((earlier): readonly CapacityChange[] => {
    if (earlier.kind === 'setDesired' || earlier.isConfirmed) return [earlier];
    const instanceIds = earlier.instanceIds.filter((id) => !ids.includes(id));
    return instanceIds.length === 0 ? [] : [{ ...earlier, instanceIds }];
  });
  return withOurs(record, { inFlight: [...kept, change] });
}

function withInstance(record: RolloutRecord, id: string, known: InstanceRecord, delta: number): RolloutRecord {
  return {
    ...record,
    instances: { ...record.instances, [id]: known },
    ours: { ...record.ours, surge: record.ours.surge + delta },
  };
}

/** The processes that run again once we give them back. */
export function listSuspendedByUs({ ours, original }: Pick<RolloutRecord, 'ours' | 'original'>): readonly string[] {
  return ours.suspendedProcesses.filter((name) => !original.suspendedProcesses.includes(name));
}
