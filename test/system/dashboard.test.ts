// The dashboard in Debian's Chromium: an incident from its start to the halt, with 200 instances and 500 events a second; what axe-core says
// of it; and what it weighs. Screenshots go to DIRECTRIX_SCREENSHOTS, where that is set.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { ActionOutcome, ActionRequest } from '@directrix/dashboard';
import {
  addSample,
  Board,
  type DashboardServer,
  foldRollout,
  type RolloutView,
  startDashboard,
  withLatencies,
} from '@directrix/dashboard';
import type { RolloutEvent } from '@directrix/rollout';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { renderHtml } from '../../packages/cli/src/commands/postmortem/html.js';
import { buildAssets } from '../../packages/dashboard/build.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
// As `directrix postmortem` writes it: each thing that it can have.
const examplePostmortem = [
  '# Postmortem',
  '## Times',
  '| what | when | seen by |\n|---|---|---|\n| it began | 2018-11-11 00:16:00 | requests |',
  '- `ENI_ACL_RESTRICTION`: denies 443\n\n  ```\n  aws ec2 create-network-acl-entry --network-acl-id acl-0a1 --egress --rule-number 89 --protocol 6 --port-range From=443,To=443\n  ```',
  '- [ ] mend it\n- [x] tell it',
].join('\n\n');
const directory = mkdtempSync(join(tmpdir(), 'directrix-dashboard-'));
const t0 = Date.now() - 120_000;
let browser: Browser;
let server: DashboardServer;
let board: Board;
let view: RolloutView | undefined;
let time = t0;
let asked: ActionRequest[] = [];
let outcome: ActionOutcome = { isDone: true, text: '' };

beforeAll(async () => {
  await buildAssets(directory);
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
});
afterAll(async () => {
  await browser?.close();
  rmSync(directory, { recursive: true, force: true });
});
beforeEach(async () => {
  board = new Board({
    after(ms, act) {
      const timer = setTimeout(act, ms);
      return () => clearTimeout(timer);
    },
  });
  [view, time] = [undefined, t0];
  const readPostmortem = async () => renderHtml(examplePostmortem, 'Postmortem');
  [asked, outcome] = [[], { isDone: true, text: 'web goes back to 0.149.1.' }];
  server = await startDashboard({
    port: 0,
    token: 'secret',
    board,
    readPostmortem,
    readReach: async (groupName, to) =>
      to === 'nonsense' ? { trouble: 'nonsense is no service' } : drawReach(groupName),
    act: async (request) => {
      asked.push(request);
      return outcome;
    },
    assetsDirectory: directory,
  });
  board.set('actions', { isAllowed: true });
  return async () => {
    board.close();
    await server.close();
  };
});

type Bare<Event> = Event extends unknown ? Omit<Event, 'at' | 'rolloutId'> : never;
const words = { tellEvidence: () => '3 instances did not become healthy', tellHolds: () => ['i-1 is not healthy yet'] };

function happen(event: Bare<RolloutEvent>): void {
  time += 100;
  view = foldRollout(view, { at: time, rolloutId: '20181111-001600-1f9c2a3b', ...event } as RolloutEvent, words);
  board.set('rollout/web', view);
  board.say({ at: time, groupName: 'web', text: `${event.kind} ${'instanceId' in event ? event.instanceId : ''}` });
}

const release = (version: string) => ({ version, imageId: 'ami-1' });
const instanceIds = Array.from({ length: 200 }, (_, index) => `i-${String(index).padStart(17, '0')}`);

function beginIncident(): void {
  const startedAt = new Date(t0).toISOString();
  const rollout = { rolloutId: 'r1', from: '0.149.1', to: '0.149.2', phase: 'roll', startedAt };
  const group = { name: 'web', inServiceCount: 200, desiredCapacity: 200, minSize: 100, maxSize: 300, rollout };
  board.set('groups', [group, { ...group, name: 'api', rollout: { ...rollout, outcome: 'done' } }]);
  board.set('history', [
    {
      groupName: 'web',
      rolloutId: 'r0',
      startedAt: t0,
      endedAt: t0 + 60_000,
      from: '0.149.0',
      to: '0.149.1',
      outcome: 'done',
      evidence: [],
    },
  ]);
  const days = Array.from({ length: 90 }, (_, index) => ({
    day: new Date(t0 - (89 - index) * 86_400_000).toISOString().slice(0, 10),
    goodCount: 8_640,
    badCount: index % 30 === 0 ? 20 : 0,
    medianMs: 80,
    p95Ms: 300,
  }));
  board.set('uptime', [
    { place: 'oregon', name: 'front page', days, incidents: [{ id: 'a', beganAt: t0, endedAt: t0 + 9_000 }] },
  ]);
  happen({ kind: 'started', groupName: 'web', from: release('0.149.1'), to: release('0.149.2'), epoch: 1 });
  happen({ kind: 'phase', phase: 'roll', because: {} as never });
  for (const instanceId of instanceIds)
    happen({ kind: 'instance', instanceId, what: 'launched', availabilityZone: 'us-west-2a' });
  for (let look = 1; look <= 60; look += 1) {
    const counts = (perLook: number, failures: number) => ({
      requests: perLook * look,
      failures,
      slow: Math.floor(look / 9),
    });
    const answered = { new: counts(12, Math.max(0, look - 30) * 4), old: counts(38, 0), unknown: counts(1, 0) };
    view = addSample(view!, t0 + look * 2_000, { answered, baseline: { requests: 900, failures: 1, slow: 3 } });
  }
  const latencies = Array.from({ length: 120 }, (_, second) => {
    const latency = (medianMs: number) => ({ medianMs, p95Ms: medianMs * 3 });
    return { at: t0 + second * 1_000, old: latency(40 + (second % 7)), new: latency(60 + second) };
  });
  view = withLatencies(view!, latencies);
  happen({ kind: 'waiting', heldBy: [] });
}

function awaitApproval(): void {
  const hold = { code: 'APPROVAL_AWAITED', phase: 'finish', waitedMs: 1_000, allowedMs: 60_000 } as const;
  happen({ kind: 'waiting', heldBy: [hold] });
}

function halt(): void {
  happen({ kind: 'evidence', evidence: { code: 'START_TIMEOUT' } as never });
  happen({ kind: 'phase', phase: 'halt', because: {} as never });
  happen({ kind: 'finished', ending: { outcome: 'rolledBack' } as never, elapsedMs: 1 });
}

function drawReach(groupName: string) {
  const hops = [
    {
      what: 'name',
      id: 'ssm.us-west-2.amazonaws.com',
      detail: 'resolves to the endpoint vpce-0a1 at 10.0.1.7',
      outcome: 'pass',
    },
    { what: 'security group out', id: 'sg-0a1', detail: 'allows 443 to 0.0.0.0/0', outcome: 'pass' },
    { what: 'network ACL out', id: 'acl-0a1', detail: 'rule 90 denies 443 to 10.0.1.0/24', outcome: 'stop' },
  ] as const;
  const to = 'ssm.us-west-2.amazonaws.com:443 at 10.0.1.7';
  const way = { from: `a new instance of ${groupName} in subnet-0a1 (us-west-2a)`, to, alike: [] };
  return {
    groupName,
    at: t0,
    path: `${groupName} to ssm.us-west-2.amazonaws.com:443`,
    verdict: 'partial',
    ways: [
      { ...way, hops, verdict: 'unreachable' },
      {
        ...way,
        from: way.from.replace('0a1', '0b2'),
        hops: hops.slice(0, 2),
        verdict: 'reachable',
        alike: ['subnet-0c3'],
      },
    ],
    faults: [
      {
        code: 'ENI_ACL_RESTRICTION',
        text: 'The network ACL acl-0a1 of subnet-0a1 denies 443 to 10.0.1.0/24.',
        fixes: ['allow TCP 443 out of acl-0a1 with a rule before 90'],
        commands: [
          'aws ec2 create-network-acl-entry --network-acl-id acl-0a1 --egress --rule-number 89 --protocol 6 --port-range From=443,To=443 --cidr-block 10.0.1.0/24 --rule-action allow',
        ],
      },
    ],
    unknowns: ['what acl-0a2 says'],
  } as const;
}

async function open(options: Parameters<Browser['newContext']>[0] = {}): Promise<{ page: Page; troubles: string[] }> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()));
  page.on('pageerror', (error) => troubles.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(`http://127.0.0.1:${server.port}/`) && !request.url().startsWith('data:'))
      troubles.push(`asked ${request.url()}`);
  });
  await page.goto(server.url);
  await page.waitForSelector('.connection.live');
  return { page, troubles };
}

async function findViolations(page: Page): Promise<string[]> {
  await page.evaluate(`${axe};0`);
  const { violations } = (await page.evaluate('axe.run()')) as {
    violations: { id: string; nodes: { html: string }[] }[];
  };
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}

async function shoot(page: Page, name: string): Promise<void> {
  const { DIRECTRIX_SCREENSHOTS: folder } = process.env;
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: name !== 'rollout' });
}

test('an incident is watched from its start to the halt, live', async () => {
  const { page, troubles } = await open({ viewport: { width: 1280, height: 1000 } });
  beginIncident();
  await page.waitForSelector('.lanes li:nth-child(200)', { state: 'attached' });
  expect(await page.textContent('main')).toContain('It waits for');
  await page.waitForSelector('canvas');
  await shoot(page, 'rollout');
  expect(await page.textContent('.head .badge')).toBe('phase roll');
  halt();
  await page.locator('.head .badge', { hasText: 'rolled back' }).waitFor();
  expect(await page.textContent('[aria-label="Evidence"]')).toContain(
    'START_TIMEOUT 3 instances did not become healthy',
  );
  await page.click('.head a');
  expect(await page.textContent('h1')).toBe('Postmortem');
  expect(troubles).toEqual([]);
});

test('somebody approves and aborts, by the keyboard alone; a letter that is typed is no command', async () => {
  const { page, troubles } = await open();
  beginIncident();
  awaitApproval();
  await page.locator('text=Approve finish').focus();
  await page.keyboard.press('Enter');
  await page.waitForSelector('dialog[open]');
  expect(await page.textContent('dialog')).toContain(
    'Let phase finish of web begin? Rollout 20181111-001600-1f9c2a3b.',
  );
  // Cancel has the focus: an Enter too many does nothing.
  await page.keyboard.press('Enter');
  await page.waitForSelector('dialog[open]', { state: 'detached' });
  expect(asked).toEqual([]);
  await page.locator('text=Approve finish').focus();
  await page.keyboard.press('Enter');
  await page.waitForSelector('dialog[open]');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  const rolloutId = '20181111-001600-1f9c2a3b';
  await expect.poll(() => asked).toEqual([{ groupName: 'web', action: 'approve', rolloutId, phase: 'finish' }]);
  happen({ kind: 'phase', phase: 'finish', because: {} as never });
  outcome = { isDone: false, text: 'GROUP_BUSY: user@desk is changing web: deploy.' };
  await page.click('text=Abort the rollout');
  await page.click('dialog >> text=Abort >> nth=-1');
  await page.locator('.trouble', { hasText: 'GROUP_BUSY' }).waitFor();
  expect(asked[1]).toEqual({ groupName: 'web', action: 'abort', rolloutId });
  expect(await findViolations(page)).toEqual([]);
  await page.keyboard.press('4');
  await page.waitForSelector('.way');
  await page.fill('#destination', '');
  await page.type('#destination', 'nonsense');
  await page.type('#destination', '1');
  expect(await page.inputValue('#destination')).toBe('nonsense1');
  await page.keyboard.press('Backspace');
  await page.keyboard.press('Enter');
  await page.locator('.trouble', { hasText: 'nonsense is no service' }).waitFor();
  expect(troubles.filter((text) => !text.includes('409'))).toEqual([]);
});

describe.each([
  ['light', { colorScheme: 'light', viewport: { width: 1280, height: 900 } }],
  ['dark', { colorScheme: 'dark', viewport: { width: 1280, height: 900 } }],
  ['narrow', { viewport: { width: 360, height: 740 } }],
] as const)('%s', (name, options) => {
  test('every view can be reached by its key, has no violation of axe-core, and fits', async () => {
    const { page, troubles } = await open(options);
    beginIncident();
    const look = async (view: string) => {
      await shoot(page, `${name}-${view}`);
      expect(await findViolations(page)).toEqual([]);
      const overflow = await page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      expect(overflow).toBe(0);
    };
    awaitApproval();
    await page.click('text=Approve finish');
    await page.waitForSelector('dialog[open]');
    await look('question');
    await page.keyboard.press('Escape');
    halt();
    await page.waitForSelector('.lanes li');
    for (const [key, sign] of [
      ['1', '.lanes'],
      ['2', 'text=0.149.0'],
      ['3', '.days'],
      ['4', '.way'],
    ] as const) {
      await page.keyboard.press(key);
      await page.waitForSelector(sign);
      await look(key);
    }
    await page.goto(`http://127.0.0.1:${server.port}/postmortem/web/r0?token=secret`);
    await look('postmortem');
    expect(troubles).toEqual([]);
  });
});

test('500 events a second: it still answers the keyboard, and shows the last of them', async () => {
  const { page } = await open();
  beginIncident();
  await page.waitForSelector('.lanes li:nth-child(200)', { state: 'attached' });
  await page.evaluate(`
    window.gaps = [];
    let before = performance.now();
    const look = () => {
      window.gaps.push(performance.now() - before);
      before = performance.now();
      setTimeout(look, 0);
    };
    look();`);
  let count = 0;
  const pouring = setInterval(() => {
    for (let each = 0; each < 10; each += 1) {
      const instanceId = instanceIds[count % instanceIds.length]!;
      happen({ kind: 'instance', instanceId, what: count % 2 === 0 ? 'healthy' : 'inService' });
      count += 1;
    }
  }, 20);
  try {
    await expect.poll(() => count, { timeout: 60_000 }).toBeGreaterThan(1_000);
    await page.keyboard.press('3');
    await page.waitForSelector('.days');
    await page.keyboard.press('1');
    await page.waitForSelector('.lanes');
    await expect.poll(() => count, { timeout: 60_000 }).toBeGreaterThan(2_500);
  } finally {
    clearInterval(pouring);
  }
  happen({ kind: 'interrupted', signal: 'SIGINT' });
  board.say({ at: time, groupName: 'web', text: 'the last line' });
  await page.locator('.log', { hasText: 'the last line' }).waitFor();
  const gaps = (await page.evaluate('gaps')) as number[];
  gaps.sort((a, b) => a - b);
  console.log(
    `${count} events: the page's longest pause ${gaps.at(-1)?.toFixed(0)} ms, 99 % within ${gaps[Math.floor(gaps.length * 0.99)]?.toFixed(0)} ms`,
  );
});

test('the page weighs at most 150 KB compressed', async () => {
  const whole = await (await fetch(server.url)).text();
  const weight = [whole, ...['app.js', 'app.css'].map((name) => readFileSync(join(directory, name), 'utf8'))]
    .map((text) => gzipSync(text).length)
    .reduce((total, each) => total + each, 0);
  expect(weight).toBeLessThanOrEqual(150_000);
});
