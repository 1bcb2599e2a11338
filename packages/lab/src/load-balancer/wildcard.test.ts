import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchesWildcard } from './wildcard.js';

describe('matchesWildcard', () => {
  test.each([
    ['/img/*', '/img/', true],
    ['/img/*', '/img/a/b.png', true],
    ['/img/*', '/images', false],
    ['/img/*/pics', '/img/a/b/pics', true],
    ['/img/*/pics', '/img/a/pics/b', false],
    ['*.example.com', 'www.example.com', true],
    ['*.example.com', 'example.com', false],
    ['v?', 'v1', true],
    ['v?', 'v', false],
    ['v?', 'v12', false],
    ['a.c', 'abc', false],
    ['*', '', true],
    ['', '', true],
    ['', 'a', false],
  ])('%s matches %s: %s', (pattern, text, expected) => {
    expect(matchesWildcard(pattern, text)).toBe(expected);
  });

  test('agrees with a regular expression on every pattern and text', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 12 });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*', '?'), maxLength: 8 });
    fc.assert(
      fc.property(pattern, text, (pattern, text) => {
        const expression = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`);
        expect(matchesWildcard(pattern, text)).toBe(expression.test(text));
      }),
    );
  });

  test('answers at once for a pattern that makes a backtracking matcher explode', () => {
    expect(matchesWildcard(`${'*a'.repeat(60)}b`, 'a'.repeat(5_000))).toBe(false);
  });
});
