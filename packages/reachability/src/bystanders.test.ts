// A mend keeps the diagnosis: what is broken stays told when the mend leads around it, and who else is affected is named.
import type { Route } from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { findBystanders } from './bystanders.js';
import {
  ALL,
  LOCAL,
  rule,
  type SmallNetwork,
  smallNetwork,
  ssmEndpoint,
  TO_INTERNET,
  toName,
  VPC,
} from './fixtures/small-network.js';
import { buildNetwork } from './network.js';
import type { Question } from './question.js';
import { reach } from './reach.js';

const SSM = 'ssm.us-west-2.amazonaws.com';

function mend(given: SmallNetwork, question: Question = toName(SSM)) {
  const network = buildNetwork(smallNetwork(given));
  const answer = reach(network, question);
  return { answer, bystanders: findBystanders(network, answer) };
}

/** An instance beside the client, in a subnet of the test's choice. */
function beside(subnetId: string, groupIds: readonly string[], isPublic = false): Pick<SmallNetwork, 'interfaces'> {
  return {
    interfaces: [
      {
        NetworkInterfaceId: 'eni-other',
        VpcId: VPC,
        SubnetId: subnetId,
        PrivateIpAddress: subnetId === 'subnet-nat' ? '10.0.3.30' : '10.0.1.30',
        Groups: groupIds.map((GroupId) => ({ GroupId })),
        Attachment: { InstanceId: 'i-other', DeviceIndex: 0 },
        ...(isPublic && { Association: { PublicIp: '198.51.100.9' } }),
      },
    ],
  };
}

const toNat: Route = { DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: 'nat-1', State: 'active' };
const deadNat = { NatGatewayId: 'nat-1', VpcId: VPC, SubnetId: 'subnet-nat', State: 'failed' as const };

test.each<[string, SmallNetwork, string]>([
  ['a dead NAT gateway', { routesA: [LOCAL, toNat], natGateways: [deadNat] }, 'BAD_STATE'],
  ['a blackhole', { routesA: [LOCAL, { ...toNat, State: 'blackhole' }] }, 'BAD_STATE_ROUTE'],
  [
    'a detached internet gateway',
    {
      routesA: [LOCAL, TO_INTERNET],
      clientIsPublic: true,
      rest: { internetGateways: [{ InternetGatewayId: 'igw-1', Attachments: [] }] },
    },
    'BAD_STATE',
  ],
  ['a missing public address', { routesA: [LOCAL, TO_INTERNET] }, 'IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS'],
])('%s is told beside the private DNS that leads around it', (_, given, code) => {
  const { answer } = mend({ ...given, ...ssmEndpoint({ PrivateDnsEnabled: false }) });
  expect(answer.faults.map((fault) => fault.code)).toEqual(['DNS_PRIVATE_DISABLED', code]);
  expect(answer.faults[1]?.edits).toEqual([]);
  expect(answer.faults[1]?.explanation).toMatch(/leads around it\.$/);
});

test('a subnet that was never meant to have a way out has none to be told of', () => {
  const { answer } = mend(ssmEndpoint({ PrivateDnsEnabled: false }));
  expect(answer.faults.map((fault) => fault.code)).toEqual(['DNS_PRIVATE_DISABLED']);
});

test('private DNS breaks who goes by the internet and is not admitted by the endpoint', () => {
  const endpoint = ssmEndpoint({ PrivateDnsEnabled: false });
  const other = beside('subnet-nat', ['sg-default'], true);
  const { bystanders } = mend({
    ...endpoint,
    interfaces: [...endpoint.interfaces!, ...other.interfaces!],
    serverIngress: [rule({ group: 'sg-client' })],
  });
  expect(bystanders.map(({ kind, question }) => [kind, question.from])).toEqual([
    ['broken', { kind: 'instance', instanceId: 'i-other' }],
  ]);
  expect(bystanders[0]?.faults.map(({ code }) => code)).toEqual(['ENI_SG_RULES_MISMATCH']);
});

test('a rule of a shared group opens the way for who else carries it', () => {
  const { answer, bystanders } = mend(
    { clientEgress: [], clientGroups: ['sg-client'], ...beside('subnet-a', ['sg-client', 'sg-default']) },
    { from: { kind: 'instance', instanceId: 'i-client' }, to: { kind: 'instance', instanceId: 'i-server' }, port: 443 },
  );
  expect(answer.faults).toHaveLength(1);
  // It carries the default group too, which lets everything out already.
  expect(bystanders).toEqual([]);
  const alone = mend(
    {
      clientEgress: [],
      groups: [{ GroupId: 'sg-mark', VpcId: VPC, IpPermissions: [], IpPermissionsEgress: [] }],
      ...beside('subnet-a', ['sg-client', 'sg-mark']),
    },
    { from: { kind: 'instance', instanceId: 'i-client' }, to: { kind: 'instance', instanceId: 'i-server' }, port: 443 },
  );
  expect(alone.bystanders.map(({ kind }) => kind)).toEqual(['opened']);
});

test('of its groups the source gets the rule in the one that nobody else carries', () => {
  const { answer } = mend(
    {
      clientEgress: [],
      clientGroups: ['sg-shared', 'sg-client'],
      groups: [{ GroupId: 'sg-shared', VpcId: VPC, IpPermissions: [], IpPermissionsEgress: [] }],
      ...beside('subnet-a', ['sg-shared']),
    },
    { from: { kind: 'instance', instanceId: 'i-client' }, to: { kind: 'instance', instanceId: 'i-server' }, port: 443 },
  );
  expect(answer.faults.flatMap(({ edits }) => edits)).toMatchObject([
    { groupId: 'sg-client', peer: { groupId: 'sg-server' } },
  ]);
});

test('a new endpoint gets a group of its own, which admits the client alone', () => {
  const { answer } = mend({ clientEgress: ALL });
  expect(answer.faults.flatMap(({ edits }) => edits)).toMatchObject([
    { kind: 'createSecurityGroup', groupName: 'endpoint-ssm' },
    { kind: 'authorizeSecurityGroup', direction: 'ingress', fromPort: 443, peer: { groupId: 'sg-client' } },
    { kind: 'createInterfaceEndpoint', securityGroupIds: [`sg-new-endpoint-ssm-in-${VPC}`] },
  ]);
});

test('a route that is mended opens the way for the whole subnet', () => {
  const { answer, bystanders } = mend(
    {
      routesA: [LOCAL, { ...toNat, NatGatewayId: 'nat-gone', State: 'blackhole' }],
      natGateways: [{ ...deadNat, State: 'available', ConnectivityType: 'public' }],
      ...beside('subnet-a', ['sg-default']),
    },
    toName('example.com'),
  );
  expect(answer.faults.flatMap(({ edits }) => edits)).toMatchObject([
    { kind: 'replaceRoute', target: { natGatewayId: 'nat-1' } },
  ]);
  expect(bystanders.map(({ kind }) => kind)).toEqual(['opened']);
});
