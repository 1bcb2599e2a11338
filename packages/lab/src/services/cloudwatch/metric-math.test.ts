import { describe, expect, test } from 'vitest';
import { AwsError } from '../../control-plane/aws-error.js';
import { evaluateMath } from './metric-math.js';

const periods = [0, 60, 120];
const queries: Readonly<Record<string, ReadonlyMap<number, number>>> = {
  errors: new Map([
    [0, 2],
    [120, 0],
  ]),
  requests: new Map([
    [0, 4],
    [60, 5],
    [120, 0],
  ]),
};
const evaluate = (expression: string) =>
  Object.fromEntries(evaluateMath(expression, { read: (id) => queries[id], periods }));

describe('metric math', () => {
  test.each([
    // Where one has no value there is none, nor where zero divides.
    ['100*errors/requests', { 0: 50 }],
    ['errors + requests * 2', { 0: 10, 120: 0 }],
    ['(errors + requests) * 2', { 0: 12, 120: 0 }],
    ['0 - errors', { 0: -2, 120: 0 }],
    ['requests - 1 - 1', { 0: 2, 60: 3, 120: -2 }],
    ['FILL(errors, 7)', { 0: 2, 60: 7, 120: 0 }],
    ['FILL(errors, REPEAT)', { 0: 2, 60: 2, 120: 0 }],
    ['SUM([errors, requests])', { 0: 6, 60: 5, 120: 0 }],
    ['AVG([errors, requests])', { 0: 3, 60: 5, 120: 0 }],
    ['MAX([errors, requests])', { 0: 4, 60: 5, 120: 0 }],
    ['MIN([errors, requests])', { 0: 2, 60: 5, 120: 0 }],
  ])('%s', (expression, expected) => {
    expect(evaluate(expression)).toEqual(expected);
  });

  test.each([
    ['', 'was not expected'],
    ['1 + 1', 'must be a time series'],
    ['errors +', 'was not expected'],
    ['nobody * 2', 'there is no query nobody'],
    ['ANOMALY_DETECTION_BAND(errors)', 'does not emulate ANOMALY_DETECTION_BAND'],
    ['SEARCH("x", "Sum")', 'does not emulate'],
    ['errors > 2', 'does not emulate the expression'],
    ['('.repeat(100), 'was not expected'],
  ])('%j is refused', (expression, text) => {
    expect(() => evaluate(expression)).toThrow(AwsError);
    expect(() => evaluate(expression)).toThrow(text);
  });
});
