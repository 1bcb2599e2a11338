import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Hook, HookAction, HookResult } from '@directrix/rollout';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type HookPorts, runHook } from './run-hook.js';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'directrix-hook-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

const facts = {
  id: 'r:before:roll:h',
  command: 'deploy',
  groupName: 'web',
  rolloutId: 'r',
  from: { version: '1', imageId: 'ami-1' },
  to: { version: '2', imageId: 'ami-2' },
};
const never = new AbortController().signal;

function run(
  action: HookAction,
  more: Partial<HookPorts> = {},
  deadlineMs = 20_000,
  signal = never,
): Promise<HookResult> {
  const hook: Hook = { when: 'before', phase: 'roll', name: 'h', deadlineMs, action };
  return runHook(
    hook,
    facts,
    {
      env: { PATH: process.env.PATH },
      cwd: directory,
      outputFile: join(directory, 'out', 'hook.log'),
      post: async () => ({ status: 200 }),
      now: () => 1_541_919_840_000,
      sleep: async (ms, stop) => {
        await sleep(ms, undefined, { signal: stop });
      },
      ...more,
    },
    signal,
  );
}

describe('a command', () => {
  const command = (text: string): HookAction => ({ kind: 'command', command: text });
  test.each<[string, HookResult]>([
    ['exit 0', { kind: 'exit', code: 0 }],
    ['exit 3', { kind: 'exit', code: 3 }],
    ['kill -9 $$', { kind: 'signal', signal: 'SIGKILL' }],
    ['./none', { kind: 'exit', code: 127 }],
  ])('%s', async (text, result) => {
    expect(await run(command(text))).toEqual(result);
  });

  test('is told what it is about, and what it prints is kept for its owner', async () => {
    await run(
      command(
        'echo "$DIRECTRIX_WHEN $DIRECTRIX_PHASE $DIRECTRIX_GROUP $DIRECTRIX_FROM_VERSION $DIRECTRIX_VERSION $DIRECTRIX_IMAGE"; pwd >&2',
      ),
    );
    const file = join(directory, 'out', 'hook.log');
    expect(readFileSync(file, 'utf8')).toBe(`before roll web 1 2 ami-2\n${directory}\n`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('that is not over at its deadline is ended with all that it started', async () => {
    const result = await run(command('sleep 60 & echo $! > child; wait'), {
      // The deadline comes once it has started its child.
      sleep: async () => {
        await expect.poll(() => readFileSync(join(directory, 'child'), 'utf8')).toMatch(/\d+\n/);
      },
    });
    expect(result).toEqual({ kind: 'timedOut', afterMs: 20_000 });
    const child = Number(readFileSync(join(directory, 'child'), 'utf8'));
    await expect.poll(() => isRunning(child)).toBe(false);
  });

  test('ends with the rollout', async () => {
    const stop = new AbortController();
    const running = run(command('echo $$ > self; sleep 60'), {}, 60_000, stop.signal);
    await expect.poll(() => readFileSync(join(directory, 'self'), 'utf8')).toMatch(/\d+\n/);
    stop.abort('SIGINT');
    expect(await running).toEqual({ kind: 'signal', signal: 'SIGTERM' });
  });

  test('that cannot be begun says why', async () => {
    expect(await run(command('true'), { cwd: join(directory, 'gone') })).toEqual({ kind: 'notRun', code: 'ENOENT' });
  });
});

describe('a webhook', () => {
  test('is signed with the secret that a variable holds', async () => {
    const seen: { url: string; headers: Readonly<Record<string, string>>; body: string }[] = [];
    const result = await run(
      { kind: 'webhook', urlFrom: 'HOOK_URL', secretFrom: 'HOOK_SECRET' },
      {
        env: { HOOK_URL: 'https://ci.example/hook', HOOK_SECRET: 'hunter2' },
        post: async (url, { headers, body }) => {
          seen.push({ url, headers, body });
          return { status: 204 };
        },
      },
    );
    expect(result).toEqual({ kind: 'status', status: 204 });
    const [{ url, headers, body }] = seen as [(typeof seen)[0]];
    expect(url).toBe('https://ci.example/hook');
    expect(JSON.parse(body)).toEqual({
      schema: 'directrix.hook/1',
      when: 'before',
      phase: 'roll',
      name: 'h',
      ...facts,
    });
    const expected = createHmac('sha256', 'hunter2').update(`1541919840.${body}`).digest('hex');
    expect(headers['x-directrix-signature']).toBe(`t=1541919840,v1=${expected}`);
    expect(JSON.stringify([headers, body])).not.toContain('hunter2');
  });

  test.each<[string, HookAction, Partial<HookPorts>, HookResult]>([
    ['without its address', { kind: 'webhook', urlFrom: 'NONE' }, {}, { kind: 'notRun', code: 'HOOK_URL_MISSING' }],
    [
      'without its secret',
      { kind: 'webhook', url: 'https://a', secretFrom: 'NONE' },
      {},
      { kind: 'notRun', code: 'HOOK_SECRET_MISSING' },
    ],
    [
      'that answers 500',
      { kind: 'webhook', url: 'https://a' },
      { post: async () => ({ status: 500 }) },
      { kind: 'status', status: 500 },
    ],
    [
      'that nobody answers',
      { kind: 'webhook', url: 'https://a' },
      { post: () => Promise.reject(Object.assign(new Error('to https://a'), { code: 'ECONNREFUSED' })) },
      { kind: 'notRun', code: 'ECONNREFUSED' },
    ],
    [
      'that hangs',
      { kind: 'webhook', url: 'https://a' },
      {
        post: (_, { signal }) =>
          new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
        sleep: async () => undefined,
      },
      { kind: 'timedOut', afterMs: 20_000 },
    ],
  ])('%s', async (_name, action, ports, result) => {
    expect(await run(action, ports)).toEqual(result);
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // One that is dead and not yet collected is found all the same.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
