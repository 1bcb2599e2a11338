import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RolloutEvent } from '@directrix/rollout';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Board, logLineCountMax, viewerCountMax } from './board.js';
import { addSample, foldRollout, laneCountMax, latencyCountMax, withLatencies } from './fold-rollout.js';
import type { RolloutView, Update } from './model.js';
import { type DashboardServer, startDashboard } from './server.js';

type Bare<Event> = Event extends unknown ? Omit<Event, 'at' | 'rolloutId'> : never;
const words = { tellEvidence: () => 'told', tellHolds: () => ['held'] };
const release = (version: string) => ({ version, imageId: 'ami-1' });

function fold(
  ...events: readonly (readonly [at: number, event: Bare<RolloutEvent>, rolloutId?: string])[]
): RolloutView {
  return events.reduce<RolloutView | undefined>(
    (view, [at, event, rolloutId = 'r1']) => foldRollout(view, { at, rolloutId, ...event } as RolloutEvent, words),
    undefined,
  )!;
}

describe('a rollout', () => {
  const started = { kind: 'started', groupName: 'web', from: release('1'), to: release('2'), epoch: 1 } as const;
  const because = { code: 'RELEASE_SERVES' } as never;

  test('is its phases, the lanes of its instances, and its end', () => {
    const view = fold(
      [0, started],
      [1, { kind: 'phase', phase: 'roll', because }],
      [2, { kind: 'instance', instanceId: 'i-1', what: 'launched', availabilityZone: 'us-west-2a' }],
      [9, { kind: 'instance', instanceId: 'i-1', what: 'verified', healthyMs: 5 }],
      [10, { kind: 'decided', decision: { kind: 'enterStandby', instanceIds: ['i-0'] } as never }],
      [11, { kind: 'waiting', heldBy: [] }],
      [12, { kind: 'evidence', evidence: { code: 'START_TIMEOUT' } as never }],
      [20, { kind: 'finished', ending: { outcome: 'rolledBack' } as never, elapsedMs: 20 }],
    );
    expect(view).toMatchObject({
      groupName: 'web',
      from: '1',
      to: '2',
      startedAt: 0,
      at: 20,
      phases: [{ phase: 'roll', at: 1 }],
      lanes: [
        { instanceId: 'i-1', zone: 'us-west-2a', steps: [{ what: 'launched' }, { at: 9, what: 'verified' }] },
        { instanceId: 'i-0', steps: [{ at: 10, what: 'enterStandby' }] },
      ],
      evidence: [{ at: 12, code: 'START_TIMEOUT', text: 'told' }],
      heldBy: [],
      outcome: 'rolledBack',
    });
  });

  test.each([
    [true, 'quarantine'],
    [false, 'endProof'],
  ])('that tries an instance outside of the group says what became of it: kept %s', (isKept, what) => {
    const { lanes } = fold(
      [0, started],
      [1, { kind: 'decided', decision: { kind: 'registerProof', instanceId: 'i-1' } as never }],
      [2, { kind: 'instance', instanceId: 'i-1', what: 'reported' } as never],
      [3, { kind: 'decided', decision: { kind: 'endProof', instanceId: 'i-1', isKept } as never }],
      [4, { kind: 'decided', decision: { kind: 'endProof', isKept } as never }],
    );
    expect(lanes).toEqual([
      expect.objectContaining({
        instanceId: 'i-1',
        steps: [
          { at: 1, what: 'registerProof' },
          { at: 2, what: 'reported' },
          { at: 3, what },
        ],
      }),
    ]);
  });

  test('that is resumed has no outcome any more; another one begins anew', () => {
    const ended = [5, { kind: 'finished', ending: { outcome: 'needsHuman' } as never, elapsedMs: 5 }] as const;
    expect(fold([0, started], ended, [6, { kind: 'phase', phase: 'roll', because }]).outcome).toBeUndefined();
    expect(fold([0, started], ended, [9, started, 'r2'])).toMatchObject({ rolloutId: 'r2', startedAt: 9, phases: [] });
  });

  test('is bounded, however long it goes on', () => {
    const launched = Array.from({ length: laneCountMax + 50 }, (_, index) => {
      const event = { kind: 'instance', instanceId: `i-${index}`, what: 'launched', availabilityZone: 'a' } as const;
      return [index, event] as const;
    });
    const dips = Array.from({ length: 500 }, (_, index) => {
      const event = { kind: 'instance', instanceId: 'i-549', what: 'dipped', targets: [] } as const;
      return [1_000 + index, event] as const;
    });
    const view = fold(...launched, ...dips);
    expect(view.lanes).toHaveLength(laneCountMax);
    expect(view.lanes.at(-1)!.steps.length).toBeLessThanOrEqual(40);
  });

  test('that waits for an approval says of which phase, until it goes on', () => {
    const progress = { waitedMs: 1, allowedMs: 9 };
    const waiting = { kind: 'waiting', heldBy: [{ code: 'APPROVAL_AWAITED', phase: 'finish', ...progress }] } as const;
    expect(fold([0, started], [1, waiting]).approvalAwaited).toBe('finish');
    expect(
      fold([0, started], [1, waiting], [2, { kind: 'phase', phase: 'finish', because }]).approvalAwaited,
    ).toBeUndefined();
    expect(fold([0, started], [1, waiting], [2, { kind: 'waiting', heldBy: [] }]).approvalAwaited).toBeUndefined();
  });

  test('has the latencies of the last samples; the same again are none', () => {
    const view = fold([0, started]);
    expect(withLatencies(view, [])).toBe(view);
    const latency = { medianMs: 5, p95Ms: 9 };
    const samples = Array.from({ length: latencyCountMax + 9 }, (_, at) => ({ at, new: latency }));
    const known = withLatencies(view, samples);
    expect(known.latencies).toHaveLength(latencyCountMax);
    expect(withLatencies(known, samples)).toBe(known);
    expect(withLatencies(known, [...samples, { at: 9_999, new: latency }]).latencies?.at(-1)?.at).toBe(9_999);
  });

  test('counts of the gate are samples; the same again is none', () => {
    const nothing = { requests: 0, failures: 0, slow: 0 };
    const gate = (requests: number) => ({
      baseline: nothing,
      answered: { new: { ...nothing, requests }, old: nothing, unknown: nothing },
    });
    const view = [1, 1, 2].reduce((before, requests, at) => addSample(before, at, gate(requests)), fold([0, started]));
    expect(view.requests?.samples.map((sample) => sample.new.requests)).toEqual([1, 2]);
  });
});

describe('the board', () => {
  function open() {
    let due: (() => void) | undefined;
    const board = new Board({
      after: (_ms, act) => {
        due = act;
        return () => {
          due = undefined;
        };
      },
    });
    const pass = () => {
      const act = due;
      due = undefined;
      act?.();
    };
    return { board, pass, isDue: () => due !== undefined };
  }

  test('gathers changes: however many there are, a viewer gets each part once, as it is then', () => {
    const { board, pass } = open();
    const seen: (readonly Update[])[] = [];
    board.watch((updates) => seen.push(updates));
    for (let number = 1; number <= 500; number += 1) {
      board.set('groups', [number]);
      board.say({ at: number, groupName: 'web', text: String(number) });
    }
    pass();
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject([{ kind: 'part', name: 'groups', value: [500] }, { kind: 'log' }]);
    board.say({ at: 501, groupName: 'web', text: '501' });
    pass();
    expect(seen[1]).toEqual([{ kind: 'log', lines: [{ number: 501, at: 501, groupName: 'web', text: '501' }] }]);
  });

  test('keeps the last lines of the log, and takes so many viewers', () => {
    const { board } = open();
    for (let number = 0; number < 5_000; number += 1) board.say({ at: 0, groupName: '', text: '' });
    expect(board.everything()).toMatchObject([{ kind: 'log', lines: { length: logLineCountMax } }]);
    const ends = Array.from({ length: viewerCountMax }, () => board.watch(() => undefined));
    expect(board.watch(() => undefined)).toBeUndefined();
    ends[0]?.();
    expect(board.watch(() => undefined)).toBeDefined();
  });

  test('closed, it has nothing left to do', () => {
    const { board, isDue } = open();
    board.set('groups', []);
    board.close();
    expect(isDue()).toBe(false);
  });
});

describe('the server', () => {
  let directory: string;
  let server: DashboardServer;
  let board: Board;
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'directrix-dashboard-'));
    writeFileSync(join(directory, 'app.js'), 'script');
    writeFileSync(join(directory, 'app.css'), 'style');
    board = new Board({
      after(ms, act) {
        const timer = setTimeout(act, Math.min(ms, 1));
        return () => clearTimeout(timer);
      },
    });
    const readPostmortem = async (group: string, rollout: string) => (rollout === 'r1' ? `<p>${group}` : undefined);
    server = await startDashboard({ port: 0, token: 'secret', board, readPostmortem, assetsDirectory: directory });
  });
  afterEach(async () => {
    board.close();
    await server.close();
    rmSync(directory, { recursive: true });
  });
  const at = (path: string) => `http://127.0.0.1:${server.port}${path}`;

  test.each(['/', '/events', '/postmortem/web/r1', '/?token=other', '/nothing'])(
    'without the token nothing is told: %s',
    async (path) => {
      const answer = await fetch(at(path));
      expect([answer.status, await answer.text()]).toEqual([401, expect.not.stringContaining('<')]);
    },
  );

  test('the page may load from here alone, and is kept nowhere', async () => {
    const answer = await fetch(server.url);
    expect(await answer.text()).toContain('<title>Directrix</title>');
    const policy = answer.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'");
    expect(policy).not.toContain('unsafe');
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
    expect((await fetch(at('/app.js'))).headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  });

  test('nothing can be changed, and a page under another name gets nothing', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH'])
      expect((await fetch(server.url, { method })).status).toBe(405);
    const statusCode = await new Promise((resolve, reject) => {
      request(server.url, { headers: { host: 'evil.example' } }, (answer) => resolve(answer.resume().statusCode))
        .on('error', reject)
        .end();
    });
    expect(statusCode).toBe(421);
  });

  test('the stream begins with everything and goes on with what changes', async () => {
    board.set('groups', ['a']);
    const ending = new AbortController();
    const answer = await fetch(at('/events?token=secret'), { signal: ending.signal });
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const until = async (part: string) => {
      while (!text.includes(part)) text += (await reader.read()).value ?? '';
    };
    await until('"value":["a"]');
    board.set('groups', ['b']);
    await until('"value":["b"]');
    ending.abort();
    await reader.cancel().catch(() => undefined);
  });

  test('a postmortem is a page of its own', async () => {
    const answer = await fetch(at('/postmortem/web/r1?token=secret'));
    expect([answer.status, await answer.text()]).toEqual([200, '<p>web']);
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'; style-src 'unsafe-inline'");
    expect((await fetch(at('/postmortem/web/r9?token=secret'))).status).toBe(404);
  });
});
