import { describe, expect, test } from 'vitest';
import { AwsError } from '../../control-plane/aws-error.js';
import { alarmsOf, isRuleTrue, parseAlarmRule } from './alarm-rule.js';

const states: Readonly<Record<string, 'ALARM' | 'OK' | 'INSUFFICIENT_DATA'>> = {
  hot: 'ALARM',
  calm: 'OK',
  mute: 'INSUFFICIENT_DATA',
  'two words': 'ALARM',
};

describe('an alarm rule', () => {
  test.each([
    ['ALARM(hot)', true],
    ['ALARM("hot")', true],
    ['OK(hot)', false],
    ['ALARM("two words")', true],
    ['ALARM("arn:aws:cloudwatch:us-west-2:123456789012:alarm:hot")', true],
    ['ALARM(nobody)', false],
    ['NOT ALARM(calm) AND INSUFFICIENT_DATA(mute)', true],
    // AND before OR, as the API reference says.
    ['TRUE OR TRUE AND FALSE', true],
    ['(TRUE OR TRUE) AND FALSE', false],
    ['NOT (OK(calm) OR ALARM(calm))', false],
    ['NOT NOT TRUE', true],
  ])('%s is %s', (text, expected) => {
    expect(isRuleTrue(parseAlarmRule(text), (alarm) => states[alarm])).toBe(expected);
  });

  test.each([
    '',
    'ALARM',
    'ALARM()',
    'ALARM(a',
    'ALARM(a) ALARM(b)',
    'AND',
    '(TRUE',
    'TRUE)',
    'HOT(a)',
    'NOT',
    `${'NOT '.repeat(200)}TRUE`,
  ])('%j is refused', (text) => {
    expect(() => parseAlarmRule(text)).toThrow(AwsError);
  });

  test('names its alarms once each', () => {
    expect(alarmsOf(parseAlarmRule('ALARM(a) AND (OK(b) OR NOT ALARM(a))'))).toEqual(['a', 'b']);
  });
});
