import fc from 'fast-check';
import { expect, test } from 'vitest';
import { covers, matchesWildcard, overlaps, parseEscapedPattern, parsePattern } from './wildcard.js';

const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*', '?'), maxLength: 6 });
const text = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 6 });

function meaningOf(wild: string): RegExp {
  return new RegExp(`^${wild.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
}

test('a pattern matches what a regular expression of the same meaning matches', () => {
  fc.assert(fc.property(pattern, text, (wild, plain) => matchesWildcard(wild, plain) === meaningOf(wild).test(plain)));
});

test.each([
  ['/img/*', '/img/', true],
  ['/img/*', '/img/a/b.png', true],
  ['/img/*', '/images', false],
  ['/img/*/pics', '/img/a/b/pics', true],
  ['*.example.com', 'example.com', false],
  ['v?', 'v1', true],
  ['v?', 'v', false],
  ['a*b', 'aabc', false],
  ['*', '', true],
  ['', '', true],
  ['', 'a', false],
  ['Web', 'web', false],
])('%j matches %j: %s', (wild, plain, isMatch) => expect(matchesWildcard(wild, plain)).toBe(isMatch));

test('characters that mean something to a regular expression mean themselves', () => {
  expect(matchesWildcard('a.b+(c)', 'a.b+(c)')).toBe(true);
  expect(matchesWildcard('a.b', 'axb')).toBe(false);
  expect(matchesWildcard('a*', 'a\nb')).toBe(true);
});

test('many stars do not take for ever', () => {
  expect(matchesWildcard(`${'*a'.repeat(200)}b`, 'a'.repeat(5_000))).toBe(false);
});

test('a backslash takes the next character as it is', () => {
  expect(matchesWildcard(parseEscapedPattern('a\\*b'), 'a*b')).toBe(true);
  expect(matchesWildcard(parseEscapedPattern('a\\*b'), 'axb')).toBe(false);
  expect(matchesWildcard(parseEscapedPattern('a\\?b'), 'a?b')).toBe(true);
  expect(matchesWildcard(parseEscapedPattern('a\\'), 'a\\')).toBe(true);
});

test('a pattern that covers another matches all that it matches; two with a text in common overlap', () => {
  fc.assert(
    fc.property(pattern, pattern, text, (left, right, plain) => {
      const [one, other] = [parsePattern(left), parsePattern(right)];
      if (covers(one, other) && matchesWildcard(other, plain)) expect(matchesWildcard(one, plain)).toBe(true);
      if (matchesWildcard(one, plain) && matchesWildcard(other, plain)) expect(overlaps(one, other)).toBe(true);
      if (covers(one, other)) expect(overlaps(one, other)).toBe(true);
    }),
  );
  expect(overlaps(parsePattern('ssm:*'), parsePattern('ec2:*'))).toBe(false);
  expect(overlaps(parsePattern('a*'), parsePattern('*b'))).toBe(true);
});
