import { describe, expect, test } from 'vitest';
import { matchesPattern } from './filters.js';

describe('a filter pattern', () => {
  test.each([
    ['web', 'web', true],
    ['web', 'we', false],
    ['web', 'w*', true],
    ['web', '*b', true],
    ['web', '*', true],
    ['', '*', true],
    ['web', 'w?b', true],
    ['web', 'w?', false],
    ['web-1', 'w*-?', true],
    ['aab', 'a*b', true],
    ['aabc', 'a*b', false],
    ['a*b', 'a\\*b', true],
    ['axb', 'a\\*b', false],
    ['a?b', 'a\\?b', true],
    ['a.b', 'a?b', true],
    ['axb', 'a.b', false],
    ['Web', 'web', false],
  ])('%j against %j: %s', (value, pattern, isMatch) => {
    expect(matchesPattern(value, pattern)).toBe(isMatch);
  });

  test('of many stars takes no longer than it should', () => {
    expect(matchesPattern('a'.repeat(10_000), `${'a*'.repeat(200)}b`)).toBe(false);
  });
});
