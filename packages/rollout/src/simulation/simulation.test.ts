import { describe, expect, test } from 'vitest';
import { badReleases, draw, good } from './draw.js';
import { type Result, simulate } from './simulate.js';

const shapes = [
  { desired: 1, min: 1, max: 2 },
  { desired: 3, min: 1, max: 7 },
  { desired: 3, min: 3, max: 4 },
  { desired: 6, min: 2, max: 8 },
  { desired: 1, min: 1, max: 1 },
  { desired: 4, min: 4, max: 4 },
] as const;

describe('without faults', () => {
  test.each(shapes)('a good release ships to desired $desired, MinSize $min, MaxSize $max', async (shape) => {
    const { record, violations } = await simulate({ seed: 1, world: { ...shape, release: good } });
    expect({ outcome: record.outcome, violations }).toEqual({ outcome: 'done', violations: [] });
  });

  test.each(badReleases)('a release that %s is rolled back from groups of every shape', async (_name, release) => {
    for (const shape of shapes) {
      const { record, violations, world } = await simulate({ seed: 1, world: { ...shape, release } });
      expect({ outcome: record.outcome, violations }).toEqual({ outcome: 'rolledBack', violations: [] });
      expect(world.listServing()).toHaveLength(shape.desired);
    }
  });

  test('a release that fails after the first batch brings the warm ones back', async () => {
    const world = { desired: 3, min: 3, max: 4, release: { failsAfterMs: 30_000 } };
    const { record, violations, applied } = await simulate({ seed: 1, world });
    expect({ outcome: record.outcome, violations }).toEqual({ outcome: 'rolledBack', violations: [] });
    expect(applied.some(({ kind }) => kind === 'exitStandby')).toBe(true);
  });

  test('what the evidence names is kept, and what it does not name is not', async () => {
    const world = { desired: 3, min: 1, max: 7, release: { reports: '1.9' } };
    const { world: after, record } = await simulate({ seed: 1, world });
    expect([...after.detached.keys()].sort()).toEqual([...(record.evidence[0]?.instanceIds ?? [])].sort());
  });

  test('a cure ships to a group in which nothing is healthy any more', async () => {
    const world = { desired: 3, min: 1, max: 7, old: { isSick: true }, release: good };
    const { record, violations, events } = await simulate({ seed: 1, world });
    expect({ outcome: record.outcome, violations }).toEqual({ outcome: 'done', violations: [] });
    expect(events).toContainEqual(
      expect.objectContaining({ kind: 'notice', notice: { code: 'ENVIRONMENT_ALREADY_BROKEN' } }),
    );
  });

  test('a group that follows a number, or $Default, is left following it', async () => {
    for (const pin of ['7', '$Default']) {
      const { record, violations, world } = await simulate({
        seed: 1,
        world: { desired: 2, min: 1, max: 4, pin, release: good },
      });
      expect({ outcome: record.outcome, violations }).toEqual({ outcome: 'done', violations: [] });
      expect(world.pin).toBe(pin === '7' ? '8' : '$Default');
    }
  });

  test('processes that were suspended before stay suspended', async () => {
    const world = { desired: 2, min: 1, max: 4, suspended: ['AZRebalance'], release: good };
    const { violations, world: after } = await simulate({ seed: 1, world });
    expect(violations).toEqual([]);
    expect([...after.suspended]).toEqual(['AZRebalance']);
  });
});

/** The seed first, so that a failure can be replayed: DIRECTRIX_SEED=17 npx vitest run packages/rollout/src/simulation. */
async function simulateSeed(seed: number): Promise<Result> {
  const simulation = draw(seed);
  try {
    return await simulate(simulation);
  } catch (error) {
    throw new Error(`seed ${seed}: ${String(error)}: ${JSON.stringify(simulation)}`);
  }
}

const oneSeed = readSeed();

/** This package names no platform, and neither do its tests more than they must. */
function readSeed(): number | undefined {
  const { process } = globalThis as { process?: { env: Record<string, string | undefined> } };
  const seed = process?.env.DIRECTRIX_SEED;
  return seed === undefined ? undefined : Number(seed);
}

/** Seeds that once broke a promise, whatever they draw today. */
const onceBroken = [
  1114, 1116, 2219, 2987, 3301, 4122, 4680, 4738, 5467, 6908, 7910, 9948, 36332, 40176, 40790, 49043, 60946, 62834,
  700027, 902001,
];

describe('with faults, kills, stale reads and others in the same group', () => {
  const seeds =
    oneSeed === undefined ? [...Array.from({ length: 600 }, (_, index) => index + 1), ...onceBroken] : [oneSeed];

  test(`S1 S2 S5 S6 S7 L1 L2 L3 hold, and a good release ships, for seeds ${seeds[0]} to ${seeds.at(-1)}`, async () => {
    const broken: string[] = [];
    for (const seed of seeds) {
      const { violations } = await simulateSeed(seed);
      broken.push(...violations.map((violation) => `seed ${seed}: ${violation}`));
    }
    expect(broken).toEqual([]);
  }, 120_000);

  test('the seeds do draw kills, aborts, halts and good ends', async () => {
    const results = [];
    for (const seed of seeds.slice(0, 100)) results.push(await simulateSeed(seed));
    if (oneSeed !== undefined) return;
    expect(results.filter(({ killCount }) => killCount > 0).length).toBeGreaterThan(20);
    expect(results.filter(({ record }) => record.outcome === 'done').length).toBeGreaterThan(10);
    expect(results.filter(({ record }) => record.outcome === 'rolledBack').length).toBeGreaterThan(10);
    expect(
      results.filter(({ record }) => record.evidence.some(({ code }) => code === 'ABORTED')).length,
    ).toBeGreaterThan(2);
  }, 120_000);

  test('the same seed replays the same rollout', async () => {
    const [first, second] = [await simulateSeed(17), await simulateSeed(17)];
    expect(second.events).toEqual(first.events);
  });
});
