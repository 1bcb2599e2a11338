// A share of users' requests before the group: rollouts with a canary, without and with faults.
import { describe, expect, test } from 'vitest';
import type { CanaryPlan } from '../canary-plan.js';
import { drawCanary, canaryPlan as plan, shadowPlace } from './draw.js';
import { type Result, type Simulation, simulate } from './simulate.js';
import type { Behaviour } from './world.js';

const shape = { desired: 4, min: 1, max: 8 };

function roll(
  release: Partial<Behaviour>,
  more: Partial<Simulation> = {},
  canary: Partial<CanaryPlan> = {},
): Promise<Result> {
  const options = { prove: shadowPlace, canary: { ...plan, ...canary }, ...more.options };
  return simulate({ seed: 1, ...more, world: { ...shape, ...more.world, release }, options });
}

const phasesOf = ({ events }: Result) => events.flatMap((event) => (event.kind === 'phase' ? [event.phase] : []));
const codesOf = ({ record }: Result) => record.evidence.map(({ code }) => code);
const ended = ({ record, violations }: Result) => ({ outcome: record.outcome, violations });

describe.each<[string, Partial<Simulation>]>([
  ['CloudWatch counts', {}],
  ['CloudWatch counts, and a prober asks', { requests: { isNamed: true } }],
  ['CloudWatch counts, and a prober asks whose answers name nothing', { requests: { isNamed: false } }],
])('where %s', (_name, more) => {
  test('a good release gets each share in turn, then the group, and fails nobody', async () => {
    const result = await roll({}, more);
    expect(ended(result)).toEqual({ outcome: 'done', violations: [] });
    expect(phasesOf(result)).toEqual(['prove', 'canary', 'roll', 'bake', 'finish']);
    const shares = result.applied.flatMap((act) => (act.kind === 'setForward' ? [act.share] : []));
    expect(shares).toEqual([0.05, 0.25]);
    expect(result.failedUsers).toBe(0);
    expect(result.canaryUsers).toBeGreaterThan(0);
  });

  test.each<[string, Partial<Behaviour>]>([
    ['fails every request from 90 s on', { failingAfterMs: 90_000 }],
    ['fails a third of all requests', { failing: 1 / 3 }],
    ['is unhealthy from 70 s on', { failsAfterMs: 70_000 }],
    ['ends by itself after 80 s', { diesAfterMs: 80_000 }],
  ])('a release that %s is halted, and the group never met it', async (_what, release) => {
    const result = await roll(release, more);
    expect(ended(result)).toEqual({ outcome: 'rolledBack', violations: [] });
    expect(phasesOf(result)).not.toContain('roll');
    expect(result.failedUsers).toBeLessThanOrEqual(result.canaryUsers);
    const met = [...result.world.machines.values()].filter((machine) => result.world.isNew(machine));
    expect(met).toEqual([]);
  });
});

test('several instances take a large share, and all of them join', async () => {
  const result = await roll({}, {}, { steps: [{ share: 0.6, forMs: 60_000 }], instanceCount: 3 });
  expect(ended(result)).toEqual({ outcome: 'done', violations: [] });
  expect(result.applied.flatMap((act) => (act.kind === 'attach' ? [act.instanceIds.length] : []))).toEqual([3]);
  expect(result.failedUsers).toBe(0);
});

test('while CloudWatch counts nothing, it is not passed: no data is no proof', async () => {
  const result = await roll({}, { world: { ...shape, release: {}, isUncounted: true } });
  expect(codesOf(result)).toEqual(['CANARY_NO_DATA']);
  expect(result.record.outcome).toBe('rolledBack');
  expect(result.failedUsers).toBe(0);
});

test('where AWS refuses to change the listener, the release does not go on, and is not blamed', async () => {
  const result = await roll({}, { world: { ...shape, release: {}, isActionTheirs: true } });
  expect(codesOf(result)).toEqual(['CANARY_IMPOSSIBLE']);
  expect(ended(result)).toEqual({ outcome: 'rolledBack', violations: [] });
});

test('where nothing can be tried outside of the group, there is no canary, and no roll without one', async () => {
  for (const world of [{ isListenerTheirs: true }, { hasNoSpare: true }]) {
    const result = await roll({}, { world: { ...shape, release: {}, ...world } });
    expect(codesOf(result)).toEqual(['CANARY_IMPOSSIBLE']);
    expect(ended(result)).toEqual({ outcome: 'rolledBack', violations: [] });
  }
});

test('on the way back users come first', async () => {
  const { applied } = await roll({ failingAfterMs: 90_000 });
  const kinds = applied.map(({ kind }) => kind);
  const halted = kinds.indexOf('restoreForward');
  expect(kinds.slice(halted).filter((kind) => kind === 'restoreForward')).toHaveLength(1);
  expect(kinds.slice(halted)).toEqual(
    expect.arrayContaining(['endProof', 'closeShadow', 'deleteLaunchTemplateVersion']),
  );
  expect(kinds.slice(0, halted)).not.toContain('endProof');
});

test('S1 S2 S3 S5 S6 S7 L1 L2 L3 hold with a canary, and a good release is not withdrawn, for 64 seeds', async () => {
  const broken: string[] = [];
  // 1074: `done` was recorded ahead of the facts. 1226: somebody took every instance but one that was starting.
  for (const seed of [1074, 1226, 710144, 711122, ...Array.from({ length: 60 }, (_, index) => index + 1)]) {
    const { violations } = await simulate(drawCanary(seed)).catch((error) => ({ violations: [String(error)] }));
    broken.push(...violations.map((violation) => `seed ${seed}: ${violation}`));
  }
  expect(broken).toEqual([]);
}, 120_000);
