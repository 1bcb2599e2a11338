import { describe, expect, test } from 'vitest';
import { decide } from './decide.js';
import type { Act } from './decision.js';
import { foldFailure, foldResult, readWanted, recordIntent, settle, withdrawIntents } from './ledger.js';
import type { ActivityObservation, Observation } from './observation.js';
import type { RolloutRecord } from './record.js';
import { describeDecisions, now, old, proven, stage, warm } from './simulation/scene.js';

const because = { code: 'HOLD_THE_GROUP_STILL' } as const;
const addThree: Act = { kind: 'setSizes', desiredCapacity: 6, ifDesiredCapacity: 3, because };
const leave: Act = { kind: 'enterStandby', instanceIds: ['a', 'b'], because };

function look(
  observation: Observation,
  more: { readonly at?: number; readonly desired?: number; readonly without?: string },
): Observation {
  const instances = observation.group.instances.filter(({ instanceId }) => instanceId !== more.without);
  const desiredCapacity = more.desired ?? observation.group.desiredCapacity;
  return { ...observation, at: more.at ?? observation.at, group: { ...observation.group, desiredCapacity, instances } };
}

function settleTimes(record: RolloutRecord, observations: readonly Observation[]): RolloutRecord {
  return observations.reduce((next, observation) => settle(next, observation).record, record);
}

describe('a write of DesiredCapacity', () => {
  const { record, observation } = stage({ instances: [old('a'), old('b'), old('c')] });
  const ordered = recordIntent(record, addThree, observation);

  test.each([
    ['accepted, and seen', true, [6], 3, 0],
    ['accepted, and not seen yet', true, [3], 3, 1],
    ['lost, and seen three times', false, [6, 6, 6], 3, 0],
    ['lost, and seen once', false, [6], 0, 1],
    ['lost, and not done by three looks', false, [3, 3, 3], 0, 0],
    ['lost, and two looks that differ', false, [6, 3], 0, 1],
  ] as const)('%s', (_name, isAccepted, looks, surge, inFlightCount) => {
    const told = isAccepted ? foldResult(ordered, addThree, undefined, now) : ordered;
    const after = settleTimes(
      told,
      looks.map((desired) => look(observation, { desired })),
    );
    expect({ surge: after.ours.surge, inFlight: after.ours.inFlight?.length }).toEqual({
      surge,
      inFlight: inFlightCount,
    });
  });

  test('accepted, and invisible for longer than a read can be old, is somebody else’s undoing', () => {
    const told = foldResult(ordered, addThree, undefined, now);
    expect(settle(told, look(observation, { at: now + 30_000 })).record.ours.inFlight).toEqual([]);
  });

  test('lost, and proved by the group’s own activity although the number has moved on', () => {
    const activity = {
      activityId: '1',
      statusCode: 'Successful',
      cause: 'a user request changing the desired capacity from 3 to 6',
      startedAt: now,
    };
    const moved = look(observation, { desired: 7 });
    const told = { ...moved, group: { ...moved.group, activities: [activity] } };
    expect(settleTimes(ordered, [told, told, told]).ours.surge).toBe(3);
  });

  test('that was never tried is forgotten, and not found done when somebody writes its number', () => {
    const withdrawn = withdrawIntents(ordered, [addThree]);
    const after = settleTimes(
      withdrawn,
      [6, 6, 6].map((desired) => look(observation, { desired })),
    );
    expect(after.ours.surge).toBe(0);
    expect(after.base?.desiredCapacity).toBe(6);
  });

  test('that is lost does not look done because warm ones woke meanwhile', () => {
    const woken = stage({ instances: [old('c'), proven('x'), warm('a'), warm('b')], base: 2, desired: 2 });
    const lost = recordIntent(
      woken.record,
      { ...addThree, desiredCapacity: 4, ifDesiredCapacity: 2 },
      woken.observation,
    );
    const wake: Act = { kind: 'exitStandby', instanceIds: ['a', 'b'], because };
    const after = foldResult(recordIntent(lost, wake, woken.observation), wake, undefined, now);
    const seen = look(stage({ instances: [old('c'), proven('x'), old('a'), old('b')] }).observation, { desired: 4 });
    expect(settleTimes(after, [seen, seen, seen]).ours.surge).toBe(2);
  });
});

describe('a change of instances', () => {
  const before = stage({ instances: [old('a'), old('b'), old('c'), proven('x'), proven('y')] });
  const after = stage({
    instances: [old('a', { state: 'Standby' }), old('b', { state: 'Standby' }), old('c'), proven('x'), proven('y')],
    desired: 3,
  });
  const ordered = recordIntent(before.record, leave, before.observation);

  test('is booked once, however often it is ordered, accepted and seen', () => {
    const accepted = foldResult(ordered, leave, undefined, now);
    const again = foldResult(recordIntent(accepted, leave, before.observation), leave, undefined, now);
    expect(settleTimes(again, [after.observation, after.observation]).ours.surge).toBe(before.record.ours.surge - 2);
  });

  test('half done before the answer was lost is booked for those that moved', () => {
    const half = stage({
      instances: [old('a', { state: 'EnteringStandby' }), old('b'), old('c'), proven('x'), proven('y')],
      desired: 4,
    });
    const { ours, instances } = settleTimes(ordered, [half.observation]);
    expect(ours.surge).toBe(before.record.ours.surge - 1);
    expect([instances.a?.warmAt, instances.b?.warmAt]).toEqual([now, undefined]);
  });

  test('whose answer was lost is not forgotten behind one old look', () => {
    expect(settleTimes(ordered, [before.observation, after.observation]).ours.surge).toBe(before.record.ours.surge - 2);
  });

  test('to terminate is not taken for done because one look does not show the instance', () => {
    const end: Act = { kind: 'terminate', instanceIds: ['x'], decrement: true, because };
    const told = recordIntent(before.record, end, before.observation);
    const { ours } = settleTimes(told, [look(before.observation, { without: 'x' })]);
    expect({ surge: ours.surge, inFlight: ours.inFlight?.length }).toEqual({
      surge: before.record.ours.surge,
      inFlight: 1,
    });
  });
});

describe('a borrowed size', () => {
  const borrow: Act = { kind: 'setSizes', maxSize: 9, because };
  const giveBack: Act = { kind: 'setSizes', maxSize: 7, because };
  const { record, observation } = stage({ instances: [old('a'), old('b'), old('c')] });
  const borrowed = foldResult(recordIntent(record, borrow, observation), borrow, undefined, now);
  const showing = (maxSize: number) => ({ ...observation, group: { ...observation.group, maxSize } });

  test('is ours until its return was accepted, though it was refused before', () => {
    const refused = foldFailure(
      recordIntent(borrowed, giveBack, observation),
      giveBack,
      { kind: 'passing', code: 'AWS_UNAVAILABLE', text: 'no' },
      now,
    );
    expect(settle(refused, showing(9)).record.ours.maxSize).toMatchObject({ original: 7 });
    expect(foldResult(refused, giveBack, undefined, now).ours.maxSize).toBeUndefined();
  });

  test('borrowed again, higher, is still given back to where it was', () => {
    const higher: Act = { kind: 'setSizes', maxSize: 11, because };
    const twice = recordIntent(borrowed, higher, showing(9));
    expect(settle(twice, showing(9)).record.ours.maxSize).toMatchObject({ original: 7, during: 11 });
  });

  test('that somebody set to another value is theirs', () => {
    expect(settle(borrowed, showing(20)).record.ours.maxSize).toBeUndefined();
  });
});

test('an old look that shows everything as it was does not end a rollout before it gave everything back', () => {
  const { record, observation } = stage({
    instances: [old('a'), old('b'), old('c')],
    pin: '7',
    record: { phase: 'finish', isGoingBack: true },
    ours: {
      hasCreatedLaunchTemplateVersion: false,
      withdrawnVersion: '8',
      maxSize: { original: 7, during: 9, ordered: [9] },
    },
  });
  const asItWas: Observation = {
    ...observation,
    launchTemplate: { latestVersion: '7', defaultVersion: '7' },
    group: { ...observation.group, suspendedProcesses: [], launchTemplate: record.original.launchTemplate },
  };
  const first = decide(
    { ...record, ours: { ...record.ours, pin: { version: '7', at: now, isConfirmed: true, isSeen: false } } },
    asItWas,
  );
  expect(describeDecisions(first.decisions)).toEqual(['setSizes max 7']);
  expect(first.record.outcome).toBeUndefined();
});

test('a warm instance that one look does not show is still waited for', () => {
  const { record, observation } = stage({
    instances: [proven('x'), proven('y'), proven('z'), warm('a')],
    record: { phase: 'finish' },
  });
  const step = decide(record, look(observation, { without: 'a' }));
  expect(step.record.outcome).toBeUndefined();
  expect(describeDecisions(step.decisions)).toEqual(['wait WARM_NOT_SEEN']);
});

const person = 'a user request explicitly set group desired capacity';
const policy = 'a monitor alarm cpu-high in state ALARM triggered policy more';

test.each([
  ['a policy took 1', policy, 7, 6, 4],
  ['a person wrote 3', person, 7, 3, 3],
  ['a person wrote 9', person, 7, 9, 7],
] as const)(
  'what we do before it is believed changes nothing of what was meant: %s',
  (_name, by, from, to, believed) => {
    // Five are wanted, two are added; then somebody writes, then we take one away.
    const { record, observation } = stage({
      instances: [old('a'), old('b'), old('c')],
      base: 5,
      ours: { surge: 1 },
      desired: to - 1,
      max: 20,
      activities: [wrote(from, to, by)],
    });
    const after = settleTimes(record, [observation, observation, observation]);
    expect(after.base?.desiredCapacity).toBe(believed);
  },
);

test('a MaxSize of ours that happens to be what is desired explains nothing', () => {
  const { record, observation } = stage({
    instances: [old('a'), old('b'), old('c')],
    base: 5,
    ours: { surge: 4 },
    desired: 8,
    max: 8,
    activities: [wrote(7, 6, policy)],
  });
  expect(settleTimes(record, [observation, observation, observation]).base?.desiredCapacity).toBe(4);
});

test('more than their own MaxSize, had while we lent more, is no wish of theirs', () => {
  const { record, observation } = stage({
    instances: [old('a'), old('b'), old('c')],
    base: 5,
    ours: { surge: 2, maxSize: { original: 5, during: 9 } },
    desired: 8,
    max: 9,
    activities: [wrote(7, 8, policy)],
  });
  const after = settleTimes(record, [observation, observation, observation]);
  expect([after.base?.desiredCapacity, after.ours.surge]).toEqual([5, 3]);
});

test.each([
  ['nobody says so: the number is taken for ours', undefined, 1],
  ['a policy says that it wrote it', policy, 0],
  ['somebody as we are says so', person, 1],
])('a number that we ordered before we were killed, and that is seen: %s', (_name, by, surge) => {
  const activities = by === undefined ? [] : [wrote(4, 5, by)];
  const { record, observation } = stage({
    instances: [old('a')],
    base: 4,
    ours: { surge: 0 },
    desired: 5,
    max: 9,
    activities,
  });
  const ordered = recordIntent(
    { ...record, base: { desiredCapacity: 4, since: now - 60_000 } },
    { kind: 'setSizes', desiredCapacity: 5, ifDesiredCapacity: 4, because },
    { ...observation, at: now - 6_000 },
  );
  const after = settleTimes(ordered, [observation, observation, observation]);
  expect(after.ours.surge).toBe(surge);
});

test('a change that was believed before explains no later one', () => {
  const { record, observation } = stage({
    instances: [old('a'), old('b'), old('c')],
    base: 5,
    ours: { surge: 2 },
    desired: 6,
    max: 20,
    activities: [{ ...wrote(7, 6, policy), startedAt: now - 60_000 }],
  });
  const believedSince = { ...record, base: { desiredCapacity: 5, since: now - 30_000 } };
  expect(settleTimes(believedSince, [observation, observation, observation]).base?.desiredCapacity).toBe(6);
});

interface Write {
  readonly base: number;
  readonly added: number;
  readonly desired: number;
  readonly max: number;
  readonly by?: string;
  /** What they wrote, where ours has changed the number since. */
  readonly change?: readonly [number, number];
  /** MaxSize is what we lent. */
  readonly isMaxLent?: boolean;
}

function wrote(from: number, to: number, by: string): ActivityObservation {
  const cause = `At 2018-11-11T08:00:00Z ${by} changing the desired capacity from ${from} to ${to}.`;
  return { activityId: 'a-1', statusCode: 'Successful', cause, startedAt: now - 5_000 };
}

describe('what somebody else writes while we have added to the group', () => {
  test.each([
    ['the number that was there before', { base: 3, added: 3, desired: 3, max: 7 }, 3],
    ['a MaxSize that leaves no room for ours', { base: 2, added: 2, desired: 2, max: 2 }, 2],
    ['a MaxSize that leaves room for some of ours', { base: 3, added: 2, desired: 4, max: 4 }, 3],
    ['a MaxSize below what was wanted', { base: 3, added: 2, desired: 2, max: 2 }, 2],
    [
      'a number that a person writes again: 2, while one was lent',
      { base: 2, added: 1, desired: 2, max: 4, by: person },
      2,
    ],
    ['one less, by a person', { base: 3, added: 3, desired: 5, max: 7, by: person }, 5],
    ['more, by a person', { base: 3, added: 3, desired: 8, max: 9, by: person }, 5],
    ['one less, by a policy', { base: 3, added: 3, desired: 5, max: 7, by: policy }, 2],
    ['one more, by a policy', { base: 3, added: 3, desired: 7, max: 9, by: policy }, 4],
    ['less than ours, by a policy', { base: 2, added: 3, desired: 3, max: 9, by: policy }, 2],
    [
      'one less, by a policy, and ours changed since',
      { base: 3, added: 1, desired: 3, max: 7, by: policy, change: [6, 5] },
      2,
    ],
    [
      'one less, by a person, and ours changed since',
      { base: 3, added: 1, desired: 3, max: 7, by: person, change: [6, 5] },
      5,
    ],
    [
      'one less, by a policy, at the MaxSize that we lent',
      { base: 3, added: 3, desired: 5, max: 5, isMaxLent: true, by: policy },
      2,
    ],
    ['one less, and nobody knows who', { base: 3, added: 3, desired: 5, max: 7 }, 5],
    ['one more, and nobody knows who', { base: 3, added: 3, desired: 7, max: 9 }, 4],
  ] as readonly (readonly [string, Write, number])[])('%s', (_name, write, believed) => {
    const { base, added, desired, max, by, change: [from, to] = [base + added, desired], isMaxLent } = write;
    const { record, observation } = stage({
      instances: [old('a'), old('b'), old('c')],
      base,
      ours: { surge: added, ...(isMaxLent ? { maxSize: { original: base, during: max } } : {}) },
      desired,
      max,
      activities: by === undefined ? [] : [wrote(from, to, by)],
    });
    const after = settleTimes(record, [observation, observation, observation]);
    expect(after.base?.desiredCapacity).toBe(believed);
    expect(after.ours.surge).toBe(desired - believed);
  });
});

test('serving ones stay while it is not known how many are wanted', () => {
  const { record, observation } = stage({
    pin: '7',
    instances: [old('a'), old('b'), old('c'), proven('x')],
    base: 3,
    record: { phase: 'rollBack', isGoingBack: true },
  });
  const lost = recordIntent(
    record,
    { kind: 'quarantine', instanceIds: ['gone'], expiresAt: now, because },
    observation,
  );
  expect(describeDecisions(decide(lost, observation).decisions)).not.toContain('terminate x and decrement');
});

describe('what the group wants of itself, and may have', () => {
  test.each([
    ['what is believed', { base: 3, desired: 6, max: 8 }, 3],
    ['no more than the MaxSize that is given back', { base: 6, desired: 6, max: 8, lentFrom: 4 }, 4],
    ['no more than the MaxSize of now', { base: 3, desired: 2, max: 2, lentFrom: 4 }, 2],
    ['no less than MinSize', { base: 3, desired: 4, min: 4, max: 8 }, 4],
  ])('%s', (_name, { base, lentFrom, ...sizes }: Sizes, wanted) => {
    const lent = lentFrom === undefined ? {} : { maxSize: { original: lentFrom, during: sizes.max } };
    const { record, observation } = stage({ instances: [old('a')], base, ours: lent, ...sizes });
    expect(readWanted(record, observation)).toBe(wanted);
  });
});

interface Sizes {
  readonly base: number;
  readonly desired: number;
  readonly min?: number;
  readonly max: number;
  readonly lentFrom?: number;
}
