// docs/errors.md is the catalogue of a rollout's codes (`lab` and `secrets` have their own pages): nothing is printed that it does not explain, and it explains nothing that is not printed.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findingCodes } from '@directrix/preflight';
import { CODES } from '@directrix/reachability';
import { expect, test } from 'vitest';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const catalogue = readFileSync(join(root, 'docs/errors.md'), 'utf8');
const documented = new Set([...catalogue.matchAll(/^\| `([A-Z][A-Z_]+)`/gm)].map(([, code]) => code!));

function sourceOf(directory: string): string {
  return readdirSync(join(root, directory, 'src'), { recursive: true, encoding: 'utf8' })
    .filter(
      (file) => file.endsWith('.ts') && !/\.(test|fixture)\.ts$|(^|\/)testing\/|commands\/(lab|secrets)\//.test(file),
    )
    .map((file) => readFileSync(join(root, directory, 'src', file), 'utf8'))
    .join('\n');
}

const sources = ['rollout', 'aws', 'cli', 'preflight', 'reachability']
  .map((name) => sourceOf(`packages/${name}`))
  .join('\n');

/** Every way in which a code gets to a reader. */
const patterns: readonly RegExp[] = [
  /new DirectrixError\(\s*'([A-Z_]+)'/g,
  /needs = `([A-Z_]+):/g,
  /kind: 'notice',[^}]*?code: '([A-Z_]+)'/g,
  /const code = '([A-Z_]+)'/g,
];

function listOfType(name: string): string[] {
  const [, body = ''] = sources.match(new RegExp(`export type ${name} =([^;]+);`)) ?? [];
  return [...body.matchAll(/'([A-Z_]+)'/g)].map(([, code]) => code!);
}

const printed = new Set([
  ...patterns.flatMap((pattern) => [...sources.matchAll(pattern)].map(([, code]) => code!)),
  ...Object.keys(findingCodes),
  ...Object.keys(CODES),
  ...listOfType('EvidenceCode'),
  ...listOfType('RefusalCode'),
]);

/** Nothing is wrong: told as an outcome. */
const outcomes = ['ALREADY_THIS_RELEASE'];

test('the codes are found in the sources', () => {
  expect(printed.size).toBeGreaterThan(40);
  for (const code of ['GROUP_NOT_FOUND', 'START_TIMEOUT', 'NO_TARGET_GROUP', 'RESUMED', 'ROLLBACK_DEADLINE'])
    expect(printed).toContain(code);
});

test('every code that is printed is explained', () => {
  const missing = [...printed].filter((code) => !documented.has(code) && !outcomes.includes(code));
  expect(missing).toEqual([]);
});

test('every code that is explained is printed', () => {
  expect([...documented].filter((code) => !sources.includes(code))).toEqual([]);
});
