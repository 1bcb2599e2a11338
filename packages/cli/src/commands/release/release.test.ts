// `directrix release` as a user calls it, with the real git. What git itself does at each failure is tested in packages/images.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestIo } from '../../io.fixture.js';
import { runProgram } from '../../program.js';

let root: string;
const env = {
  PATH: process.env.PATH ?? '',
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Ann',
  GIT_AUTHOR_EMAIL: 'ann@example.org',
  GIT_COMMITTER_NAME: 'Ann',
  GIT_COMMITTER_EMAIL: 'ann@example.org',
};

const git = (...words: string[]) => execFileSync('git', words, { cwd: root, env, encoding: 'utf8' }).trim();

async function run(argv: readonly string[], cwd = root) {
  const io = createTestIo({ env, cwd });
  return { code: await runProgram(['release', ...argv], io), ...io.written };
}

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'directrix-release-'));
  git('init', '--quiet', '--initial-branch', 'main');
  writeFileSync(join(root, 'pyproject.toml'), '[project]\nname = "hyperbola"\nversion = "0.149.1"\n');
  mkdirSync(join(root, 'hyperbola'));
  writeFileSync(join(root, 'hyperbola', '__init__.py'), '__version__ = "0.149.1"\n');
  git('add', '.');
  git('commit', '--quiet', '-m', 'Move secrets to Parameter Store');
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

test('a dry run says what would be and changes nothing', async () => {
  const { code, stdout } = await run(['--dry-run']);
  expect(code).toBe(0);
  expect(stdout).toContain('- Move secrets to Parameter Store (');
  expect(stdout).toContain(
    '0.149.2 (from 0.149.1) would change 2 files: pyproject.toml, CHANGELOG.md; and make the tag v0.149.2.',
  );
  expect(git('status', '--porcelain')).toBe('');
});

test('a check that fails refuses with what it printed', async () => {
  const { code, stderr } = await run(['patch', '--check', 'echo two tests failed; exit 3']);
  expect(code).toBe(2);
  expect(stderr).toContain('  | two tests failed\n');
  expect(stderr).toContain('error RELEASE_CHECK_FAILED: The check "echo two tests failed; exit 3" ended with 3.');
});

test('a check that leaves files behind refuses too: they would not be in the release', async () => {
  const { code, stderr } = await run(['patch', '--check', 'echo x > coverage.xml']);
  expect([code, stderr]).toEqual([
    2,
    expect.stringContaining('TREE_NOT_CLEAN: 1 file differs from HEAD: coverage.xml.'),
  ]);
  rmSync(join(root, 'coverage.xml'));
});

test('from a directory below, with a file of its own, it releases the project and says how to push', async () => {
  const below = join(root, 'hyperbola');
  const { code, stdout, stderr } = await run(['patch', '--version-file', '__init__.py', '--check', 'true'], below);
  expect([code, stderr]).toEqual([0, 'check: true\n']);
  expect(stdout.trim().split('\n').slice(-2)).toEqual([
    `Released 0.149.2 (from 0.149.1): commit ${git('rev-parse', 'HEAD').slice(0, 12)} on main, tag v0.149.2.`,
    'Nothing was pushed: git push --atomic origin main v0.149.2',
  ]);
  expect(git('show', '--name-only', '--format=', 'HEAD').split('\n').sort()).toEqual([
    'CHANGELOG.md',
    'hyperbola/__init__.py',
    'pyproject.toml',
  ]);
});

test('outside of a repository, or twice without a commit between, it refuses', async () => {
  expect((await run(['patch'], tmpdir())).stderr).toContain('NOT_A_REPOSITORY');
  const { code, stdout } = await run(['patch', '--json']);
  expect([code, JSON.parse(stdout).error.code]).toEqual([2, 'NOTHING_TO_RELEASE']);
});
