// An instance that does not exist yet, and ways that pass in part.
import { expect, test } from 'vitest';
import { comparePaths } from './compare.js';
import { BACKEND, BUILDER, hyperbolaNetwork, SSM } from './fixtures/hyperbola/networks.js';
import { LOCAL, rule, type SmallNetwork, smallNetwork, ssmEndpoint, TO_INTERNET } from './fixtures/small-network.js';
import { buildNetwork } from './network.js';
import type { Question, Source } from './question.js';
import { reach } from './reach.js';

const launch = (given: Partial<Extract<Source, { kind: 'launch' }>> = {}): Source => ({
  kind: 'launch',
  name: 'web',
  subnetIds: ['subnet-a', 'subnet-b'],
  securityGroupIds: ['sg-client'],
  ...given,
});
const toSsm = (from: Source): Question => ({
  from,
  to: { kind: 'name', name: 'ssm.us-west-2.amazonaws.com' },
  port: 443,
});
const ask = (given: SmallNetwork, from = launch(), to?: Question['to']) =>
  reach(buildNetwork(smallNetwork(given)), { ...toSsm(from), ...(to && { to }) });

test('a launch has one trace a subnet and destination interface', () => {
  const answer = ask(ssmEndpoint());
  expect(answer.verdict).toBe('reachable');
  expect(answer.traces.map((trace) => [trace.availabilityZone, trace.destinationAddress])).toEqual([
    ['us-west-2a', '10.0.1.50'],
    ['us-west-2a', '10.0.2.50'],
    ['us-west-2b', '10.0.1.50'],
    ['us-west-2b', '10.0.2.50'],
  ]);
});

test('a rule that names its group matches an instance that does not exist yet', () => {
  expect(ask({ ...ssmEndpoint(), serverIngress: [rule({ group: 'sg-client' })] }).verdict).toBe('reachable');
});

test('a rule for the whole subnet admits it, one for half of the subnet is unknown, one for elsewhere refuses', () => {
  const verdict = (cidr: string) =>
    ask({ ...ssmEndpoint(), serverIngress: [rule({ cidr })] }, launch({ subnetIds: ['subnet-a'] })).verdict;
  expect(verdict('10.0.1.0/24')).toBe('reachable');
  expect(verdict('10.0.1.0/25')).toBe('unknown');
  expect(verdict('10.0.2.0/24')).toBe('unreachable');
});

test('a launch without groups carries the default group of the VPC', () => {
  expect(
    ask({ ...ssmEndpoint(), serverIngress: [rule({ group: 'sg-default' })] }, launch({ securityGroupIds: [] })).verdict,
  ).toBe('reachable');
});

test('the subnet decides on a public address unless the launch does', () => {
  const given = { routesA: [LOCAL, TO_INTERNET] };
  const to = { kind: 'name' as const, name: 'example.com' };
  expect(ask(given, launch({ subnetIds: ['subnet-a'] }), to).faults.map((fault) => fault.edits)).toEqual([
    [{ kind: 'associatePublicAddress', launch: 'web' }],
  ]);
  expect(ask(given, launch({ subnetIds: ['subnet-a'], associatePublicIpAddress: true }), to).verdict).toBe('reachable');
  expect(ask({}, launch({ subnetIds: ['subnet-nat'] }), to).verdict).toBe('reachable');
});

test('one subnet with a way out and one without is partial, and says which', () => {
  const answer = ask({ routesA: [LOCAL, TO_INTERNET] }, launch({ associatePublicIpAddress: true }), {
    kind: 'name',
    name: 'example.com',
  });
  expect(answer.verdict).toBe('partial');
  expect(answer.faults.map((fault) => fault.code)).toEqual(['NO_ROUTE_TO_DESTINATION', 'PARTIAL_AZ']);
  expect(answer.faults[1]?.explanation).toBe(
    'Only some ways pass: from us-west-2a; not from us-west-2b. Connections fail now and then.',
  );
});

test('a subnet that gets out as things are is not dragged into the fault of one that does not', () => {
  const given = { ...ssmEndpoint({ PrivateDnsEnabled: false }), routesA: [LOCAL, TO_INTERNET] };
  const answer = ask(given, launch({ associatePublicIpAddress: true }));
  expect(answer.verdict).toBe('partial');
  expect(answer.faults.map((fault) => fault.code)).toEqual(['DNS_PRIVATE_DISABLED', 'PARTIAL_AZ']);
});

test('a subnet with IPv6 is noted as not analysed', () => {
  const subnets = smallNetwork().subnets!.map((subnet) => ({
    ...subnet,
    Ipv6CidrBlockAssociationSet: [{ Ipv6CidrBlock: '2001:db8::/64' }],
  }));
  expect(ask({ ...ssmEndpoint(), rest: { subnets } }).notes).toContain('subnet-a has IPv6: it is not analysed');
});

// ---- bystanders

test('switching private DNS on (N2 to N3) mends the backend and breaks the builder', () => {
  const changes = comparePaths(
    hyperbolaNetwork('N2'),
    hyperbolaNetwork('N3'),
    [BACKEND, BUILDER].map((from) => ({ from, to: { kind: 'name' as const, name: SSM }, port: 443 })),
  );
  expect(changes).toMatchObject([
    { kind: 'mended', question: { from: { name: 'backend' } } },
    {
      kind: 'broken',
      code: 'BYSTANDER_BROKEN',
      question: { from: { name: 'builder' } },
      after: { faults: [{ code: 'ENI_SG_RULES_MISMATCH' }] },
    },
  ]);
});

test('without questions everybody is asked about: each instance, to each service that has an endpoint', () => {
  const before = smallNetwork({
    ...ssmEndpoint({ PrivateDnsEnabled: false }),
    serverIngress: [],
    routesA: [LOCAL, TO_INTERNET],
    clientIsPublic: true,
  });
  const after = {
    ...before,
    vpcEndpoints: before.vpcEndpoints!.map((endpoint) => ({ ...endpoint, PrivateDnsEnabled: true })),
  };
  expect(comparePaths(before, after).map((change) => [change.kind, change.question.from])).toEqual([
    ['broken', { kind: 'instance', instanceId: 'i-client' }],
    ['otherFaults', { kind: 'instance', instanceId: 'i-server' }],
  ]);
});

test('a path that only takes another way is rerouted, and an unchanged network has no changes', () => {
  const before = smallNetwork({
    ...ssmEndpoint({ PrivateDnsEnabled: false }),
    routesA: [LOCAL, TO_INTERNET],
    clientIsPublic: true,
  });
  const after = {
    ...before,
    vpcEndpoints: before.vpcEndpoints!.map((endpoint) => ({ ...endpoint, PrivateDnsEnabled: true })),
  };
  expect(comparePaths(before, after).map((change) => change.kind)).toContain('rerouted');
  expect(comparePaths(before, before)).toEqual([]);
});
