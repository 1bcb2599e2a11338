import { describe, expect, test } from 'vitest';
import { forecastRollout, measureStart, type StartTime } from './forecast.js';
import type { RolloutRecord } from './record.js';
import { options } from './simulation/scene.js';

const start: StartTime = { listedMs: 2_000, healthyMs: 18_000, from: 'lastRollout', count: 3 };
const group = { desiredCapacity: 3, maxSize: 7 };
const targetGroups = [{ deregistrationDelayMs: 30_000, healthCheckIntervalMs: 10_000 }];

// tick 2 s, healthy for 30 s: a batch takes 2 + 18 + 30 + 2 = 52 s. To rest: 2 looks of farewell, 2 more.
describe('how long it takes', () => {
  test.each([
    { surge: 3, bakeMs: 300_000, desired: 3, max: 7, batches: [3], roll: 52, bake: 300, finish: 8, kept: undefined },
    { surge: 3, bakeMs: 0, desired: 3, max: 7, batches: [3], roll: 52, bake: 28, finish: 8, kept: undefined },
    {
      surge: 2,
      bakeMs: 60_000,
      desired: 5,
      max: 7,
      batches: [2, 2, 1],
      roll: 156,
      bake: 60,
      finish: 10,
      kept: undefined,
    },
    { surge: 3, bakeMs: 60_000, desired: 3, max: 4, batches: [3], roll: 52, bake: 60, finish: 8, kept: 224 },
    { surge: 1, bakeMs: 60_000, desired: 1, max: 1, batches: [1], roll: 52, bake: 60, finish: 6, kept: undefined },
    {
      surge: 1,
      bakeMs: 60_000,
      desired: 0,
      max: 1,
      batches: [],
      roll: undefined,
      bake: undefined,
      finish: 4,
      kept: undefined,
    },
  ])('$desired instances, surge $surge, MaxSize $max, bake $bakeMs', ({ surge, bakeMs, desired, max, ...expected }) => {
    const observation = { group: { ...group, desiredCapacity: desired, maxSize: max }, targetGroups };
    const forecast = forecastRollout({
      observation: observation as never,
      options: { ...options, surge, bakeMs, isMaxSizeLent: true, minHealthyTimeMs: 30_000, tickMs: 2_000 },
      start,
    });
    const secondsOf = (name: string) => {
      const found = forecast.phases.find(({ phase }) => phase === name);
      return found && found.durationMs / 1_000;
    };
    expect({
      batches: forecast.batches,
      roll: secondsOf('roll'),
      bake: secondsOf('bake'),
      finish: secondsOf('finish'),
      kept: forecast.withoutLoanMs && forecast.withoutLoanMs / 1_000,
    }).toEqual(expected);
    expect(forecast.durationMs).toBe(forecast.phases.reduce((sum, { durationMs }) => sum + durationMs, 0));
  });
});

// The first share cannot end before CloudWatch has counted a whole minute of it: 165 s. One look more than there are steps.
test.each([
  { steps: [300_000], instanceCount: 1, canary: 304 },
  { steps: [60_000, 60_000], instanceCount: 1, canary: 165 + 60 + 6 },
  { steps: [300_000], instanceCount: 3, canary: 50 + 304 },
])('a canary of $steps with $instanceCount takes $canary s', ({ steps, instanceCount, canary }) => {
  const { phases } = forecastRollout({
    observation: { group, targetGroups } as never,
    options: {
      ...options,
      prove: { listenerArn: 'l', targetGroupArn: 't', token: 'x' },
      canary: { steps: steps.map((forMs) => ({ share: 0.1, forMs })), instanceCount, place: { listenerArn: 'l' } },
    },
    start,
  });
  expect(phases.map(({ phase }) => phase)).toEqual(['prove', 'canary', 'roll', 'bake', 'finish']);
  expect(phases.find(({ phase }) => phase === 'canary')?.durationMs).toBe(canary * 1_000);
});

describe('how long a start took', () => {
  const seen = (firstSeenAt: number, healthySince: number | undefined, launchTemplateVersion = '8') => ({
    firstSeenAt,
    healthySince,
    launchTemplateVersion,
  });
  const record = (outcome: string, instances: object, startedAt = 1_000): RolloutRecord =>
    ({ outcome, startedAt, to: { launchTemplateVersion: '8' }, instances }) as never;
  const launches = [
    { startedAt: 0, endedAt: 9_000 },
    { startedAt: 0, endedAt: 5_000 },
    { startedAt: 0, endedAt: 30_000 },
  ];

  test.each<[string, RolloutRecord | undefined, typeof launches, StartTime]>([
    [
      'as in the last rollout, its middle one',
      record('done', { a: seen(4_000, 20_000), b: seen(5_000, 25_000), c: seen(5_000, 90_000), old: seen(0, 1, '7') }),
      launches,
      { listedMs: 3_000, healthyMs: 20_000, from: 'lastRollout', count: 3 },
    ],
    [
      'a first instance that waited for a person says nothing of AWS',
      record('done', { a: seen(600_000, 620_000) }),
      launches,
      { listedMs: 6_000, healthyMs: 20_000, from: 'lastRollout', count: 1 },
    ],
    [
      'a release that was taken back says nothing',
      record('rolledBack', { a: seen(4_000, 20_000) }),
      launches,
      { listedMs: 6_000, healthyMs: 19_000, from: 'launches', count: 3 },
    ],
    ['nothing is known', undefined, [], { listedMs: 6_000, healthyMs: 60_000, from: 'assumed', count: 0 }],
  ])('%s', (_name, last, done, expected) => {
    expect(measureStart(last, done, { targetGroups } as never)).toEqual(expected);
  });
});
