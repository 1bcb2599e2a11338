// The promises of every answer, over random networks (R1 to R3 in reach.ts).
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { reachAll } from './batch.js';
import { applyEdits } from './edit.js';
import { randomQuestion, randomSnapshot } from './fixtures/random-network.js';
import { ALL } from './fixtures/small-network.js';
import { buildNetwork } from './network.js';
import type { Answer, Question, Verdict } from './question.js';
import { applyEditToQuestion, reach } from './reach.js';
import type { NetworkSnapshot } from './snapshot.js';

const RUNS = { numRuns: 250 };
const ask = (snapshot: NetworkSnapshot, question: Question) => reach(buildNetwork(snapshot), question);
const editsOf = (answer: Answer) => answer.faults.flatMap((fault) => fault.edits);
const WORTH: Readonly<Record<Verdict, number>> = { unreachable: 0, unknown: 1, partial: 1, reachable: 2 };

test('R2: applying every edit of an answer makes it reachable, unless one is for a person', () => {
  let mended = 0;
  let manual = 0;
  let unsure = 0;
  fc.assert(
    fc.property(randomSnapshot, randomQuestion, (snapshot, question) => {
      const answer = ask(snapshot, question);
      if (answer.verdict === 'reachable' || answer.verdict === 'unknown') return;
      const edits = editsOf(answer);
      if (edits.some((edit) => edit.kind === 'manual')) {
        manual++;
        return;
      }
      mended++;
      const after = ask(applyEdits(snapshot, edits), edits.reduce(applyEditToQuestion, question));
      expect(after.faults).toEqual([]);
      // An address that nobody knows yet may stay outside of a rule for half of the internet.
      expect(after.verdict).toBe(after.unknowns.length > 0 ? 'unknown' : 'reachable');
      if (after.verdict === 'unknown') unsure++;
    }),
    RUNS,
  );
  // Edits for a person are the exception.
  expect(manual * 5).toBeLessThan(mended);
  expect(unsure * 5).toBeLessThan(mended);
});

test('R2: what is not reachable has a fault, what is reachable has none, and unknown says why', () => {
  fc.assert(
    fc.property(randomSnapshot, randomQuestion, (snapshot, question) => {
      const answer = ask(snapshot, question);
      if (answer.verdict === 'reachable') expect(answer.faults).toEqual([]);
      if (answer.verdict === 'unreachable' || answer.verdict === 'partial') expect(answer.faults).not.toEqual([]);
      if (answer.verdict === 'unknown') expect(answer.unknowns).not.toEqual([]);
    }),
    RUNS,
  );
});

const LISTS = [
  'routeTables',
  'networkAcls',
  'securityGroups',
  'vpcEndpoints',
  'vpcs',
  'subnets',
  'dhcpOptions',
  'vpcAttributes',
  'internetGateways',
  'natGateways',
  'prefixLists',
  'instances',
  'networkInterfaces',
  'privateHostedZones',
] as const;

test('R1: taking a list away never turns an answer into its opposite', () => {
  fc.assert(
    fc.property(randomSnapshot, randomQuestion, fc.constantFrom(...LISTS), (snapshot, question, list) => {
      const whole = ask(snapshot, question).verdict;
      const less = ask({ ...snapshot, [list]: undefined }, question).verdict;
      if (less !== 'unknown') expect(less === 'partial' && whole === 'unknown' ? whole : less).toBe(whole);
    }),
    RUNS,
  );
});

test('R3: the same snapshot and question give the same answer, to the byte', () => {
  fc.assert(
    fc.property(randomSnapshot, randomQuestion, (snapshot, question) => {
      const copy = JSON.parse(JSON.stringify(snapshot)) as NetworkSnapshot;
      expect(JSON.stringify(ask(copy, question))).toBe(JSON.stringify(ask(snapshot, question)));
    }),
    { numRuns: 100 },
  );
});

test('asking changes nothing: neither the snapshot nor the next answer', () => {
  fc.assert(
    fc.property(randomSnapshot, randomQuestion, randomQuestion, (snapshot, question, other) => {
      const before = JSON.stringify(snapshot);
      const network = buildNetwork(snapshot);
      const first = JSON.stringify(reach(network, question));
      reach(network, other);
      expect(JSON.stringify(reach(network, question))).toBe(first);
      expect(JSON.stringify(snapshot)).toBe(before);
    }),
    { numRuns: 100 },
  );
});

test('one more allow rule never makes anything less reachable', () => {
  fc.assert(
    fc.property(
      randomSnapshot,
      randomQuestion,
      fc.constantFrom('sg-client', 'sg-server', 'sg-default'),
      fc.boolean(),
      (snapshot, question, id, isIngress) => {
        const before = ask(snapshot, question).verdict;
        const key = isIngress ? 'IpPermissions' : 'IpPermissionsEgress';
        const more = snapshot.securityGroups?.map((group) =>
          group.GroupId === id ? { ...group, [key]: [...(group[key] ?? []), ...ALL] } : group,
        );
        const after = ask({ ...snapshot, securityGroups: more }, question).verdict;
        expect(WORTH[after]).toBeGreaterThanOrEqual(WORTH[before]);
      },
    ),
    RUNS,
  );
});

test('B1: a batch answers as the single questions do', () => {
  fc.assert(
    fc.property(randomSnapshot, fc.array(randomQuestion, { maxLength: 8 }), (snapshot, questions) => {
      const network = buildNetwork(snapshot);
      expect(reachAll(network, questions)).toEqual(questions.map((question) => reach(network, question)));
    }),
    { numRuns: 60 },
  );
});
