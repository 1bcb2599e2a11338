import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { highestRate, logLikelihoodRatio } from './bernoulli.js';
import vectors from './fixtures/sequential-gate.json' with { type: 'json' };
import { addLatency, countSlower, type Latencies, quantileOf } from './latencies.js';
import { foldPromotion, isPromoted, requestsToExclude } from './promotion.js';
import { foldRateChange, freshRateChange, hasChanged } from './rate-change.js';
import {
  failureRatios,
  foldRateRatio,
  freshRateRatio,
  isWorse,
  logEvidenceOf,
  type PairedCounts,
  pValueOf,
} from './rate-ratio.js';
import { judgeSprt, sprtBounds } from './sprt.js';

/** `[n1, n0, x1, x0]`, as the vectors have them. */
function pairOf([newRequests = 0, oldRequests = 0, newFailures = 0, oldFailures = 0]: readonly number[]): PairedCounts {
  return { newRequests, oldRequests, newFailures, oldFailures };
}

function foldTicks(ticks: readonly (readonly number[])[]) {
  return ticks.map(pairOf).reduce(foldRateRatio, freshRateRatio);
}

describe('the rate ratio is that of exact arithmetic', () => {
  test.each(vectors.rateRatio)('$ticks', ({ ticks, exact, logE, p, isWorse: expected }) => {
    const state = foldTicks(ticks);
    for (const [ratio, evidence] of Object.entries(exact)) {
      const index = failureRatios.findIndex((each) => String(each) === ratio);
      expect(Math.exp(state.logs[index] ?? Number.NaN) / evidence).toBeCloseTo(1, 9);
    }
    expect(logEvidenceOf(state)).toBeCloseTo(logE, 9);
    expect(Math.min(1, Math.exp(-logEvidenceOf(state)))).toBeCloseTo(p, 9);
    // The running one keeps the strongest evidence that there ever was.
    expect(pValueOf(state)).toBeLessThanOrEqual(p + 1e-12);
    expect(isWorse(state, 0.01)).toBe(expected);
  });
});

describe("Wald's test is that of exact arithmetic", () => {
  const { alpha, beta, upper, lower, cases } = vectors.sprt;

  test('its bounds', () => {
    expect(sprtBounds({ alpha, beta }).bad).toBeCloseTo(upper, 9);
    expect(sprtBounds({ alpha, beta }).good).toBeCloseTo(lower, 9);
  });

  test.each(cases)('$x of $n failed, $p0 against $p1', ({ p0, p1, x, n, llr }) => {
    expect(logLikelihoodRatio(x, n, p0, p1)).toBeCloseTo(llr, 9);
    const verdict = judgeSprt(x, n, { goodRate: p0, badRate: p1, alpha, beta });
    expect(verdict).toBe(llr >= upper ? 'bad' : llr <= lower ? 'good' : 'open');
  });
});

test.each(vectors.zeroFailures)('no failure in $n requests excludes $limit at $alpha', ({ limit, alpha, n }) => {
  expect(requestsToExclude(limit, alpha)).toBe(n);
  expect(highestRate(0, n, alpha)).toBeLessThanOrEqual(limit + 1e-9);
  expect(highestRate(0, n - 1, alpha)).toBeGreaterThan(limit);
});

test.each([
  [0, 0, 0.01, 1],
  [5, 5, 0.01, 1],
  [0, 459, 0.01, 0.00998],
  [3, 300, 0.01, 0.0384],
])('%i failures of %i leave at level %d a rate of %d possible', (failures, requests, alpha, bound) => {
  expect(highestRate(failures, requests, alpha)).toBeCloseTo(bound, 3);
});

const tick = fc
  .tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 40 }), fc.nat(100), fc.nat(100))
  .map(([n1, n0, x1, x0]) => [n1, n0, Math.min(n1, x1), Math.min(n0, x0)]);
const ticks = fc.array(tick, { maxLength: 30 });

describe('properties of the rate ratio', () => {
  test('one more failure of the new release never lowers the evidence, and one of the old never raises it', () => {
    fc.assert(
      fc.property(ticks, tick, (before, [n1 = 0, n0 = 0, x1 = 0, x0 = 0]) => {
        const start = foldTicks(before);
        const evidence = (newFailures: number, oldFailures: number) =>
          logEvidenceOf(foldRateRatio(start, pairOf([n1 + 1, n0 + 1, newFailures, oldFailures])));
        expect(evidence(x1 + 1, x0)).toBeGreaterThanOrEqual(evidence(x1, x0) - 1e-9);
        expect(evidence(x1, x0 + 1)).toBeLessThanOrEqual(evidence(x1, x0) + 1e-9);
      }),
    );
  });

  test('a tick in which one release is silent, or nothing fails, changes nothing', () => {
    fc.assert(
      fc.property(ticks, fc.nat(9), fc.nat(9), (before, n, x) => {
        const state = foldTicks(before);
        for (const silent of [
          [n, 0, Math.min(n, x), 0],
          [0, n, 0, Math.min(n, x)],
          [n, n, 0, 0],
        ])
          expect(foldRateRatio(state, pairOf(silent))).toBe(state);
      }),
    );
  });

  test('its mean under a fair split is at most 1, exactly, whatever failed', () => {
    // Of `failures` that hit requests at random, x are of the new release with the hypergeometric probability.
    const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k);
    for (const [n1, n0, failures] of [
      [10, 30, 5],
      [25, 25, 8],
      [3, 47, 2],
      [40, 4, 6],
    ] as const) {
      let mean = 0;
      for (let x1 = 0; x1 <= Math.min(n1, failures); x1 += 1) {
        if (failures - x1 > n0) continue;
        const probability = (choose(n1, x1) * choose(n0, failures - x1)) / choose(n1 + n0, failures);
        mean += probability * Math.exp(logEvidenceOf(foldTicks([[n1, n0, x1, failures - x1]])));
      }
      expect(mean).toBeLessThanOrEqual(1 + 1e-9);
    }
  });
});

test('a release that fails as often as the old one is promoted in the end, and one that fails thrice as often is not', () => {
  const fold = (pair: readonly number[], count: number) =>
    Array.from({ length: count }, () => pairOf(pair)).reduce<number>((log, each) => foldPromotion(log, each), 0);
  expect(isPromoted(fold([100, 100, 2, 2], 60), 0.05)).toBe(true);
  expect(isPromoted(fold([100, 100, 6, 2], 60), 0.05)).toBe(false);
  expect(isPromoted(fold([100, 100, 0, 0], 1_000), 0.05)).toBe(false);
});

describe('the rate change', () => {
  const fold = (counts: readonly (readonly [number, number])[], usualRate: number) =>
    counts.reduce(
      (state, [failures, requests]) => foldRateChange(state, { failures, requests }, usualRate),
      freshRateChange,
    );

  test('its mean at the usual rate is at most 1, exactly', () => {
    // Every outcome of three ticks of two requests.
    const usualRate = 0.1;
    const probability = [0.81, 0.18, 0.01];
    let mean = 0;
    for (const [a, pa] of probability.entries())
      for (const [b, pb] of probability.entries())
        for (const [c, pc] of probability.entries()) {
          const { logs } = fold(
            [
              [a, 2],
              [b, 2],
              [c, 2],
            ],
            usualRate,
          );
          mean += pa * pb * pc * (logs.reduce((sum, log) => sum + Math.exp(log), 0) / logs.length);
        }
    expect(mean).toBeLessThanOrEqual(1);
  });

  test('an hour without a failure does not hide an outage', () => {
    const quiet = Array.from({ length: 1_800 }, () => [0, 10] as const);
    const state = fold(quiet, 0.02);
    expect(hasChanged(state, 0.001)).toBe(false);
    const broken = [
      [10, 10],
      [10, 10],
    ] as const;
    expect(hasChanged(fold([...quiet, ...broken], 0.02), 0.001)).toBe(true);
  });

  test('one more failure never lowers its evidence', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(5), fc.constant(5))), fc.nat(4), (before, failures) => {
        const peak = (count: number) => fold([...before, [count, 5]], 0.05).logs;
        const [fewer, more] = [peak(failures), peak(failures + 1)];
        for (const [index, log] of more.entries()) expect(log).toBeGreaterThanOrEqual(fewer[index] ?? 0);
      }),
    );
  });

  test('where everything failed before, nothing can be told', () => {
    expect(fold([[5, 5]], 1)).toBe(freshRateChange);
  });
});

describe('latencies', () => {
  const of = (times: readonly number[]) => times.reduce<Latencies>(addLatency, {});

  test('a quantile is at most a fifth too high, and never too low', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 1, max: 60_000, noNaN: true }), { minLength: 1 }), (times) => {
        const sorted = [...times].sort((a, b) => a - b);
        const exact = sorted[Math.ceil(0.95 * sorted.length) - 1] ?? 0;
        const quantile = quantileOf(of(times), 0.95) ?? 0;
        expect(quantile).toBeGreaterThanOrEqual(exact * (1 - 1e-9));
        expect(quantile).toBeLessThanOrEqual(exact * 1.2 * (1 + 1e-9));
      }),
    );
  });

  test('no answer has no quantile', () => expect(quantileOf({}, 0.95)).toBeUndefined());

  test('what is slower is counted by its bucket', () => {
    expect(countSlower(of([10, 20, 5_000, 6_000]), 1_000)).toBe(2);
  });
});
