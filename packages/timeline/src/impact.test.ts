import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { measureImpact, quietMs, type RequestSecond, statementOfOutages } from './impact.js';

const t0 = 1_541_894_400_000;
/** `ok` and `ko` requests in second `at`. */
function second(at: number, ok: number, ko = 0): RequestSecond {
  return { at: t0 + at * 1000, succeeded: ok, failed: ko, failures: ko === 0 ? {} : { 502: ko } };
}

describe('worked', () => {
  test('a site that fails in part and then altogether has one outage, with when it was down', () => {
    const impact = measureImpact([second(0, 50), second(1, 40, 10), second(2, 0, 50), second(3, 0, 50), second(4, 50)]);
    expect(impact).toEqual({
      requests: 250,
      failed: 110,
      secondsDown: 2,
      outages: [
        {
          since: t0 + 1000,
          until: t0 + 4000,
          failed: 110,
          secondsDown: 2,
          downSince: t0 + 2000,
          failures: { 502: 110 },
          isOver: true,
        },
      ],
    });
    expect(
      statementOfOutages(impact).map(({ at, sighting }) => [at - t0, 'what' in sighting && sighting.what]),
    ).toEqual([
      [1000, 'failing'],
      [2000, 'down'],
      [4000, 'recovered'],
    ]);
  });

  test('a hundred flaps within the quiet time are one outage', () => {
    const seconds = Array.from({ length: 200 }, (_, index) =>
      second(index, index % 2 === 0 ? 10 : 0, index % 2 === 0 ? 0 : 10),
    );
    expect(measureImpact(seconds).outages).toHaveLength(1);
  });

  test('failures further apart than the quiet time are two outages', () => {
    const gap = quietMs / 1000 + 1;
    expect(measureImpact([second(0, 0, 1), second(1, 9), second(gap, 0, 1), second(gap + 1, 9)]).outages).toHaveLength(
      2,
    );
  });

  test('an outage that the counts end with is not over', () => {
    expect(measureImpact([second(0, 5), second(1, 0, 5)]).outages[0]?.isOver).toBe(false);
    expect(
      statementOfOutages(measureImpact([second(0, 0, 5)])).map(({ sighting }) => 'what' in sighting && sighting.what),
    ).toEqual(['failing', 'down']);
  });

  test('a second without requests is not down, and no counts are no outage', () => {
    expect(measureImpact([second(0, 0, 0)])).toEqual({ requests: 0, failed: 0, secondsDown: 0, outages: [] });
    expect(measureImpact([]).outages).toEqual([]);
  });
});

const seconds = fc
  .uniqueArray(fc.tuple(fc.nat(600), fc.nat(5), fc.nat(5)), { selector: ([at]) => at, maxLength: 80 })
  .map((list) => list.map(([at, ok, ko]) => second(at, ok, ko)));

test('I1: a second that is counted in pieces is one second', () => {
  fc.assert(
    fc.property(seconds, fc.infiniteStream(fc.boolean()), (list, stream) => {
      const pieces = list.flatMap((whole) => {
        const rest = { ...second(0, 0), at: whole.at + 400 };
        return stream.next().value === true
          ? [
              { ...whole, succeeded: 0 },
              { ...rest, succeeded: whole.succeeded },
            ]
          : [whole, rest];
      });
      expect(measureImpact(pieces)).toEqual(measureImpact(list));
    }),
    { numRuns: 100 },
  );
});

test('I1, I3: every failed request is in exactly one outage, whatever the order of the seconds', () => {
  fc.assert(
    fc.property(seconds, (list) => {
      const impact = measureImpact(list);
      expect(impact).toEqual(measureImpact([...list].reverse()));
      expect(impact.outages.reduce((total, { failed }) => total + failed, 0)).toBe(impact.failed);
      expect(impact.outages.reduce((total, { secondsDown }) => total + secondsDown, 0)).toBe(impact.secondsDown);
      for (const [index, outage] of impact.outages.entries()) {
        expect(outage.until).toBeGreaterThan(outage.since);
        const before = impact.outages[index - 1];
        if (before !== undefined) expect(outage.since - before.until).toBeGreaterThanOrEqual(quietMs - 1000);
      }
    }),
    { numRuns: 200 },
  );
});
