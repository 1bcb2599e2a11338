// What past rollouts left, told again: history, logs and evidence, on the machine that deployed and on another.
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Site } from './site.js';

let site: Site;
let elsewhere: string;
let badId: string;
let images: readonly string[];
// rollout-1 ships 2; rollout-2 is halted.
beforeAll(async () => {
  site = await Site.create({ desired: 1 });
  elsewhere = mkdtempSync(join(site.directory, 'elsewhere-'));
  const second = await site.registerRelease('2');
  const third = await site.registerRelease('3', { fault: 'neverStarts' });
  images = [[...site.lab.state.ec2.images.keys()].find((id) => id !== second && id !== third)!, second, third];
  await site.deploy('2', ['--no-probe']);
  const { document } = await site.deploy('3', ['--no-probe', '--start-timeout', '30s']);
  badId = document.quarantined[0]!.instanceId;
}, 60_000);
afterAll(async () => {
  rmSync(elsewhere, { recursive: true });
  await site.close();
});

async function run(argv: readonly string[], isElsewhere = false) {
  const { exitCode, stdout, stderr } = await site.directrix(
    argv,
    isElsewhere ? { env: { XDG_STATE_HOME: elsewhere } } : {},
  );
  const named = images.reduce((text, id, index) => text.replaceAll(id, `ami-${index + 1}`), stdout);
  const masked = named.replaceAll(badId, 'i-BAD').replaceAll(site.directory, 'STATE');
  return { exitCode, stderr, stdout: masked.replace(/ +good/g, ' good').replace(/image +template/, 'image template') };
}

/** Without what depends on how long a rollout takes. */
function withoutTimes(text: string): string {
  return text
    .replace(/T\d\d:\d\d:\d\d\.\d{3}Z/g, 'TZ')
    .replace(/\d\d:\d\d(?= )/g, 'HH:MM')
    .replace(/\d+ h \d\d min|\d+ min \d\d s|\d+ s/g, 'TIME');
}

describe('history', () => {
  test('of the machine that deployed', async () => {
    const { exitCode, stderr, stdout } = await run(['history', '--group', 'web']);
    expect({ exitCode, stderr, stdout: withoutTimes(stdout) }).toEqual({
      exitCode: 0,
      stderr: '',
      stdout: `web: 2 rollouts

  time (UTC)        rollout    release  ended
  2018-11-11 HH:MM  rollout-2  2 -> 3   rolledBack START_TIMEOUT, TIME
  2018-11-11 HH:MM  rollout-1  1 -> 2   done, TIME

  releases on record
  version  image template
  2        ami-2  2 good
  1        ami-1  1 good
`,
    });
  });

  test('of another machine: what the parameters of the group know', async () => {
    const { stdout } = await run(['history', '--group', 'web'], true);
    expect(withoutTimes(stdout)).toContain('HH:MM  rollout-2  2 -> 3   rolledBack START_TIMEOUT, TIME');
  });

  test('at most so many', async () => {
    const { stdout } = await run(['history', '--group', 'web', '--limit', '1']);
    expect(stdout).toContain('web: 2 rollouts\n');
    expect(stdout).toContain('  and 1 older: --limit 2\n');
    expect(stdout).not.toContain('rollout-1');
  });

  test('of a group that was never changed', async () => {
    expect(await run(['history', '--group', 'other'], true)).toEqual({
      exitCode: 0,
      stderr: '',
      stdout: 'Directrix has not changed other yet.\n',
    });
  });
});

describe('logs', () => {
  test('tell what the deploy told, from its journal', async () => {
    const { exitCode, stdout } = await run(['logs', 'rollout-2']);
    expect(exitCode).toBe(0);
    const lines = stdout.split('\n');
    expect(withoutTimes(lines[0]!)).toBe('rollout rollout-2 of web, times since 2018-11-11TZ');
    expect(lines[1]).toBe('00:00  web: 2 (ami-2) -> 3 (ami-3)');
    expect(stdout).toMatch(/^\d\d:\d\d {2}START_TIMEOUT i-BAD is target/m);
    expect(stdout).toMatch(/^\d\d:\d\d {2}rolledBack: /m);
  });

  test('from the record on another machine', async () => {
    const { exitCode, stdout } = await run(['logs', 'rollout-2'], true);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^rollout rollout-2 of web began at \S+\n {2}2 \(ami-2\) -> 3 \(ami-3\), rolledBack\n/);
    expect(stdout).toContain('START_TIMEOUT');
    expect(stdout).toContain('This is of its record: its journal is on the machine that deployed.');
  });

  test('of a rollout that nobody knows', async () => {
    const { exitCode, stderr } = await run(['logs', 'rollout-9']);
    expect(exitCode).toBe(2);
    expect(stderr).toBe(`error ROLLOUT_NOT_FOUND: Neither a journal here nor a record tells of the rollout rollout-9.
  what to do: the last ones here are rollout-1, rollout-2
  source: argument rollout
`);
  });
});

describe('evidence', () => {
  test('of everything that was kept', async () => {
    const { exitCode, stderr, stdout } = await run(['evidence']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(withoutTimes(stdout)).toBe(`i-BAD START_TIMEOUT
  rollout   rollout-2 of web, ami-3
  target    unhealthy Target.ResponseCodeMismatch Health checks failed with these codes: [502]
  instance  running for TIME, t3.micro, kept until 2018-11-12TZ
  cost      not known (--hourly-price t3.micro=USD says it)
  kept      STATE/directrix/web/rollout-2/i-BAD.json
`);
  });

  test('with what it costs, where its price is said', async () => {
    const { stdout } = await run(['evidence', '--hourly-price', 't3.micro=0.0104']);
    expect(stdout).toMatch(/^ {2}cost {6}0\.0104 USD an hour, 0[.\d]* USD so far, 0\.2[.\d]* USD more until then$/m);
  });

  test.each([['rollout-2'], ['i-BAD']])('of %s: with the console', async (id) => {
    const { exitCode, stdout } = await run(['evidence', id === 'i-BAD' ? badId : id]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('i-BAD START_TIMEOUT\n');
    expect(stdout).toMatch(/\n {2}console\n {4}\| /);
  });

  test('elsewhere: what runs in quarantine', async () => {
    const { stdout } = await run(['evidence'], true);
    expect(stdout).toMatch(/^i-BAD START_TIMEOUT\n {2}rollout {3}rollout-2, ami-3\n {2}instance {2}running/);
    expect(stdout).toContain('  kept      on the machine that deployed\n');
  });

  test('of what is not there', async () => {
    const { exitCode, stderr } = await run(['evidence', 'i-0']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('error EVIDENCE_NOT_FOUND: Nothing was kept of i-0, neither here nor in quarantine.');
  });
});
