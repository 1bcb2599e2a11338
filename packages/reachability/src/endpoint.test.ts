// Names of AWS's services: one fault at a time, several at a time, and what is enough without an endpoint.
import { expect, test } from 'vitest';
import { applyEdits } from './edit.js';
import {
  entry,
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
const S3 = 's3.us-west-2.amazonaws.com';
const ask = (given: SmallNetwork, question: Question = toName(SSM)) =>
  reach(buildNetwork(smallNetwork(given)), question);
const codesOf = (given: SmallNetwork, question?: Question) => ask(given, question).faults.map((fault) => fault.code);
const policy = (...statements: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements });
const ALLOW = { Effect: 'Allow', Principal: '*', Resource: '*' };
const attributes = (enableDnsSupport: boolean, enableDnsHostnames: boolean) => ({
  vpcAttributes: { [VPC]: { enableDnsSupport, enableDnsHostnames } },
});
const zone = { id: 'Z1', name: 'us-west-2.amazonaws.com', vpcIds: [VPC], records: [] };

test.each<[string, SmallNetwork, string, string[]]>([
  ['nothing is wrong', ssmEndpoint(), 'reachable', []],
  ['private DNS is off', ssmEndpoint({ PrivateDnsEnabled: false }), 'unreachable', ['DNS_PRIVATE_DISABLED']],
  ['DNS support is off', { ...ssmEndpoint(), rest: attributes(false, true) }, 'unreachable', ['DNS_VPC_ATTRIBUTES']],
  [
    'DNS host names are off',
    { ...ssmEndpoint(), rest: attributes(true, false) },
    'unreachable',
    ['DNS_VPC_ATTRIBUTES'],
  ],
  [
    'both attributes and private DNS are off',
    { ...ssmEndpoint({ PrivateDnsEnabled: false }), rest: attributes(false, false) },
    'unreachable',
    ['DNS_VPC_ATTRIBUTES', 'DNS_PRIVATE_DISABLED'],
  ],
  [
    'a hosted zone hides the name',
    { ...ssmEndpoint({ PrivateDnsEnabled: false }), rest: { privateHostedZones: [zone] } },
    'unreachable',
    ['DNS_PHZ_OVERRIDE'],
  ],
  [
    'a hosted zone leads astray',
    {
      ...ssmEndpoint({ PrivateDnsEnabled: false }),
      rest: { privateHostedZones: [{ ...zone, records: [{ name: SSM, type: 'A', values: ['10.0.9.9'] }] }] },
    },
    'unreachable',
    ['DNS_PHZ_OVERRIDE'],
  ],
  ['no endpoint and no way out', {}, 'unreachable', ['ENDPOINT_MISSING']],
  [
    'an endpoint of the wrong type',
    { endpoints: [{ ...ssmEndpoint().endpoints![0]!, VpcEndpointType: 'Gateway' }] },
    'unreachable',
    ['ENDPOINT_WRONG_TYPE'],
  ],
  ['the endpoint is pending', ssmEndpoint({ State: 'pending' as never }), 'unreachable', ['ENDPOINT_STATE']],
  [
    'the endpoint waits to be accepted',
    ssmEndpoint({ State: 'PendingAcceptance' as never }),
    'unreachable',
    ['ENDPOINT_STATE'],
  ],
  ['the endpoint failed', ssmEndpoint({ State: 'failed' as never }), 'unreachable', ['ENDPOINT_STATE']],
  [
    'the policy is for another service',
    ssmEndpoint({ PolicyDocument: policy({ ...ALLOW, Action: 's3:*' }) }),
    'unreachable',
    ['POLICY_ENDPOINT'],
  ],
  [
    'the policy denies everything',
    ssmEndpoint({ PolicyDocument: policy({ ...ALLOW, Action: '*' }, { ...ALLOW, Effect: 'Deny', Action: '*' }) }),
    'unreachable',
    ['POLICY_ENDPOINT'],
  ],
  [
    'the policy allows some actions',
    ssmEndpoint({ PolicyDocument: policy({ ...ALLOW, Action: ['ssm:GetParameter*'] }) }),
    'reachable',
    [],
  ],
  [
    'the client may not go out',
    { ...ssmEndpoint(), clientEgress: [rule({ cidr: '10.9.0.0/16' })] },
    'unreachable',
    ['ENI_SG_RULES_MISMATCH'],
  ],
  [
    'the endpoint admits nobody',
    { ...ssmEndpoint(), serverIngress: [rule({ cidr: '10.9.0.0/16' })] },
    'unreachable',
    ['ENI_SG_RULES_MISMATCH'],
  ],
  [
    'no group on the endpoint: the default one refuses',
    ssmEndpoint({ Groups: [] }),
    'unreachable',
    ['ENI_SG_RULES_MISMATCH'],
  ],
  [
    'the endpoint carries the group of the client',
    { ...ssmEndpoint({ Groups: [{ GroupId: 'sg-client' }] }) },
    'unreachable',
    ['SG_SHARED_NO_SELF_RULE'],
  ],
  [
    'three at once',
    {
      ...ssmEndpoint({ PrivateDnsEnabled: false, Groups: [{ GroupId: 'sg-client' }] }),
      clientEgress: [rule({ cidr: '10.9.0.0/16' })],
    },
    'unreachable',
    ['DNS_PRIVATE_DISABLED', 'ENI_SG_RULES_MISMATCH', 'SG_SHARED_NO_SELF_RULE'],
  ],
  [
    'one zone is closed by its ACL',
    { ...ssmEndpoint(), aclB: [entry(100, 'out', 'allow')] },
    'partial',
    ['SUBNET_ACL_RESTRICTION', 'PARTIAL_AZ'],
  ],
  ['the other zone alone is enough, across zones', ssmEndpoint({}, ['subnet-b']), 'reachable', []],
  [
    'private DNS is off, but a NAT gateway leads out',
    {
      ...ssmEndpoint({ PrivateDnsEnabled: false }),
      routesA: [LOCAL, { DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: 'nat-1', State: 'active' }],
      natGateways: [{ NatGatewayId: 'nat-1', VpcId: VPC, SubnetId: 'subnet-nat', State: 'available' }],
    },
    'reachable',
    [],
  ],
  [
    'no endpoint, but an internet gateway and a public address',
    { routesA: [LOCAL, TO_INTERNET], clientIsPublic: true },
    'reachable',
    [],
  ],
])('%s', (_, given, verdict, codes) => {
  const answer = ask(given);
  expect(answer.verdict).toBe(verdict);
  expect(answer.faults.map((fault) => fault.code)).toEqual(codes);
  const edits = answer.faults.flatMap((fault) => fault.edits);
  if (edits.every((edit) => edit.kind !== 'manual')) {
    expect(reach(buildNetwork(applyEdits(smallNetwork(given), edits)), toName(SSM)).verdict).toBe('reachable');
  }
});

test('a client in a zone without an interface of the endpoint gets through, and the crossing is noted', () => {
  expect(ask(ssmEndpoint({}, ['subnet-b'])).notes).toEqual([
    'vpce-1 has no interface in us-west-2a: connections from there cross zones',
  ]);
});

test('a policy that allows some requests only is a note, and decides when the action is asked for', () => {
  const given = ssmEndpoint({ PolicyDocument: policy({ ...ALLOW, Action: 'ssm:GetParameter' }) });
  expect(ask(given).notes).toHaveLength(1);
  const withAccess = (...actions: readonly string[]) => ({ ...toName(SSM), access: { actions } });
  expect(ask(given, withAccess('ssm:GetParameter'))).toMatchObject({ verdict: 'reachable', notes: [] });
  expect(codesOf(given, withAccess('ssm:GetParameter', 'ssm:GetParametersByPath'))).toEqual(['POLICY_ENDPOINT']);
});

test('a policy for another account withholds from this principal', () => {
  const given = ssmEndpoint({
    PolicyDocument: policy({ ...ALLOW, Principal: { AWS: 'arn:aws:iam::999999999999:root' }, Action: '*' }),
  });
  const as = (principalArn: string) => ({ ...toName(SSM), access: { actions: ['ssm:GetParameter'], principalArn } });
  expect(codesOf(given, as('arn:aws:iam::123456789012:role/web'))).toEqual(['POLICY_ENDPOINT']);
  expect(codesOf(given, as('arn:aws:iam::999999999999:role/web'))).toEqual([]);
});

const GATEWAY = {
  VpcEndpointId: 'vpce-s3',
  VpcEndpointType: 'Gateway' as const,
  VpcId: VPC,
  ServiceName: 'com.amazonaws.us-west-2.s3',
  State: 'available' as never,
  RouteTableIds: ['rtb-a'],
};
const TO_S3 = { DestinationPrefixListId: 'pl-s3', GatewayId: 'vpce-s3', State: 'active' as const };

test.each<[string, SmallNetwork, string[]]>([
  ['a gateway endpoint with its route', { endpoints: [GATEWAY], routesA: [LOCAL, TO_S3] }, []],
  [
    'egress to the prefix list only',
    { endpoints: [GATEWAY], routesA: [LOCAL, TO_S3], clientEgress: [rule({ list: 'pl-s3' })] },
    [],
  ],
  [
    'egress to the VPC only',
    { endpoints: [GATEWAY], routesA: [LOCAL, TO_S3], clientEgress: [rule({ cidr: '10.0.0.0/16' })] },
    ['ENI_SG_RULES_MISMATCH'],
  ],
  [
    'the table of the subnet is not among its tables',
    { endpoints: [{ ...GATEWAY, RouteTableIds: ['rtb-b'] }], routesB: [LOCAL, TO_S3] },
    ['NO_ROUTE_TO_DESTINATION'],
  ],
  ['no endpoint at all', {}, ['ENDPOINT_MISSING']],
])('S3: %s', (_, given, codes) => {
  expect(codesOf(given, toName(S3))).toEqual(codes);
  const edits = ask(given, toName(S3)).faults.flatMap((fault) => fault.edits);
  expect(reach(buildNetwork(applyEdits(smallNetwork(given), edits)), toName(S3)).verdict).toBe('reachable');
});

test('the route of the S3 endpoint takes nothing that is not for S3', () => {
  const given = { endpoints: [GATEWAY], routesA: [LOCAL, TO_S3] };
  expect(codesOf(given, toName(SSM))).toEqual(['ENDPOINT_MISSING']);
  expect(ask(given, toName('example.com')).verdict).toBe('unreachable');
});

test('the endpoint is reached by its own name whatever private DNS says', () => {
  const name = 'vpce-1-abc123.ssm.us-west-2.vpce.amazonaws.com';
  expect(ask(ssmEndpoint({ PrivateDnsEnabled: false }), toName(name)).verdict).toBe('reachable');
});

test('an endpoint that answers only the inbound resolver does not make the name reachable', () => {
  expect(ask(ssmEndpoint({ DnsOptions: { PrivateDnsOnlyForInboundResolverEndpoint: true } })).verdict).toBe(
    'unreachable',
  );
});

// ---- any of these, alone or together

interface Injected {
  readonly code: string;
  readonly network?: SmallNetwork;
  readonly endpoint?: Parameters<typeof ssmEndpoint>[0];
}

const CLOSED = [rule({ cidr: '10.9.0.0/16' })];
const OPEN_IN = entry(100, 'in', 'allow');
const INJECTED: readonly Injected[] = [
  { code: 'DNS_PRIVATE_DISABLED', endpoint: { PrivateDnsEnabled: false } },
  { code: 'DNS_VPC_ATTRIBUTES', network: { rest: attributes(true, false) } },
  { code: 'ENI_SG_RULES_MISMATCH', network: { clientEgress: CLOSED } },
  { code: 'ENI_SG_RULES_MISMATCH', network: { serverIngress: CLOSED } },
  { code: 'SUBNET_ACL_RESTRICTION', network: { aclA: [OPEN_IN] } },
  { code: 'NACL_RETURN_EPHEMERAL', network: { aclB: [OPEN_IN, entry(90, 'out', 'allow', '0.0.0.0/0', [443, 443])] } },
  { code: 'ENDPOINT_STATE', endpoint: { State: 'pending' as never } },
  { code: 'POLICY_ENDPOINT', endpoint: { PolicyDocument: policy({ ...ALLOW, Action: 's3:*' }) } },
  {
    code: 'BAD_STATE_ROUTE',
    network: {
      routesA: [LOCAL, { DestinationCidrBlock: '10.0.2.0/24', NetworkInterfaceId: 'eni-gone', State: 'blackhole' }],
    },
  },
];

test('whatever is wrong, alone, in pairs or in threes, is found: all of it and nothing else', () => {
  const indices = INJECTED.map((_, at) => at);
  for (const a of indices) {
    for (const b of indices.slice(a)) {
      for (const c of indices.slice(b)) {
        const injected = [...new Set([a, b, c])].map((at) => INJECTED[at]!);
        const endpoint = Object.assign({}, ...injected.map((one) => one.endpoint ?? {}));
        const network: SmallNetwork = Object.assign(
          {},
          ssmEndpoint(endpoint, ['subnet-b']),
          ...injected.map((one) => one.network ?? {}),
        );
        expect(codesOf(network).toSorted()).toEqual(injected.map((one) => one.code).toSorted());
      }
    }
  }
});
