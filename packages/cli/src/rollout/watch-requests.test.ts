import type { Observation, RolloutEvent, RolloutPorts, RolloutRecord } from '@directrix/rollout';
import { expect, test } from 'vitest';
import type { World } from '../world.js';
import type { Looked } from './observed-group.js';
import { watchRequests } from './watch-requests.js';

const record = {
  groupName: 'web',
  rolloutId: 'r-1',
  options: { requests: { paths: [{ path: '/' }], requestsPerSecond: 1, versionHeader: 'x-version' } },
} as unknown as RolloutRecord;

/** Nothing comes of it; it ends when it is not wanted any more. */
function untilAborted(signal?: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason as Error));
  });
}

test('while the site is not found it is looked for again, at most every 10 s, and who was told so is told when it is found', async () => {
  let now = 0;
  let isThere = false;
  let tries = 0;
  const told: RolloutEvent[] = [];
  const world = {
    clock: { now: () => now, sleep: (_ms: number, signal?: AbortSignal) => untilAborted(signal) },
    transport: (_request: unknown, signal: AbortSignal) =>
      untilAborted(signal).catch(() => ({ kind: 'failure', phase: 'connect', code: 'TIMEOUT', message: 'stopped' })),
  } as unknown as World;
  const looked = {
    observer: { targetGroups: [{}] },
    routes: {
      find: async () => {
        tries += 1;
        if (!isThere) throw new Error('no listener');
        return { route: { url: 'http://web' } };
      },
    },
  } as unknown as Looked;
  const ports = {
    observe: async () => ({ at: now }) as Observation,
    journal: (event: RolloutEvent) => told.push(event),
  } as unknown as RolloutPorts;
  const watching = await watchRequests(world, record, ports, looked, '/nonexistent/counts.json');
  expect(watching.trouble).toContain('no listener');
  const codes: string[][] = [];
  for (const [at, isFound] of [
    [9_000, true],
    [10_000, false],
    [20_000, true],
    [40_000, true],
  ] as const) {
    now = at;
    isThere = isFound;
    const { requests } = await watching.ports.observe(record, []);
    codes.push([
      String(requests !== undefined),
      ...told.flatMap((one) => (one.kind === 'notice' ? [one.notice.code] : [])),
    ]);
  }
  await watching.stop();
  expect(codes).toEqual([['false'], ['false'], ['true', 'REQUESTS_WATCHED'], ['true', 'REQUESTS_WATCHED']]);
  expect(tries).toBe(3);
});
