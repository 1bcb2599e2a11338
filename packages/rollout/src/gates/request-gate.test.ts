import { describe, expect, test } from 'vitest';
import { createChance } from '../simulation/random.js';
import {
  foldRequests,
  freshRequestGate,
  gateAlpha,
  type JudgedAnswer,
  judgeRequests,
  type RequestGate,
} from './request-gate.js';

/** How requests fare at one release. */
interface Conduct {
  readonly failing: number;
  readonly slow?: number;
}

interface Traffic {
  readonly seed: number;
  readonly requestsPerSecond: number;
  /** Whether answers say which release gave them; `successes`: only those that did not fail. */
  readonly attribution: 'all' | 'successes' | 'none';
  /** The share of new instances, by the second; undefined: the release has not come yet. */
  newShare(second: number): number | undefined;
  conduct(second: number): { readonly new: Conduct; readonly old: Conduct };
  readonly seconds: number;
}

const usualMs = 20;
const slowMs = 5_000;

interface Course {
  readonly gate: RequestGate;
  /** The second at which the gate first failed the release. */
  readonly failedAt?: number;
  /** Every verdict that there was. */
  readonly verdicts: ReadonlySet<string>;
}

/** A rollout's requests, a look each second. */
function course({ seed, requestsPerSecond, attribution, newShare, conduct, seconds }: Traffic): Course {
  const chance = createChance(seed);
  let gate = freshRequestGate;
  const verdicts = new Set<string>();
  for (let second = 0; second < seconds; second += 1) {
    const share = newShare(second);
    const fares = conduct(second);
    const answers = Array.from({ length: requestsPerSecond }, (): JudgedAnswer => {
      const isNew = share !== undefined && chance.isTrue(share);
      const { failing, slow = 0 } = isNew ? fares.new : fares.old;
      const isFailed = chance.isTrue(failing);
      const isSaid = attribution === 'all' || (attribution === 'successes' && !isFailed);
      return {
        at: second * 1_000,
        path: '/',
        durationMs: chance.isTrue(slow) ? slowMs : usualMs * (1 + chance.between(0, 30) / 30),
        statusCode: isFailed ? 500 : 200,
        answerer: isSaid ? (isNew ? 'new' : 'old') : 'unknown',
        isFailed,
        isConnected: true,
      };
    });
    const newServing = share === undefined ? 0 : Math.round(share * 12);
    gate = foldRequests(gate, { newServing, oldServing: 12 - newServing, answers });
    const { verdict } = judgeRequests(gate);
    verdicts.add(verdict);
    if (verdict === 'fail') return { gate, failedAt: second, verdicts };
  }
  return { gate, verdicts };
}

const good = { new: { failing: 0 }, old: { failing: 0 } };
/** A minute of the old release alone, then a quarter of the instances is new. */
const aQuarter = (second: number) => (second < 60 ? undefined : 0.25);
/** A minute of the old release, two with half of each, then the bake. */
const andBake = (second: number) => (second < 60 ? undefined : second < 180 ? 0.5 : 1);
const traffic = (more: Partial<Traffic>): Traffic => ({
  seed: 1,
  requestsPerSecond: 5,
  attribution: 'none',
  newShare: andBake,
  conduct: () => good,
  seconds: 480,
  ...more,
});

describe.each(['all', 'successes', 'none'] as const)('where answers name their release: %s', (attribution) => {
  test('a good release passes in the bake, and not before it has answered enough', () => {
    const { verdicts, gate } = course(traffic({ attribution }));
    expect([...verdicts]).toEqual(['no-data', 'pass']);
    expect(gate.alone.requests).toBe(1_500);
  });

  test.each([
    ['every request fails', { failing: 1 }],
    ['half of the requests fail', { failing: 0.5 }],
    ['every answer takes 5 s', { failing: 0, slow: 1 }],
  ])('a release of which %s is failed within seconds', (_name, conduct) => {
    const times = Array.from({ length: 10 }, (_, seed) => {
      const run = traffic({ seed, attribution, newShare: aQuarter, conduct: () => ({ ...good, new: conduct }) });
      return course(run).failedAt ?? Infinity;
    });
    expect(times.filter((second) => second < 60 + 60).length).toBeGreaterThanOrEqual(9);
    expect(times.filter((second) => second === Infinity)).toEqual([]);
  });

  test('one that begins to fail in the bake, after minutes without a failure, is failed within seconds', () => {
    const conduct = (second: number) => ({ ...good, new: { failing: second < 400 ? 0 : 1 } });
    const { failedAt } = course(traffic({ attribution, conduct }));
    expect(failedAt).toBeGreaterThanOrEqual(400);
    expect(failedAt).toBeLessThan(410);
  });

  test('an outage that hits old and new alike is told, and not held against the release', () => {
    const conduct = (second: number) => {
      const all = { failing: second >= 100 && second < 160 ? 1 : 0 };
      return { new: all, old: all };
    };
    for (let seed = 1; seed <= 8; seed += 1) {
      const { failedAt, verdicts } = course(traffic({ seed, attribution, conduct }));
      expect(failedAt).toBeUndefined();
      expect(verdicts.has('pass')).toBe(true);
      if (attribution !== 'all') expect(verdicts.has('already-broken')).toBe(true);
    }
  });

  test('a release that fails after such an outage is failed all the same', () => {
    const conduct = (second: number) => {
      const all = { failing: second >= 70 && second < 100 ? 1 : 0 };
      return { new: second > 120 ? { failing: 1 } : all, old: all };
    };
    const { failedAt } = course(traffic({ attribution, conduct }));
    expect(failedAt).toBeGreaterThan(120);
  });

  test('where most failed before the release came, it is already broken', () => {
    const all = { failing: 0.8 };
    const { verdicts } = course(traffic({ attribution, conduct: () => ({ new: all, old: all }), newShare: aQuarter }));
    expect(verdicts.has('already-broken')).toBe(true);
    expect(verdicts.has('pass')).toBe(false);
    expect(verdicts.has('fail')).toBe(false);
  });
});

// Whose the failures were is told by whose successes are missing, wrongly so with a probability of a few percent.
test('an outage of a part of the requests that hits both is hardly ever held against the release where successes name theirs', () => {
  const conduct = (second: number) => {
    const all = { failing: second >= 100 && second < 160 ? 0.4 : 0 };
    return { new: all, old: all };
  };
  let failed = 0;
  for (let seed = 1; seed <= 20; seed += 1)
    if (course(traffic({ seed, attribution: 'successes', conduct })).failedAt !== undefined) failed += 1;
  expect(failed).toBeLessThanOrEqual(1);
});

test('a release that fails on one page is found although its health page names it and answers', () => {
  const chance = createChance(7);
  let gate = freshRequestGate;
  let failedAt: number | undefined;
  for (let second = 0; second < 120 && failedAt === undefined; second += 1) {
    const answers = Array.from({ length: 6 }, (_, index): JudgedAnswer => {
      const isNew = second >= 60 && chance.isTrue(0.5);
      const isHealth = index % 2 === 0;
      const isFailed = isNew && !isHealth;
      const answerer = isHealth ? (isNew ? 'new' : 'old') : 'unknown';
      const path = isHealth ? '/healthz' : '/';
      return { at: second, path, durationMs: usualMs, answerer, isFailed, isConnected: true };
    });
    gate = foldRequests(gate, { newServing: second < 60 ? 0 : 2, oldServing: 2, answers });
    if (judgeRequests(gate).verdict === 'fail') failedAt = second;
  }
  expect(failedAt).toBeLessThan(75);
});

test('what reaches no load balancer says nothing', () => {
  const unreached: JudgedAnswer = {
    at: 0,
    path: '/',
    durationMs: 5_000,
    answerer: 'unknown',
    isFailed: true,
    isConnected: false,
  };
  const before = course(traffic({ seconds: 60 })).gate;
  const answers = Array.from({ length: 1_000 }, () => unreached);
  const gate = foldRequests(before, { newServing: 3, oldServing: 0, answers });
  expect(judgeRequests(gate)).toMatchObject({ verdict: 'no-data', isDoubtful: false });
  expect(gate.unconnected).toBe(1_000);
});

test('the evidence shows who answered what, and the last requests that failed', () => {
  const conduct = () => ({ ...good, new: { failing: 1 } });
  const { gate } = course(traffic({ attribution: 'all', newShare: aQuarter, conduct }));
  const judgement = judgeRequests(gate);
  expect(judgement).toMatchObject({ verdict: 'fail', by: 'failures', test: 'comparison' });
  const { numbers } = judgement;
  expect(numbers.new.failures).toBe(numbers.new.requests);
  expect(numbers.old.failures).toBe(0);
  expect(numbers.baseline).toMatchObject({ requests: 300, failures: 0 });
  expect(numbers.pValue).toBeLessThan(gateAlpha);
  expect(numbers.examples).toHaveLength(3);
  expect(numbers.examples.at(-1)).toMatchObject({ path: '/', statusCode: 500, answerer: 'new' });
});

test('its state is plain data that stays small', () => {
  const conduct = () => ({ new: { failing: 0.01, slow: 0.01 }, old: { failing: 0.01, slow: 0.01 } });
  const { gate } = course(traffic({ attribution: 'all', conduct, requestsPerSecond: 50 }));
  expect(JSON.parse(JSON.stringify(gate))).toEqual(gate);
  expect(JSON.stringify(gate).length).toBeLessThan(3_000);
});

// The bound is 1 %; with these seeds, which are fixed, none occurs.
describe.each(['all', 'successes', 'none'] as const)(
  'false alarms, where answers name their release: %s',
  (attribution) => {
    test.each([0, 0.001, 0.01, 0.05])(
      'of a release that fails as often as the old one, %d, do not occur',
      (failing) => {
        const conduct = () => ({ new: { failing, slow: 0.01 }, old: { failing, slow: 0.01 } });
        let alarms = 0;
        for (let seed = 1; seed <= 8; seed += 1)
          if (course(traffic({ seed, attribution, conduct })).failedAt !== undefined) alarms += 1;
        expect(alarms).toBe(0);
      },
    );
  },
);

test('at 50 requests a second, a quarter new: failing all is found within 2 s by the median, failing 5 % within 15 s nine times of ten', () => {
  const timesOf = (attribution: Traffic['attribution'], failing: number) =>
    Array.from({ length: 60 }, (_, seed) => {
      const conduct = () => ({ new: { failing }, old: { failing: 0.001 } });
      const run = traffic({ seed, attribution, newShare: aQuarter, conduct, requestsPerSecond: 50 });
      return (course(run).failedAt ?? Infinity) - 60 + 1;
    }).sort((a, b) => a - b);
  expect(timesOf('all', 1)[30]).toBeLessThanOrEqual(2);
  expect(timesOf('none', 1)[30]).toBeLessThanOrEqual(2);
  expect(timesOf('all', 0.05)[54]).toBeLessThanOrEqual(15);
});
