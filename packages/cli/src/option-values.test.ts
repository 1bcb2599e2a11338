import { describe, expect, test } from 'vitest';
import { countSurge, formatDuration, parseDuration, parseOrigin, parseSurge, writeDuration } from './option-values.js';

describe('a duration has a unit', () => {
  test.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['1.5m', 90_000],
    ['2h', 7_200_000],
    ['0s', 0],
  ])('%s is %i ms', (text, value) => expect(parseDuration(text)).toBe(value));

  test.each(['30', '', 's', '-5s', '5 parsecs', '1e3s', '30s ', 'NaNs'])('%j is none', (text) => {
    expect(() => parseDuration(text)).toThrow('Write a number with its unit');
  });
});

test.each([
  [500, '500ms'],
  [30_000, '30s'],
  [90_000, '90s'],
  [300_000, '5m'],
  [172_800_000, '48h'],
])('%i ms are written %s, and read as that', (value, text) => {
  expect(writeDuration(value)).toBe(text);
  expect(parseDuration(text)).toBe(value);
});

test.each([
  [850, '850 ms'],
  [42_000, '42 s'],
  [59_600, '1 min 00 s'],
  [185_000, '3 min 05 s'],
  [7_200_000, '2 h 00 min'],
])('%i ms are told as %s', (value, text) => expect(formatDuration(value)).toBe(text));

describe('a surge is a number or a share', () => {
  test.each([
    ['1', 10, 1],
    ['25%', 1, 1],
    ['25%', 3, 1],
    ['25%', 10, 3],
    ['100%', 3, 3],
  ])('%s of a group of %i is %i', (text, desired, count) => expect(countSurge(parseSurge(text), desired)).toBe(count));

  test.each(['0', '0%', '101%', '-1', '1.5', 'all', ''])('%j is none', (text) => {
    expect(() => parseSurge(text)).toThrow('Write a number of instances');
  });
});

describe('an address', () => {
  test('loses the slash at its end', () => expect(parseOrigin('https://hyperbo.la/')).toBe('https://hyperbo.la'));
  test.each(['hyperbo.la', 'ftp://a', ''])('%j is none', (text) => {
    expect(() => parseOrigin(text)).toThrow('Write http');
  });
  test('with a password is refused without repeating it', () => {
    expect(() => parseOrigin('https://a:hunter2@b')).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('hunter2') }),
    );
  });
});
