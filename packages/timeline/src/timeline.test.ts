import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeStatements, type Statement } from './timeline.js';

const said = (text: string) => ({ witness: 'person', what: 'said', text }) as const;

test('a clock that is ahead is set back: the order is what happened, not what the clocks said', () => {
  const merged = mergeStatements([
    {
      sightings: [
        { at: 1_000, sighting: said('first') },
        { at: 3_000, sighting: said('third') },
      ],
    },
    { clockOffsetMs: 180_000, sightings: [{ at: 182_000, sighting: said('second') }] },
  ]);
  expect(merged.map((entry) => [entry.at, entry.statedAt, 'text' in entry && entry.text])).toEqual([
    [1_000, 1_000, 'first'],
    [2_000, 182_000, 'second'],
    [3_000, 3_000, 'third'],
  ]);
});

test('the span takes both of its ends, on the reference clock', () => {
  const statement: Statement = {
    clockOffsetMs: 10,
    sightings: [9, 10, 20, 21].map((at) => ({ at: at + 10, sighting: said(String(at)) })),
  };
  expect(mergeStatements([statement], { since: 10, until: 20 }).map(({ at }) => at)).toEqual([10, 20]);
});

test('of one instant the witnesses come in the order given, and each keeps its own order', () => {
  const at = 5;
  const merged = mergeStatements([
    {
      sightings: [
        { at, sighting: said('a') },
        { at, sighting: said('b') },
      ],
    },
    { sightings: [{ at, sighting: said('c') }] },
  ]);
  expect(merged.map((entry) => 'text' in entry && entry.text)).toEqual(['a', 'b', 'c']);
});

const statements = fc.array(
  fc.record({
    clockOffsetMs: fc.integer({ min: -3_600_000, max: 3_600_000 }),
    sightings: fc.uniqueArray(
      fc.tuple(fc.nat(1_000_000), fc.string()).map(([at, text]) => ({ at, sighting: said(text) })),
      { selector: ({ at, sighting }) => `${at} ${sighting.text}` },
    ),
  }),
  { maxLength: 5 },
);

test('T1 to T4: nothing is lost, everything is in order, and a repeated sighting is one', () => {
  fc.assert(
    fc.property(statements, (given) => {
      const merged = mergeStatements(given);
      expect(merged).toHaveLength(given.reduce((total, { sightings }) => total + sightings.length, 0));
      expect(merged.every(({ at }, index) => index === 0 || at >= (merged[index - 1]?.at ?? 0))).toBe(true);
      const twice = given.map((statement) => ({
        ...statement,
        sightings: [...statement.sightings, ...statement.sightings],
      }));
      expect(mergeStatements(twice)).toEqual(merged);
      const turned = mergeStatements([...given].reverse());
      expect(turned.map(({ at }) => at)).toEqual(merged.map(({ at }) => at));
      expect(new Set(turned.map((entry) => JSON.stringify(entry)))).toEqual(
        new Set(merged.map((entry) => JSON.stringify(entry))),
      );
    }),
    { numRuns: 100 },
  );
});
