// Looks are rarer while only timers run, and harm is seen as fast: each rollout once as it is, and once looked at every tick.
import { describe, expect, test } from 'vitest';
import type { RequestsOptions } from './requests.js';
import { type Result, type Simulation, simulate } from './simulate.js';
import type { Behaviour } from './world.js';

const healthCheckIntervalMs = 20_000;
const shapes = [
  { desired: 3, min: 1, max: 7, healthCheckIntervalMs },
  { desired: 1, min: 1, max: 2, healthCheckIntervalMs },
] as const;
const tickMs = 2_000;
/** The longest pause. */
const pauseMs = healthCheckIntervalMs / 2;
const named = { isNamed: true };
const options = { bakeMs: 100_000 };

async function both(simulation: Simulation): Promise<{ readonly calm: Result; readonly busy: Result }> {
  // A load balancer that checks all the time may change its mind at any time: then each tick is a look.
  const restless = { ...simulation.world, healthCheckIntervalMs: 0 };
  return { calm: await simulate(simulation), busy: await simulate({ ...simulation, world: restless }) };
}

function haltedAt({ events }: Result): number {
  return events.find(({ kind }) => kind === 'evidence')?.at ?? Number.POSITIVE_INFINITY;
}

const harmful: readonly (readonly [string, Partial<Behaviour>])[] = [
  ['fails every request', { failing: 1 }],
  ['fails a third of all requests', { failing: 1 / 3 }],
  ['answers after 11 s', { answerMs: 11_000 }],
  ['fails every request 33 s after it was registered', { failingAfterMs: 33_000 }],
  ['fails every request 61 s after it was registered', { failingAfterMs: 61_000 }],
  ['fails every request 97 s after it was registered', { failingAfterMs: 97_000 }],
];

const ill: readonly (readonly [string, Partial<Behaviour>])[] = [
  ['never becomes healthy', { isSick: true }],
  ['reports another version', { reports: '1.9' }],
  ['reports nothing', { isSilent: true }],
  ['cannot be launched', { launchError: 'The image id does not exist. Launching EC2 instance failed.' }],
  ['is unhealthy from 23 s on', { failsAfterMs: 23_000 }],
  ['is unhealthy from 47 s on', { failsAfterMs: 47_000 }],
  ['ends by itself while it starts', { diesAfterMs: 12_000 }],
  ['ends by itself after 70 s', { diesAfterMs: 70_000 }],
];

describe.each<[string, RequestsOptions]>([
  ['name their version', named],
  ['do not name their version', { isNamed: false }],
])('where answers %s, a release that', (_name, requests) => {
  test.each(harmful)('%s is halted within a tick of when every tick was a look', async (_what, release) => {
    for (const shape of shapes) {
      const { calm, busy } = await both({ seed: 1, world: { ...shape, release }, options, requests });
      expect([calm.record.outcome, busy.record.outcome]).toEqual(['rolledBack', 'rolledBack']);
      expect(haltedAt(calm) - haltedAt(busy)).toBeLessThanOrEqual(tickMs);
    }
  });
});

test.each(ill)('a release that %s is halted at most half a health check interval later', async (_what, release) => {
  for (const shape of shapes) {
    const { calm, busy } = await both({ seed: 1, world: { ...shape, release }, options, requests: named });
    expect([calm.record.outcome, busy.record.outcome]).toEqual(['rolledBack', 'rolledBack']);
    expect(haltedAt(calm) - haltedAt(busy)).toBeLessThanOrEqual(pauseMs);
  }
});

test.each([...ill, ...harmful.slice(0, 1)])(
  'with nobody who asks, a release that %s is looked at as before',
  async (_what, release) => {
    for (const shape of shapes) {
      const { calm, busy } = await both({ seed: 1, world: { ...shape, release }, options });
      expect(calm.record.outcome).toBe(busy.record.outcome);
      // An instance that is Pending answers nobody.
      expect(calm.record.outcome === 'done' || haltedAt(calm) - haltedAt(busy) <= pauseMs).toBe(true);
    }
  },
);

test('a good release ships as fast as with a look every tick, with fewer looks', async () => {
  const world = { desired: 3, min: 1, max: 7, drainMs: 60_000, release: {}, healthCheckIntervalMs };
  const { calm, busy } = await both({ seed: 1, world, options, requests: named });
  expect([calm.record.outcome, busy.record.outcome]).toEqual(['done', 'done']);
  expect(calm.elapsedMs).toBeLessThan(busy.elapsedMs * 1.1);
  expect(calm.lookCount).toBeLessThan(busy.lookCount / 2);
});
