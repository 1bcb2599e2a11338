// R1 to R3 with the real git, in a directory of its own.
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createGit, type Git } from './git.js';
import { performRelease, undoUnfinished } from './perform-release.js';
import { planRelease, type ReleasePlan } from './plan-release.js';
import { readRepository, requireClean } from './read-repository.js';

let root: string;
let git: Git;
let before: string;
let plan: ReleasePlan;

const never = new AbortController().signal;
const env = {
  PATH: process.env.PATH,
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Ann',
  GIT_AUTHOR_EMAIL: 'ann@example.org',
  GIT_COMMITTER_NAME: 'Ann',
  GIT_COMMITTER_EMAIL: 'ann@example.org',
};

const run = (...words: string[]) => execFileSync('git', words, { cwd: root, env, encoding: 'utf8' }).trim();
const write = (path: string, text: string) => writeFileSync(join(root, path), text);
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** All that a person would notice. */
const picture = () => ({
  refs: run('for-each-ref', '--format=%(refname) %(objectname)'),
  status: run('status', '--porcelain=v2', '--branch', '--ignored'),
  package: read('package.json'),
  hasChangelog: existsSync(join(root, 'CHANGELOG.md')),
  notes: existsSync(join(root, '.git', 'directrix-release.json')),
});

function hook(name: string, script: string): void {
  const file = join(root, '.git', 'hooks', name);
  mkdirSync(join(root, '.git', 'hooks'), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

let template: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'directrix-release-'));
  template = root;
  run('init', '--quiet', '--initial-branch', 'main');
  write('package.json', '{\n  "name": "web",\n  "version": "0.149.1"\n}\n');
  run('add', '.');
  run('commit', '--quiet', '-m', 'Begin');
  run('tag', '-a', 'v0.149.1', '-m', 'first');
  run('commit', '--quiet', '--allow-empty', '-m', 'feat: read secrets from Parameter Store');
  before = run('rev-parse', 'HEAD');
});

afterAll(() => rmSync(template, { recursive: true, force: true }));

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'directrix-release-'));
  cpSync(template, root, { recursive: true, preserveTimestamps: true });
  git = createGit(root, env);
  plan ??= planRelease(await readRepository(git, { root, directory: root, versionFiles: [] }), {
    version: 'patch',
    date: '2018-11-11',
  });
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

const release = (more: { git?: Git; pushTo?: string; signal?: AbortSignal } = {}) =>
  performRelease({ git: more.git ?? git, root }, plan, { before, pushTo: more.pushTo, signal: more.signal ?? never });

test('one commit with the version and the changelog, and an annotated tag that says what is in it', async () => {
  const released = await release();
  expect(released).toMatchObject({
    version: '0.149.2',
    tag: 'v0.149.2',
    branch: 'main',
    commit: run('rev-parse', 'HEAD'),
  });
  expect(run('show', '--name-only', '--format=%s', 'HEAD').split('\n')).toEqual([
    'Release 0.149.2',
    '',
    'CHANGELOG.md',
    'package.json',
  ]);
  expect(JSON.parse(read('package.json')).version).toBe('0.149.2');
  expect(read('CHANGELOG.md')).toContain('- read secrets from Parameter Store');
  expect(run('cat-file', '-t', 'v0.149.2')).toBe('tag');
  // A heading begins with # and would be taken for a comment.
  expect(run('tag', '-l', '--format=%(contents)', 'v0.149.2')).toContain('### Features');
  expect(run('status', '--porcelain')).toBe('');
  expect(picture().notes).toBe(false);
});

describe('R1: undone as a whole when', () => {
  const fails: Readonly<Record<string, () => void>> = {
    'a file cannot be written': () => mkdirSync(join(root, 'CHANGELOG.md')),
    'the index is locked': () => write('.git/index.lock', ''),
    'a hook refuses the commit': () => hook('pre-commit', 'echo no >&2; exit 1'),
    'a hook changes a file and refuses the commit': () => hook('commit-msg', 'exit 1'),
    'the tag cannot be signed': () => run('config', 'tag.gpgSign', 'true'),
    'the commit cannot be signed': () => run('config', 'commit.gpgSign', 'true'),
  };

  test.each(Object.keys(fails))('%s', async (name) => {
    fails[name]?.();
    const was = picture();
    const error = await release().catch((cause: unknown) => cause);
    rmSync(join(root, '.git', 'index.lock'), { force: true });
    if (name === 'the index is locked') await undoUnfinished({ git, root });
    expect((error as { code: string }).code).toBe(
      name === 'the index is locked' ? 'RELEASE_NOT_UNDONE' : 'RELEASE_UNDONE',
    );
    expect(picture()).toEqual(was);
  });

  test('it is interrupted after any step', async () => {
    const was = picture();
    for (let steps = 0; ; steps++) {
      let looks = 0;
      const signal = {
        get aborted() {
          return looks++ >= steps;
        },
        reason: 'SIGINT',
      } as unknown as AbortSignal;
      const error = await release({ signal }).then(
        () => undefined,
        (cause: unknown) => cause,
      );
      if (error === undefined) break;
      expect([steps, (error as { code: string }).code, picture()]).toEqual([steps, 'RELEASE_UNDONE', was]);
    }
    expect(run('tag', '--list')).toContain('v0.149.2');
  });

  test('the push is refused', async () => {
    const remote = mkdtempSync(join(tmpdir(), 'directrix-remote-'));
    execFileSync('git', ['init', '--quiet', '--bare', remote]);
    run('remote', 'add', 'origin', remote);
    writeFileSync(join(remote, 'hooks', 'pre-receive'), '#!/bin/sh\necho protected >&2; exit 1\n', { mode: 0o755 });
    const was = picture();
    await expect(release({ pushTo: 'origin' })).rejects.toMatchObject({ code: 'RELEASE_UNDONE' });
    expect(picture()).toEqual(was);
    rmSync(join(remote, 'hooks', 'pre-receive'));
    await release({ pushTo: 'origin' });
    const there = execFileSync('git', ['for-each-ref', '--format=%(refname)'], { cwd: remote, encoding: 'utf8' });
    expect(there.trim().split('\n')).toEqual(['refs/heads/main', 'refs/tags/v0.149.2']);
    rmSync(remote, { recursive: true, force: true });
  });

  test('nobody knows whether the push arrived: then it stays, and says so', async () => {
    run('remote', 'add', 'origin', '/nonexistent/repository');
    await expect(release({ pushTo: 'origin' })).rejects.toMatchObject({ code: 'RELEASE_PUSH_UNKNOWN' });
    expect(run('tag', '--list')).toContain('v0.149.2');
  });
});

describe('R2: what a killed release has left is undone by the next one', () => {
  test('wherever it was killed', async () => {
    const was = picture();
    for (let calls = 1; ; calls++) {
      let made = 0;
      const dying: Git = {
        run: (...words) => (++made > calls ? new Promise(() => {}) : git.run(...words)),
        ask: () => new Promise(() => {}),
      };
      const end = await Promise.race([release({ git: dying }).then(() => 'done'), untilDead(() => made > calls)]);
      const left = await undoUnfinished({ git, root });
      if (end === 'done') break;
      expect([calls, left ?? [], picture()]).toEqual([calls, [], was]);
    }
    expect(run('tag', '--list')).toContain('v0.149.2');
  });

  test('a note that was cut off is forgotten', async () => {
    write('.git/directrix-release.json', '{"schema":1,');
    const was = picture();
    expect(await undoUnfinished({ git, root })).toEqual([]);
    expect(picture()).toEqual({ ...was, notes: false });
  });

  test('nothing is left, nothing is undone', async () => {
    expect(await undoUnfinished({ git, root })).toBeUndefined();
  });
});

/** The calls that follow a kill are never answered: what went before has come to rest a few turns later. */
async function untilDead(isDead: () => boolean): Promise<'killed'> {
  while (!isDead()) await new Promise((resolve) => setImmediate(resolve));
  return 'killed';
}

describe('R3: what others did meanwhile stays, and is named', () => {
  const dieAfter = async (command: string) => {
    let isDead = false;
    const dying: Git = {
      run: async (...words) => {
        if (isDead) return new Promise(() => {});
        const said = await git.run(...words);
        if (words[0] === command) isDead = true;
        return said;
      },
      ask: () => new Promise(() => {}),
    };
    await Promise.race([release({ git: dying }), untilDead(() => isDead)]);
  };

  test('a commit on top', async () => {
    await dieAfter('commit');
    run('commit', '--quiet', '--allow-empty', '-m', 'Go on');
    const head = run('rev-parse', 'HEAD');
    expect(await undoUnfinished({ git, root })).toEqual([{ what: 'branch', name: 'refs/heads/main' }]);
    expect(run('rev-parse', 'HEAD')).toBe(head);
  });

  test('a tag of somebody else', async () => {
    hook('post-commit', 'git tag v0.149.2 HEAD~1');
    const was = picture();
    await expect(release()).rejects.toMatchObject({ code: 'RELEASE_NOT_UNDONE' });
    expect(picture()).toEqual({ ...was, refs: `${was.refs}\nrefs/tags/v0.149.2 ${before}` });
  });

  test('a file that was edited', async () => {
    await dieAfter('add');
    write('package.json', '{ "mine": true }\n');
    expect(await undoUnfinished({ git, root })).toEqual([{ what: 'file', name: 'package.json' }]);
    expect(read('package.json')).toBe('{ "mine": true }\n');
    expect(existsSync(join(root, 'CHANGELOG.md'))).toBe(false);
  });
});

describe('refused before anything is changed', () => {
  test('a tree that is not clean, by name', async () => {
    write('new.txt', '');
    await expect(requireClean(git)).rejects.toMatchObject({
      code: 'TREE_NOT_CLEAN',
      message: '1 file differs from HEAD: new.txt.',
    });
  });

  test('a HEAD on no branch', async () => {
    run('checkout', '--quiet', '--detach');
    await expect(requireClean(git)).rejects.toMatchObject({ code: 'DETACHED_HEAD' });
  });
});
