// The story's networks: what should have been said on 2018-11-11 before each deploy.
import { expect, test } from 'vitest';
import { applyEdits } from './edit.js';
import { BACKEND, BUILDER, type HyperbolaNetwork, hyperbolaNetwork, SSM } from './fixtures/hyperbola/networks.js';
import { buildNetwork } from './network.js';
import type { Source } from './question.js';
import { reach } from './reach.js';

const toSsm = (from: Source) => ({ from, to: { kind: 'name' as const, name: SSM }, port: 443 });
const ask = (name: HyperbolaNetwork, from: Source) => reach(buildNetwork(hyperbolaNetwork(name)), toSsm(from));
const codes = (name: HyperbolaNetwork, from: Source) => ask(name, from).faults.map((fault) => fault.code);

test('N1 has exactly three faults for the backend: private DNS, the way out of its group, the way into the endpoint', () => {
  expect(ask('N1', BACKEND).verdict).toBe('unreachable');
  expect(codes('N1', BACKEND)).toEqual(['DNS_PRIVATE_DISABLED', 'ENI_SG_RULES_MISMATCH', 'SG_SHARED_NO_SELF_RULE']);
});

test('N1 leaves the builder alone: it reaches the service through the internet gateway', () => {
  expect(ask('N1', BUILDER)).toMatchObject({ verdict: 'reachable', faults: [], resolution: { kind: 'public' } });
});

test('N2 has exactly one fault for the backend: private DNS', () => {
  expect(ask('N2', BACKEND).verdict).toBe('unreachable');
  expect(codes('N2', BACKEND)).toEqual(['DNS_PRIVATE_DISABLED']);
});

test('N3 has no fault for the backend and one for the builder: the endpoint does not admit it', () => {
  expect(ask('N3', BACKEND)).toMatchObject({ verdict: 'reachable', faults: [], unknowns: [] });
  expect(ask('N3', BUILDER).verdict).toBe('unreachable');
  expect(codes('N3', BUILDER)).toEqual(['ENI_SG_RULES_MISMATCH']);
});

test('N5 lets everybody through', () => {
  expect(ask('N5', BACKEND)).toMatchObject({ verdict: 'reachable', faults: [] });
  expect(ask('N5', BUILDER)).toMatchObject({ verdict: 'reachable', faults: [] });
});

test('the edits of N1 make the backend reach the service', () => {
  const snapshot = hyperbolaNetwork('N1');
  const edits = ask('N1', BACKEND).faults.flatMap((fault) => fault.edits);
  expect(edits).toHaveLength(3);
  expect(reach(buildNetwork(applyEdits(snapshot, edits)), toSsm(BACKEND)).verdict).toBe('reachable');
});

test('the backend reaches S3 by its gateway endpoint in every network', () => {
  for (const name of ['N1', 'N2', 'N3', 'N5'] as const) {
    const question = { from: BACKEND, to: { kind: 'name' as const, name: 's3.us-west-2.amazonaws.com' }, port: 443 };
    expect(reach(buildNetwork(hyperbolaNetwork(name)), question)).toMatchObject({ verdict: 'reachable', faults: [] });
  }
});
