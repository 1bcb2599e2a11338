import { describe, expect, test } from 'vitest';
import type { AlarmObservation } from '../observation.js';
import { type AlarmGate, foldAlarms, judgeAlarms } from './alarm-gate.js';

/** Looks at one alarm, one letter each: O(K), A(LARM), I(NSUFFICIENT_DATA), M(ISSING); `|` is where the release begins to serve. */
function look(states: string): AlarmGate {
  let gate: AlarmGate | undefined;
  let isExposed = false;
  const names: Readonly<Record<string, string>> = { O: 'OK', A: 'ALARM', I: 'INSUFFICIENT_DATA', M: 'MISSING' };
  for (const letter of states) {
    if (letter === '|') isExposed = true;
    else
      gate = foldAlarms(
        gate,
        [{ name: 'web-5xx', state: names[letter] ?? '', reason: 'Threshold Crossed' }],
        isExposed,
      );
  }
  if (gate === undefined) throw new Error('nothing was looked at');
  return gate;
}

describe('one alarm', () => {
  test.each([
    ['stays OK', 'OO|OO', 'pass'],
    ['is raised after the release began to serve', 'OO|OA', 'fail'],
    ['was raised before', 'OA|AA', 'already-broken'],
    ['was raised before, and is OK again', 'AA|AO', 'pass'],
    ['was raised before, was OK, and is raised again', 'AA|OA', 'fail'],
    ['was raised before, lost its data, and is raised again', 'AA|IA', 'already-broken'],
    ['never had data', 'II|II', 'pass'],
    ['never had data, and is raised by the release', 'II|IA', 'fail'],
    ['had data, and has none any more', 'OO|OI', 'no-data'],
    ['is deleted meanwhile', 'OO|OM', 'no-data'],
    ['was raised, and passed in time', 'OO|AO', 'pass'],
    ['is in a state that we do not know', 'OO|O?', 'no-data'],
  ])('%s: %s is %s', (_name, states, verdict) => {
    expect(judgeAlarms(look(states))).toBe(verdict);
  });
});

test('one alarm that is raised fails the release whatever the others say, and is named with its reason', () => {
  const alarms = (state: string): readonly AlarmObservation[] => [
    { name: 'a', state: 'OK' },
    { name: 'b', state, reason: 'Threshold Crossed: 7 > 5' },
    { name: 'c', state: 'INSUFFICIENT_DATA' },
  ];
  const gate = foldAlarms(foldAlarms(undefined, alarms('OK'), false), alarms('ALARM'), true);
  expect(judgeAlarms(gate)).toBe('fail');
  expect(gate.raised).toEqual([{ name: 'b', reason: 'Threshold Crossed: 7 > 5' }]);
});
