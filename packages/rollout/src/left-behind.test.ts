import { expect, test } from 'vitest';
import { findLeftBehind, findRaisedFrom, findStillLeftBehind } from './left-behind.js';
import { old, stage } from './simulation/scene.js';

const user = (from: number, to: number) =>
  `At 2018-11-11T08:00:00Z a user request update of AutoScalingGroup constraints to min: 1, max: 7, desired: ${to} changing the desired capacity from ${from} to ${to}.`;
const policy = (from: number, to: number) =>
  `At 2018-11-11T08:00:00Z a monitor alarm load in state ALARM triggered policy out changing the desired capacity from ${from} to ${to}.`;

test.each<[string, string[], number, number | undefined]>([
  ['a user request', [user(3, 6)], 6, 3],
  ['two user requests', [user(5, 6), user(3, 5)], 6, 3],
  ['a policy', [policy(3, 6)], 6, undefined],
  ['a user request after a policy', [user(4, 6), policy(3, 4)], 6, 4],
  ['raised, and lowered again', [user(6, 3), user(3, 6)], 3, undefined],
  ['raised, and changed by somebody since', [user(3, 6)], 7, undefined],
  ['the making of the group', [user(0, 3)], 3, undefined],
  ['activities that change no capacity', ['an instance was started', user(3, 6)], 6, 3],
  ['nothing that says so', [], 6, undefined],
])('raised by %s', (_name, causes, desired, expected) => {
  const activities = causes.map((cause, index) => ({
    activityId: `${index}`,
    statusCode: 'Successful',
    cause,
    startedAt: 0,
  }));
  const scene = { instances: [old('a')], desired, activities };
  expect(findRaisedFrom(stage({ ...scene, suspended: ['AZRebalance'] }).observation)).toBe(expected);
  // Without a suspended process it is a wish.
  expect(findRaisedFrom(stage({ ...scene, suspended: [] }).observation)).toBeUndefined();
});

test('what was suspended when we came is left behind, and of that what is suspended still', () => {
  const original = { suspendedProcesses: ['AZRebalance', 'Launch'], raisedFrom: 2 };
  const { record, observation } = stage({
    instances: [old('a')],
    original,
    suspended: ['Launch', 'AlarmNotification'],
  });
  expect(findLeftBehind(record)).toEqual({ processes: ['AZRebalance', 'Launch'], raisedFrom: 2 });
  expect(findStillLeftBehind(record, observation)).toEqual({ processes: ['Launch'], raisedFrom: 2 });
  const clean = stage({ instances: [old('a')] });
  expect([findLeftBehind(clean.record), findStillLeftBehind(clean.record, clean.observation)]).toEqual([
    undefined,
    undefined,
  ]);
});
