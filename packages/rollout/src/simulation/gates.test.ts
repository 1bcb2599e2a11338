// What health checks do not see: rollouts of releases that are healthy and fail users, judged by users' requests.
import { describe, expect, test } from 'vitest';
import type { RequestsOptions } from './requests.js';
import { type Result, type Simulation, simulate } from './simulate.js';
import type { Behaviour } from './world.js';

const shape = { desired: 3, min: 1, max: 7 };
const options = { bakeMs: 300_000 };

function roll(release: Partial<Behaviour>, requests: RequestsOptions, more: Partial<Simulation> = {}): Promise<Result> {
  return simulate({ seed: 1, world: { ...shape, release, ...more.world }, options, requests, ...more });
}

const codesOf = ({ record }: Result) => record.evidence.map(({ code }) => code);
const noticesOf = ({ events }: Result) =>
  events.flatMap((event) => (event.kind === 'notice' ? [event.notice.code] : []));

describe.each([
  ['name their version', { isNamed: true }],
  ['do not name their version', { isNamed: false }],
])('where answers %s', (_name, requests) => {
  test.each<[string, Partial<Behaviour>, string]>([
    ['fails every request', { failing: 1 }, 'REQUESTS_FAILING'],
    ['fails a third of all requests', { failing: 1 / 3 }, 'REQUESTS_FAILING'],
    ['answers after 5 s', { answerMs: 5_000 }, 'REQUESTS_SLOW'],
    ['answers after 11 s', { answerMs: 11_000 }, 'REQUESTS_FAILING'],
    ['fails every request 45 s after it was registered', { failingAfterMs: 45_000 }, 'REQUESTS_FAILING'],
    ['fails every request 120 s after it was registered', { failingAfterMs: 120_000 }, 'REQUESTS_FAILING'],
    ['fails every request 250 s after it was registered', { failingAfterMs: 250_000 }, 'REQUESTS_FAILING'],
    ['is unhealthy from 20 s on', { failsAfterMs: 20_000 }, 'UNHEALTHY_AGAIN'],
    ['is unhealthy from 120 s on', { failsAfterMs: 120_000 }, 'UNHEALTHY_AGAIN'],
    ['ends by itself after 200 s', { diesAfterMs: 200_000 }, 'INSTANCE_LOST'],
  ])('a release that is healthy and %s is rolled back, warm', async (_what, release, code) => {
    for (const world of [shape, { desired: 1, min: 1, max: 2 }]) {
      const result = await roll(release, requests, { world: { ...world, release } });
      expect({ outcome: result.record.outcome, violations: result.violations }).toEqual({
        outcome: 'rolledBack',
        violations: [],
      });
      expect(codesOf(result)).toContain(code);
      // The group launched the old release never again: whoever serves served before.
      const launched = [...result.world.machines.values()].filter((machine) => !result.world.isNew(machine));
      expect(launched).toHaveLength(world.desired);
      expect(launched.every(({ launchedAt }) => launchedAt <= 1_000_000_000)).toBe(true);
    }
  });

  test('a good release is baked, and done', async () => {
    const { record, violations, events, elapsedMs } = await roll({}, requests);
    expect({ outcome: record.outcome, violations }).toEqual({ outcome: 'done', violations: [] });
    const phases = events.flatMap((event) => (event.kind === 'phase' ? [event.phase] : []));
    expect(phases).toEqual(['roll', 'bake', 'finish']);
    expect(elapsedMs).toBeGreaterThan(options.bakeMs);
  });

  test('a good release is not withdrawn by noise that was there before', async () => {
    for (let seed = 1; seed <= 4; seed += 1) {
      const { record } = await roll({}, { ...requests, noise: 0.02 }, { seed });
      expect(record.outcome).toBe('done');
    }
  });

  test('a good release is not withdrawn by an outage of what old and new need alike', async () => {
    // It begins while both serve, and lasts longer than the release needs to prove itself, or than a rollout may stand still.
    for (const durationMs of [8_000, 60_000, 900_000]) {
      const result = await roll({}, { ...requests, outage: { afterMs: 22_000, durationMs } });
      expect(codesOf(result)).toEqual([]);
      expect(result.record.outcome).toBe('done');
      expect(noticesOf(result)).toContain('REQUESTS_ALREADY_FAILING');
    }
  });

  test('a release that comes while everything fails is not blamed for it, and that is said', async () => {
    const result = await roll({}, { ...requests, outage: { afterMs: 0, durationMs: 1e9 } });
    expect(codesOf(result)).toEqual([]);
    expect(result.record.outcome).toBe('done');
    expect(noticesOf(result)).toContain('REQUESTS_ALREADY_FAILING');
  });
});

test('with nobody who asks, only health checks judge', async () => {
  const release = { failing: 1 };
  const { record } = await simulate({ seed: 1, world: { ...shape, release }, options });
  expect(record.outcome).toBe('done');
});

test('killed at any instant, a release that fails users is withdrawn all the same, and a good one is not', async () => {
  for (let seed = 1; seed <= 8; seed += 1) {
    const isGood = seed % 2 === 0;
    const release = isGood ? {} : { failingAfterMs: 60_000 };
    const faults = { kill: 0.03, stale: 0.05 };
    const { record, violations } = await roll(release, { isNamed: seed % 3 === 0 }, { seed, faults });
    expect({ seed, outcome: record.outcome, violations }).toEqual({
      seed,
      outcome: isGood ? 'done' : 'rolledBack',
      violations: [],
    });
  }
});
