import { describe, expect, test } from 'vitest';
import { insertSection, readChange, writeSection } from './commits.js';
import { planRelease, type RepositoryState } from './plan-release.js';
import { readVersion, writeVersion } from './version-file.js';

const commit = (message: string, hash = '0123456789abcdef') => ({ hash, message });
const packageJson = (version: string) => ({
  path: 'package.json',
  text: `{\n  "name": "web",\n  "version": "${version}"\n}\n`,
});

const state = (more: Partial<RepositoryState> = {}): RepositoryState => ({
  versionFiles: [packageJson('0.149.1')],
  changelog: { path: 'CHANGELOG.md', text: undefined },
  tags: ['v0.149.1'],
  allTags: ['v0.149.1'],
  commits: [commit('Move secrets to Parameter Store')],
  ...more,
});
const plan = (more: Partial<RepositoryState> = {}, version?: string) =>
  planRelease(state(more), { version, date: '2018-11-11' });

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'none';
}

describe('a commit is a line of the changelog', () => {
  test.each([
    ['feat(secrets): read them from Parameter Store', { kind: 'feature', scope: 'secrets' }],
    ['fix: do not answer 502', { kind: 'fix', text: 'do not answer 502' }],
    ['feat!: drop .env files', { kind: 'breaking', text: 'drop .env files' }],
    ['fix: x\n\nBREAKING CHANGE: the file is gone', { kind: 'breaking' }],
    ['chore: bump', { kind: 'internal' }],
    ['Move secrets to Parameter Store', { kind: 'plain', text: 'Move secrets to Parameter Store' }],
    ['WIP: not a kind of change', { kind: 'plain', text: 'WIP: not a kind of change' }],
    ['feat: ', { kind: 'plain' }],
    ['', { kind: 'plain', text: '(no message)' }],
  ])('%j', (message, change) => {
    expect(readChange(commit(message))).toMatchObject(change);
  });

  test('under the heading of its kind; what only developers see is left out', () => {
    const changes = ['fix(web): b', 'a plain subject', 'docs: c', 'feat: d'].map((message) =>
      readChange(commit(message)),
    );
    expect(writeSection('0.2.0', '2018-11-11', changes)).toBe(
      [
        '## 0.2.0 (2018-11-11)\n',
        '### Features\n\n- d (0123456)\n',
        '### Fixes\n\n- **web:** b (0123456)\n',
        '### Changes\n\n- a plain subject (0123456)\n',
      ].join('\n'),
    );
    expect(writeSection('1.0.0', 'd', [readChange(commit('docs: c'))])).toContain('No changes that a user sees.');
  });

  test.each([
    [undefined, '# Changelog\n\nNEW\n'],
    ['# Changes\n\nSince 2015.\n\n## 0.1.0\n\n- a\n', '# Changes\n\nSince 2015.\n\nNEW\n\n## 0.1.0\n\n- a\n'],
    ['Nothing yet.\n', 'Nothing yet.\n\nNEW\n'],
  ])('in front of the newest section of %j', (before, after) => {
    expect(insertSection(before, 'NEW\n')).toBe(after);
  });
});

describe('the next version', () => {
  test.each<[string, string | undefined, string, string]>([
    ['patch', 'patch', '0.149.1', '0.149.2'],
    ['minor', 'minor', '0.149.1', '0.150.0'],
    ['a version', '0.149.7', '0.149.1', '0.149.7'],
    ['a prerelease', '1.0.0-rc.1', '0.149.1', '1.0.0-rc.1'],
    ['after a prerelease', 'patch', '1.0.0-rc.1', '1.0.0'],
    ['none asked for: a plain commit', undefined, '0.149.1', '0.149.2'],
  ])('%s', (_, asked, present, next) => {
    expect(plan({ versionFiles: [packageJson(present)] }, asked).version).toBe(next);
  });

  test.each([
    ['feat: x', '1.2.3', '1.3.0'],
    ['feat!: x', '1.2.3', '2.0.0'],
    ['feat!: x', '0.2.3', '0.3.0'],
    ['docs: x', '1.2.3', '1.2.4'],
  ])('of %j after %s is %s', (message, present, next) => {
    const versionFiles = [packageJson(present)];
    expect(plan({ versionFiles, commits: [commit(message)] }).version).toBe(next);
  });

  test('is told by the last tag where no file says one, and the tag keeps its form', () => {
    const tags = ['0.9.0', '0.10.0', 'nightly', '0.149.1'];
    expect(plan({ versionFiles: [], tags, allTags: tags })).toMatchObject({ previous: '0.149.1', tag: '0.149.2' });
    expect(plan({ versionFiles: [], tags: [], allTags: [] })).toMatchObject({ previous: undefined, tag: 'v0.0.1' });
  });

  test.each<[string, Partial<RepositoryState>, string | undefined]>([
    ['NOTHING_TO_RELEASE', { commits: [] }, undefined],
    ['TAG_EXISTS', { allTags: ['v0.149.1', '0.149.2'] }, 'patch'],
    ['VERSION_NOT_HIGHER', {}, '0.149.1'],
    ['VERSION_INVALID', {}, 'next'],
    ['VERSION_INVALID', { versionFiles: [packageJson('one')] }, 'patch'],
    [
      'VERSION_FILES_DIFFER',
      { versionFiles: [packageJson('1.0.0'), { path: 'pyproject.toml', text: '[project]\nversion = "1.0.1"\n' }] },
      'patch',
    ],
    ['VERSION_FILE_INVALID', { versionFiles: [{ path: 'package.json', text: '{' }] }, 'patch'],
    ['VERSION_FILE_WITHOUT', { versionFiles: [packageJson('0.149.1'), { path: 'VERSION', text: '1\n' }] }, 'patch'],
  ])('%s', (code, more, version) => {
    expect(refusal(() => plan(more, version))).toBe(code);
  });
});

describe('a version file keeps everything else', () => {
  test.each<[string, string, string, string]>([
    [
      'package.json, whose dependencies have the same version',
      'web/package.json',
      '{\n\t"config": { "version": "1.0.0" },\n\t"version" : "1.0.0",\n\t"dependencies": { "a": "1.0.0" }\n}',
      '{\n\t"config": { "version": "1.0.0" },\n\t"version" : "1.0.1",\n\t"dependencies": { "a": "1.0.0" }\n}',
    ],
    [
      'package-lock.json',
      'package-lock.json',
      '{\n  "version": "1.0.0",\n  "packages": {\n    "": {\n      "version": "1.0.0"\n    },\n    "node_modules/a": {\n      "version": "1.0.0"\n    }\n  }\n}\n',
      '{\n  "version": "1.0.1",\n  "packages": {\n    "": {\n      "version": "1.0.1"\n    },\n    "node_modules/a": {\n      "version": "1.0.0"\n    }\n  }\n}\n',
    ],
    [
      'pyproject.toml of a project',
      'pyproject.toml',
      '[tool.x]\nversion = "9"\n[project] # the site\nname = \'h\'\nversion = \'1.0.0\' # here\n[tool.poetry]\nversion = "8"\n',
      '[tool.x]\nversion = "9"\n[project] # the site\nname = \'h\'\nversion = \'1.0.1\' # here\n[tool.poetry]\nversion = "8"\n',
    ],
    [
      'pyproject.toml of Poetry',
      'pyproject.toml',
      '[tool.poetry]\nversion = "1.0.0"\n',
      '[tool.poetry]\nversion = "1.0.1"\n',
    ],
    ['a file of one line', 'VERSION', '1.0.0\n', '1.0.1\n'],
    [
      'a module that names it once as the version',
      'a/__init__.py',
      'needs = "1.0.0"\n__version__ = "1.0.0"\nold = "11.0.0 1.0.0.1 1.0.0-rc"\n',
      'needs = "1.0.0"\n__version__ = "1.0.1"\nold = "11.0.0 1.0.0.1 1.0.0-rc"\n',
    ],
  ])('%s', (_, path, before, after) => {
    expect(writeVersion({ path, text: before }, '1.0.0', '1.0.1')).toBe(after);
  });

  test('one that names it in two lines of which neither says version is refused', () => {
    expect(refusal(() => writeVersion({ path: 'x', text: '1.0.0\n1.0.0\n' }, '1.0.0', '1.0.1'))).toBe(
      'VERSION_FILE_AMBIGUOUS',
    );
  });

  test('one with a dynamic version says none', () => {
    expect(
      readVersion({ path: 'pyproject.toml', text: '[project]\ndynamic = ["version"]\n[x]\nversion = "1"\n' }),
    ).toBeUndefined();
    expect(
      plan({ versionFiles: [packageJson('0.149.1'), { path: 'pyproject.toml', text: '[project]\n' }] }).files,
    ).toHaveLength(2);
  });
});
