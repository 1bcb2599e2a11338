import type { NetworkSnapshot, Question, Verdict } from '@directrix/reachability';
import { expect, it } from 'vitest';
import { createLabState } from '../control-plane/state.js';
import { createNetworkDecisions } from './decision.js';

const CLIENT = { kind: 'instance', instanceId: 'i-1' } as const;

function setUp(verdict: Verdict) {
  const state = createLabState();
  const built: NetworkSnapshot[] = [];
  const asked: Question[] = [];
  const decisions = createNetworkDecisions(state, {
    buildNetwork: (snapshot) => built.push(snapshot),
    decideReach(_network, question) {
      asked.push(question);
      return { verdict };
    },
    resolve: () => ({ kind: 'public' }),
  });
  return { state, built, asked, passes: () => decisions.passes(CLIENT, '10.0.0.9', 443) };
}

it.each<[Verdict, boolean[]]>([
  ['reachable', [true, true, true, true]],
  ['unreachable', [false, false, false, false]],
  ['unknown', [false, false, false, false]],
  ['partial', [true, false, true, false]],
])('what is %s passes like this: %j', (verdict, expected) => {
  const { passes } = setUp(verdict);
  expect([passes(), passes(), passes(), passes()]).toEqual(expected);
});

it('a question is decided once for each revision of the network, on a copy of the books', () => {
  const { passes, state, asked, built } = setUp('reachable');
  const subnet = { SubnetId: 'subnet-1' };
  state.ec2.subnets.set('subnet-1', subnet);
  passes();
  passes();
  expect(asked).toEqual([{ from: CLIENT, to: { kind: 'address', address: '10.0.0.9' }, port: 443 }]);
  state.ec2.networkRevision += 1;
  passes();
  expect(asked).toHaveLength(2);
  expect(built[1]?.subnets).toEqual([subnet]);
  expect(built[1]?.subnets?.[0]).not.toBe(subnet);
});
