import { describe, expect, test } from 'vitest';
import { judgeAlarm } from './alarm-evaluation.js';

const _ = undefined;

/** More than 3, in 2 of 3 periods. */
const alarm = {
  ComparisonOperator: 'GreaterThanThreshold',
  Threshold: 3,
  EvaluationPeriods: 3,
  DatapointsToAlarm: 2,
} as const;

describe('judgeAlarm', () => {
  // Newest first: the three periods of the alarm, then those that CloudWatch looks back to.
  test.each<[string, (number | undefined)[], string | undefined, string]>([
    ['two of three breach', [5, 1, 5, _, _, _], 'ALARM', 'missing'],
    ['one of three breaches', [5, 1, 1, _, _, _], 'OK', 'missing'],
    ['what is at the threshold does not breach', [3, 3, 3, _, _, _], 'OK', 'missing'],
    ['older data stands in for what is missing', [5, _, _, 5, 1, _], 'ALARM', 'missing'],
    ['nothing at all', [_, _, _, _, _, _], 'INSUFFICIENT_DATA', 'missing'],
    ['nothing at all', [_, _, _, _, _, _], 'OK', 'notBreaching'],
    ['nothing at all', [_, _, _, _, _, _], 'ALARM', 'breaching'],
    ['nothing at all', [_, _, _, _, _, _], undefined, 'ignore'],
    ['one breach, and the rest is missing', [5, _, _, _, _, _], 'OK', 'missing'],
    ['one breach, and the rest is missing', [5, _, _, _, _, _], 'OK', 'notBreaching'],
    ['one breach, and the rest is missing', [5, _, _, _, _, _], 'ALARM', 'breaching'],
    ['one breach, and the rest is missing', [5, _, _, _, _, _], undefined, 'ignore'],
    ['two breaches, and the rest is missing', [5, 5, _, _, _, _], 'ALARM', 'ignore'],
  ])('%s: %j is %s where missing data is %s', (_name, values, state, TreatMissingData) => {
    expect(judgeAlarm({ ...alarm, TreatMissingData }, values)?.state).toBe(state);
  });

  test.each([
    ['GreaterThanOrEqualToThreshold', 3, 'ALARM'],
    ['GreaterThanThreshold', 3, 'OK'],
    ['LessThanThreshold', 3, 'OK'],
    ['LessThanThreshold', 2, 'ALARM'],
    ['LessThanOrEqualToThreshold', 3, 'ALARM'],
  ] as const)('%s 3: %d is %s', (ComparisonOperator, value, state) => {
    expect(
      judgeAlarm({ ...alarm, ComparisonOperator, EvaluationPeriods: 1, DatapointsToAlarm: 1 }, [value])?.state,
    ).toBe(state);
  });

  test('says why in the words of CloudWatch', () => {
    expect(judgeAlarm(alarm, [5, 1, 4.5])?.reason).toBe(
      'Threshold Crossed: 2 out of the last 3 datapoints [5.0, 4.5] were greater than the threshold (3.0) (minimum 2 datapoints for OK -> ALARM transition).',
    );
    expect(judgeAlarm({ ...alarm, EvaluationPeriods: 1, DatapointsToAlarm: 1 }, [1])?.reason).toBe(
      'Threshold Crossed: 1 out of the last 1 datapoint [1.0] was not greater than the threshold (3.0) (minimum 1 datapoint for ALARM -> OK transition).',
    );
  });
});
