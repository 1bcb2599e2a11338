// docs/secrets.md explains every code of the secrets library and of `directrix secrets`.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const page = readFileSync(join(root, 'docs/secrets.md'), 'utf8');

function sourceOf(directory: string): string {
  return readdirSync(join(root, directory), { encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/\.(test|fixture)\.ts$/.test(file))
    .map((file) => readFileSync(join(root, directory, file), 'utf8'))
    .join('\n');
}

const patterns = [
  /refuse\(\s*'\w+',\s*'([A-Z_]+)'/g,
  /code: '([A-Z]+_[A-Z_]+)'/g,
  /new DirectrixError\(\s*'([A-Z]+_[A-Z_]+)'/g,
  /`secrets: ([A-Z]+_[A-Z_]+)/g,
];

test('every code of the library and of the commands is explained', () => {
  const source = ['packages/secrets/src', 'packages/cli/src/commands/secrets'].map(sourceOf).join('\n');
  const codes = new Set(patterns.flatMap((pattern) => [...source.matchAll(pattern)].map(([, code]) => code!)));
  expect(codes.size).toBeGreaterThan(35);
  expect([...codes].filter((code) => !page.includes(`\`${code}\``))).toEqual([]);
});
