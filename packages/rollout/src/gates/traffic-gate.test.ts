import { describe, expect, test } from 'vitest';
import type { TrafficMinute } from '../observation.js';
import { createChance } from '../simulation/random.js';
import { foldTraffic, freshTrafficGate, judgeTraffic, type TrafficGate } from './traffic-gate.js';

const minuteMs = 60_000;

type Pair = readonly [canary: readonly [requests: number, failures: number, slow?: number], stable: typeof zero];
const zero: readonly [requests: number, failures: number, slow?: number] = [0, 0];

function minuteOf(at: number, [canary, stable]: Pair): TrafficMinute {
  const counts = ([requests, failures, slow]: Pair[0]) => ({ requests, failures, slow });
  return { at, canary: counts(canary), stable: counts(stable) };
}

/** One minute after the other, since a share came into force at 0. */
function fold(...pairs: readonly Pair[]): TrafficGate {
  const minutes = pairs.map((pair, index) => minuteOf(index * minuteMs, pair));
  return foldTraffic(freshTrafficGate, { minutes, stableP95Ms: 40 }, [0]);
}

describe('what CloudWatch counts', () => {
  test.each<[string, readonly Pair[], string]>([
    ['nothing', [], 'no-data'],
    ['nothing of the canary', [[zero, [2_000, 0]]], 'no-data'],
    ['nothing beside it', [[[500, 0], zero]], 'no-data'],
    [
      'too few of the canary',
      [
        [
          [40, 0],
          [2_000, 0],
        ],
      ],
      'no-data',
    ],
    [
      'enough of it, and no failures',
      [
        [
          [100, 0],
          [1_900, 0],
        ],
      ],
      'pass',
    ],
    [
      'as many failures as beside it',
      [
        [
          [1_000, 10],
          [19_000, 190],
        ],
      ],
      'pass',
    ],
    [
      'each request of it fails',
      [
        [
          [50, 50],
          [950, 0],
        ],
      ],
      'fail',
    ],
    [
      'a quarter of them fails',
      [
        [
          [50, 12],
          [950, 0],
        ],
      ],
      'fail',
    ],
    [
      'an outage that hits both',
      [
        [
          [50, 25],
          [950, 475],
        ],
      ],
      'already-broken',
    ],
    [
      'a few of both are slow',
      [
        [
          [100, 0, 5],
          [1_900, 0, 95],
        ],
      ],
      'pass',
    ],
    [
      'half of it is slow',
      [
        [
          [100, 0, 50],
          [1_900, 0, 20],
        ],
      ],
      'fail',
    ],
  ])('%s: %j -> %s', (_name, pairs, verdict) => expect(judgeTraffic(fold(...pairs)).verdict).toBe(verdict));

  test('a minute is counted once, however often it is read', () => {
    const minutes = [
      minuteOf(0, [
        [50, 1],
        [950, 1],
      ]),
    ];
    const once = foldTraffic(freshTrafficGate, { minutes }, [0]);
    expect(foldTraffic(once, { minutes }, [0])).toBe(once);
  });

  test('nothing before the first share counts, nor a minute in which a share changed', () => {
    const minutes = [0, 1, 2, 3].map((index) =>
      minuteOf(index * minuteMs, [
        [10, 0],
        [10, 0],
      ]),
    );
    const gate = foldTraffic(freshTrafficGate, { minutes }, [minuteMs - 1, 2.5 * minuteMs]);
    expect([gate.canary.requests, gate.minuteAt]).toEqual([20, 3 * minuteMs]);
  });

  test('what is slow is said by what serves beside it, once', () => {
    const gate = fold();
    expect(gate.slowMs).toBe(290);
    expect(foldTraffic(gate, { minutes: [], stableP95Ms: 4_000 }, [0]).slowMs).toBe(290);
  });
});

describe('by simulation', () => {
  /** Whether the release is failed within so many minutes of so many requests, of which a twentieth goes to the canary. */
  function isFailed(seed: number, rates: readonly [stable: number, canary: number], minutes: number): boolean {
    const chance = createChance(seed);
    const countOf = (requests: number, rate: number) =>
      Array.from({ length: requests }, () => chance.isTrue(rate)).filter(Boolean).length;
    let gate = freshTrafficGate;
    for (let index = 0; index < minutes; index += 1) {
      const pair: Pair = [
        [30, countOf(30, rates[1])],
        [570, countOf(570, rates[0])],
      ];
      gate = foldTraffic(gate, { minutes: [minuteOf(index * minuteMs, pair)] }, [0]);
      if (judgeTraffic(gate).verdict === 'fail') return true;
    }
    return false;
  }
  const seeds = Array.from({ length: 300 }, (_, index) => index + 1);

  test.each([0.001, 0.01, 0.05])(
    'G1: a good release is failed at most once in a hundred, where %d fail anyway',
    (rate) => {
      expect(seeds.filter((seed) => isFailed(seed, [rate, rate], 20)).length).toBeLessThanOrEqual(6);
    },
  );

  test('a release of which every fifth request fails is found within three minutes', () => {
    expect(seeds.filter((seed) => !isFailed(seed, [0.001, 0.2], 3)).length).toBeLessThanOrEqual(3);
  });
});
