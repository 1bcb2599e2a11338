// A1: unknown stays unknown. Whatever is taken away from what was read, no verdict turns into unreachable.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomQuestion, randomSnapshot } from './fixtures/random-network.js';
import { allowAll, entry, smallNetwork, toServer } from './fixtures/small-network.js';
import { buildNetwork } from './network.js';
import { reach } from './reach.js';
import type { NetworkSnapshot } from './snapshot.js';

type Path = readonly (string | number)[];

/** Ids, by which things are known, and what EC2 leaves out where there is none: these say something by being absent. */
const kept =
  /^(region|.*Ids?|id|name|list|entries|Tags|Key|ServiceName|VpcEndpointType|Association|PublicIp|.*Ranges|UserIdGroupPairs)$/;

function pathsOf(value: unknown, path: Path = []): readonly Path[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => pathsOf(item, [...path, index]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [
    // A route without its target is not an id that is missing.
    ...((kept.test(key) && key !== 'GatewayId') || item === undefined ? [] : [[...path, key]]),
    ...pathsOf(item, [...path, key]),
  ]);
}

function without<T>(value: T, path: Path): T {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  if (Array.isArray(value)) return value.map((item, index) => (index === first ? without(item, rest) : item)) as T;
  const { [first as keyof T]: own, ...others } = value as T & object;
  return (rest.length === 0 ? others : { ...value, [first]: without(own, rest) }) as T;
}

const removable: (keyof NetworkSnapshot)[] = [
  'vpcs',
  'vpcAttributes',
  'subnets',
  'routeTables',
  'networkAcls',
  'securityGroups',
  'networkInterfaces',
  'instances',
  'internetGateways',
  'natGateways',
  'vpcEndpoints',
  'vpcPeeringConnections',
  'dhcpOptions',
  'prefixLists',
  'privateHostedZones',
];

test('A1: lists that were not read never make a verdict unreachable', () => {
  fc.assert(
    fc.property(
      randomSnapshot,
      randomQuestion,
      fc.subarray(removable, { minLength: 1, maxLength: 3 }),
      (snapshot, question, lists) => {
        const before = reach(buildNetwork(snapshot), question).verdict;
        const less = Object.fromEntries(Object.entries(snapshot).filter(([key]) => !lists.includes(key as never)));
        const after = reach(buildNetwork(less as unknown as NetworkSnapshot), question);
        if (before !== 'unreachable')
          expect({ lists, verdict: after.verdict, faults: after.faults.map(({ code }) => code) }).not.toMatchObject({
            verdict: 'unreachable',
          });
      },
    ),
    { numRuns: 100 },
  );
});

test('A1: members that an answer did not have never make a verdict unreachable', () => {
  fc.assert(
    fc.property(randomSnapshot, randomQuestion, fc.nat(), (snapshot, question, number) => {
      const paths = pathsOf(snapshot);
      const path = paths[number % paths.length] ?? [];
      const before = reach(buildNetwork(snapshot), question).verdict;
      const after = reach(buildNetwork(without(snapshot, path)), question);
      if (before !== 'unreachable')
        expect({
          path,
          verdict: after.verdict,
          faults: after.faults.map(({ explanation }) => explanation),
        }).not.toMatchObject({ verdict: 'unreachable' });
    }),
    { numRuns: 250 },
  );
});

test('A1: an address within the local route stays unknown when neither ranges nor interfaces were read', () => {
  const { vpcs: _, networkInterfaces: __, ...less } = smallNetwork();
  const question = { ...toServer(), to: { kind: 'address', address: '10.0.2.20' } } as const;
  expect(reach(buildNetwork(less), question).verdict).toBe('unknown');
});

test.each([{ To: 443 }, { From: 443 }, undefined])('A1: a denial of the ports %j may deny others', (PortRange) => {
  const denial = { ...entry(50, 'out', 'deny', '0.0.0.0/0', [80, 80]), PortRange };
  expect(reach(buildNetwork(smallNetwork({ aclA: [...allowAll(), denial] })), toServer()).verdict).toBe('unknown');
});
