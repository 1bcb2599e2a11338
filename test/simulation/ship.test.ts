// From a commit to the machines with one command: the real git, a packer that says what it made, the rollout in the lab.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Site } from './site.js';

let site: Site;
let root: string;
let tools: string;

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

function packer(line: string, code: number): void {
  const file = join(tools, 'packer');
  writeFileSync(
    file,
    `#!/bin/sh\ncase "$1$2" in\n-machine-readableversion) echo 1,,version,1.6.6;;\nbuild*) echo '1,${line}'; exit ${code};;\nesac\n`,
  );
  chmodSync(file, 0o755);
}

const ship = () =>
  site.directrix(
    [
      'ship',
      'minor',
      '--group',
      'web',
      '--template',
      'template.json',
      '--packer',
      join(tools, 'packer'),
      '--',
      '--bake',
      '20s',
    ],
    { cwd: root, env },
  );

beforeAll(async () => {
  site = await Site.create({ desired: 2 });
  tools = mkdtempSync(join(tmpdir(), 'directrix-tools-'));
  root = mkdtempSync(join(tmpdir(), 'directrix-ship-'));
  git('init', '--quiet', '--initial-branch', 'main');
  writeFileSync(join(root, 'package.json'), '{ "version": "0.148.0" }\n');
  writeFileSync(join(root, 'template.json'), '{ "builders": [{ "type": "amazon-ebs" }] }\n');
  git('add', '.');
  git('commit', '--quiet', '-m', 'feat: secrets in Parameter Store');
}, 60_000);

afterAll(async () => {
  await site.close();
  for (const directory of [root, tools]) rmSync(directory, { recursive: true, force: true });
});

test('it stops at the step that fails, and goes on there: nothing is released or baked twice', async () => {
  packer('web,error,no builder today', 1);
  const first = await ship();
  expect([first.exitCode, first.stderr]).toEqual([
    1,
    expect.stringContaining('ship: stopped at bake; run it again to go on\n'),
  ]);
  expect(git('tag', '--list')).toBe('v0.149.0');
  const released = git('rev-parse', 'HEAD');

  // The simulated machine of the image says the version that it was made for.
  const imageId = await site.registerRelease('0.149.0', {}, { Version: 'not yet' });
  packer(`web,artifact,0,id,us-west-2:${imageId}`, 0);
  const second = await ship();
  expect([second.exitCode, second.stderr]).toEqual([0, expect.stringContaining('ship: release: HEAD is 0.149.0\n')]);
  expect(git('rev-parse', 'HEAD')).toBe(released);
  expect(await site.serving()).toEqual(['0.149.0', '0.149.0']);
  expect(site.lab.state.ec2.tags.get(imageId)).toContainEqual({ Key: 'directrix:commit', Value: released });

  const status = await site.directrix(['status', '--group', 'web']);
  expect(status.stdout).toContain(`  0.149.0 is of commit ${released.slice(0, 12)}\n`);

  packer('web,error,it was baked again', 1);
  const third = await ship();
  expect(third.stderr).toContain(`ship: bake: ${imageId} is 0.149.0\n`);
  expect([third.exitCode, await site.serving()]).toEqual([0, ['0.149.0', '0.149.0']]);
}, 60_000);
