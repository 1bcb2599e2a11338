// What may be done from the page, over HTTP as the page does it, in the middle of a deploy.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { World } from 'directrix';
import { afterEach, describe, expect, test } from 'vitest';
import { createActions } from '../../packages/cli/src/commands/dashboard/actions.js';
import { createTestIo } from '../../packages/cli/src/io.fixture.js';
import { isProcessHere } from '../../packages/cli/src/process-identity.js';
import { Site } from './site.js';

let site: Site;
let stopping: AbortController;
let running: Promise<unknown>[] = [];
afterEach(async () => {
  stopping.abort('SIGTERM');
  await site.run(Promise.all(running));
  await site.close();
  running = [];
});

async function open(more: readonly string[] = ['--allow-actions']): Promise<URL> {
  site = await Site.create({ desired: 1 });
  await site.registerRelease('2');
  stopping = new AbortController();
  running.push(site.start(['dashboard', ...more], { machine: 'desk', signal: stopping.signal }));
  return new URL(await expect.poll(readAddress, { timeout: 20_000 }).toBeDefined().then(readAddress));
}

function readAddress(): string {
  const directory = join(site.directory, 'directrix-dashboard');
  const [name] = readdirSync(directory);
  return JSON.parse(readFileSync(join(directory, name!), 'utf8')).url;
}

function startDeploy(more: readonly string[] = [], signal?: AbortSignal) {
  const deploy = site.startDeploy('2', ['--no-probe', '--no-prove', ...more], { signal });
  running.push(deploy);
  return deploy;
}

interface Sent {
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

async function post(
  url: URL,
  path: string,
  { headers = {}, body = { rolloutId: 'rollout-2', phase: 'roll' } }: Sent = {},
) {
  const token = url.searchParams.get('token');
  const all = { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers };
  const answer = await site.run(
    fetch(new URL(path, url), { method: 'POST', headers: all, body: JSON.stringify(body) }),
  );
  const text = await answer.text();
  return { status: answer.status, text };
}

describe('a rollout that waits for an approval', () => {
  test('goes on when the page approves it, and not by a page that shows another rollout', async () => {
    const url = await open();
    const deploy = startDeploy(['--approve-before', 'roll']);
    await site.advance(60_000);
    const other = await post(url, '/actions/web/approve', { body: { rolloutId: 'rollout-0', phase: 'roll' } });
    expect(other).toMatchObject({
      status: 409,
      text: expect.stringContaining('NOTHING_TO_APPROVE: The rollout rollout-0'),
    });
    expect(await post(url, '/actions/web/approve')).toMatchObject({
      status: 200,
      text: expect.stringContaining('APPROVED: roll of web may begin'),
    });
    expect(await post(url, '/actions/web/reject')).toMatchObject({
      status: 409,
      text: expect.stringMatching(/APPROVAL_ANSWERED|NOTHING_TO_APPROVE/),
    });
    expect(await site.run(deploy)).toMatchObject({ exitCode: 0, document: { outcome: 'done' } });
  });

  test('goes back when the page rejects it', async () => {
    const url = await open();
    const deploy = startDeploy(['--approve-before', 'finish']);
    await site.advance(300_000);
    const { status } = await post(url, '/actions/web/reject', { body: { rolloutId: 'rollout-2', phase: 'finish' } });
    expect(status).toBe(200);
    expect(await site.run(deploy)).toMatchObject({ exitCode: 1, document: { outcome: 'rolledBack' } });
  });
});

describe('an abort', () => {
  test('does not stop a deployer of another machine: it says who that is; when it is gone, the group goes back', async () => {
    const url = await open();
    const stop = new AbortController();
    const deploy = startDeploy(['--approve-before', 'finish'], stop.signal);
    await site.advance(300_000);
    expect(await site.serving()).toEqual(['2']);
    const said = { body: { rolloutId: 'rollout-2' } };
    expect(await post(url, '/actions/web/abort', said)).toMatchObject({
      status: 409,
      text: expect.stringContaining('GROUP_BUSY: user@laptop (pid 2) is changing web: deploy.'),
    });
    stop.abort('SIGINT');
    expect(await site.run(deploy)).toMatchObject({ exitCode: 130 });
    expect(await post(url, '/actions/web/abort', said)).toMatchObject({
      status: 200,
      text: expect.stringContaining('web goes back to 1.'),
    });
    await expect
      .poll(
        async () => {
          await site.advance(10_000);
          return site.serving();
        },
        { timeout: 30_000 },
      )
      .toEqual(['1']);
  });

  test('stops a deployer of this machine first, and goes back when it has let go', async () => {
    await open([]);
    const stop = new AbortController();
    const deploy = startDeploy(['--approve-before', 'finish'], stop.signal);
    await site.advance(300_000);
    const asked: string[] = [];
    const world = {
      clients: site.createClients(),
      clock: site.clock,
      holder: { id: 'desk', name: 'user@desk', pid: 9 },
      isProcessGone: () => false,
      fetch: (url: string, init: RequestInit) => site.dataPlane.fetch(url, init),
    } as unknown as World;
    const io = createTestIo({ env: { XDG_STATE_HOME: site.directory } });
    const actions = createActions(io, world, { say: () => undefined }, ({ name }) => {
      asked.push(name);
      stop.abort('SIGINT');
      return true;
    });
    const outcome = await site.run(actions.act({ groupName: 'web', rolloutId: 'rollout-2', action: 'abort' }));
    expect(outcome).toEqual({
      isDone: true,
      text: 'The deployer user@laptop stops, and then web goes back to 1.',
    });
    expect(asked).toEqual(['user@laptop']);
    expect(await site.run(deploy)).toMatchObject({ exitCode: 130 });
    await site.run(actions.settle());
    expect(await site.serving()).toEqual(['1']);
    world.clients.destroy();
  });
});

test('a signal goes to a process that is known to be the holder, and to no other one', () => {
  const source = {
    pid: 1,
    readFile: (path: string) =>
      path.endsWith('boot_id') ? 'boot\n' : `${path.split('/')[2]} (a b) ${Array(19).fill('x').join(' ')} 77 0`,
    readLink: (path: string) => (path === '/proc/self' ? '1' : 'pid:[4]'),
    signal: () => undefined,
  };
  const holder = { bootId: 'boot', namespace: 'pid:[4]', startTicks: '77' };
  expect(isProcessHere({ pid: 5, process: holder }, source)).toBe(true);
  for (const other of [{ bootId: 'b2' }, { namespace: 'pid:[5]' }, { startTicks: '78' }])
    expect(isProcessHere({ pid: 5, process: { ...holder, ...other } }, source)).toBe(false);
  expect(isProcessHere({ pid: 5 }, source)).toBe(false);
});

describe('whoever is not the page', () => {
  test('changes nothing', async () => {
    const url = await open();
    const deploy = startDeploy(['--approve-before', 'roll']);
    await site.advance(60_000);
    const path = '/actions/web/approve';
    for (const [headers, status] of [
      [{ authorization: '' }, 401],
      [{ authorization: 'Bearer other' }, 401],
      [{ origin: 'http://evil.example' }, 403],
      [{ origin: `http://127.0.0.1:${Number(url.port) + 1}` }, 403],
      [{ 'sec-fetch-site': 'cross-site' }, 403],
      [{ 'content-type': 'text/plain' }, 415],
    ] as const)
      expect((await post(url, path, { headers })).status).toBe(status);
    // The token in the address alone is what a link or a form of another page could have.
    const form = fetch(new URL(`${path}${url.search}`, url), { method: 'POST', body: new URLSearchParams({ a: '1' }) });
    expect((await form).status).toBe(401);
    for (const body of [null, {}, { rolloutId: 7 }, { rolloutId: 'x'.repeat(200) }, []])
      expect((await post(url, path, { body })).status).toBe(400);
    expect((await post(url, path, { body: { rolloutId: 'x'.repeat(20_000) } })).status).toBe(413);
    expect((await post(url, '/actions/web/terminate')).status).toBe(400);
    expect((await post(url, '/elsewhere')).status).toBe(405);
    stopping.abort('SIGTERM');
    expect(await site.directrix(['reject', '--group', 'web'])).toMatchObject({ exitCode: 0 });
    await site.run(deploy);
  });

  test('and nobody at all without --allow-actions', async () => {
    const url = await open([]);
    expect(await post(url, '/actions/web/approve')).toMatchObject({ status: 405 });
    const page = await fetch(new URL(`/events${url.search}`, url));
    const reader = page.body!.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader.read()).value).toContain('"name":"actions","value":{"isAllowed":false}');
    await reader.cancel();
  });
});

test('the way of a group through the network is read when the page asks', async () => {
  const url = await open();
  const ask = async (query: string) => {
    const answer = await site.run(fetch(new URL(`/reach/web${url.search}${query}`, url)));
    return (await answer.json()) as Record<string, unknown>;
  };
  expect(await ask('')).toMatchObject({
    groupName: 'web',
    path: 'web to ssm.us-west-2.amazonaws.com:443',
    verdict: 'unreachable',
    ways: [{ from: expect.stringContaining('a new instance of web in subnet-'), verdict: 'unreachable' }],
    faults: [{ code: expect.any(String), fixes: expect.any(Array) }],
  });
  expect(await ask('&to=nonsense')).toEqual({ trouble: expect.stringContaining('USAGE: nonsense is not a service') });
  expect(JSON.stringify(await ask('&to=i-0123456789abcdef0:80'))).toContain('trouble');
});
