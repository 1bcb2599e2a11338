import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CODES } from './codes.js';

const SOURCES = readdirSync(new URL('.', import.meta.url), { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !/codes\.ts$|test\.ts$|fixtures/.test(file),
);

/** What an unknown resolver means for a path is said by preflight. */
const PREFLIGHT = '../../preflight/src/network/path-findings.ts';

test('every code of the catalogue is given by something', () => {
  const text = [...SOURCES, PREFLIGHT].map((file) => readFileSync(new URL(file, import.meta.url), 'utf8')).join('\n');
  expect(Object.keys(CODES).filter((code) => !text.includes(code))).toEqual([]);
});

test('every code has one sentence of cause and one of fix', () => {
  for (const { cause, fix } of Object.values(CODES)) {
    expect(cause).toMatch(/^[A-Z].*[.)]$/);
    expect(fix).toMatch(/^[A-Z].*\.$/);
  }
});
