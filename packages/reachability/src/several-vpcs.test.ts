// Several VPCs: what connects them, and what a name means in another one.
import type { Route, TransitGatewayVpcAttachment } from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import { applyEdits } from './edit.js';
import { rule, VPC } from './fixtures/small-network.js';
import { FAR_VPC, peering, SSM, TO_FAR, TO_NEAR, type TwoVpcs, toFar, twoVpcs } from './fixtures/two-vpcs.js';
import { buildNetwork } from './network.js';
import type { Question } from './question.js';
import { reach } from './reach.js';
import type { NetworkSnapshot, TransitRouteTable } from './snapshot.js';

const ask = (given: TwoVpcs, question: Question = toFar()) => reach(buildNetwork(twoVpcs(given)), question);
const codes = (given: TwoVpcs, question?: Question) => ask(given, question).faults.map((fault) => fault.code);
const toAddress = (address: string): Question => ({ ...toFar(), to: { kind: 'address', address } });
const toSsm: Question = { ...toFar(), to: { kind: 'name', name: SSM } };

test.each<[string, TwoVpcs, string, readonly string[]]>([
  ['an active connection, routed on both sides', {}, 'reachable', []],
  ['no route there', { near: [] }, 'unreachable', ['NO_ROUTE_TO_DESTINATION']],
  ['no route back', { far: [] }, 'unreachable', ['NO_ROUTE_TO_DESTINATION']],
  ['no route at all', { near: [], far: [] }, 'unreachable', ['NO_ROUTE_TO_DESTINATION', 'NO_ROUTE_TO_DESTINATION']],
  ['a pending connection', { peerings: [peering('pending-acceptance')] }, 'unreachable', ['BAD_STATE']],
  [
    'a pending connection, whose routes are blackholes until it is accepted',
    {
      peerings: [peering('pending-acceptance')],
      near: [{ ...TO_FAR, State: 'blackhole' }],
      far: [{ ...TO_NEAR, State: 'blackhole' }],
    },
    'unreachable',
    ['BAD_STATE'],
  ],
  ['a connection that was deleted', { peerings: [peering('deleted')] }, 'unreachable', ['DISCONNECTED_VPCS']],
  ['nothing between them', { peerings: [], near: [], far: [] }, 'unreachable', ['DISCONNECTED_VPCS']],
  [
    'a route to a connection with a third VPC: peering is not transitive',
    {
      peerings: [peering('active'), peering('active', VPC, 'vpc-3', 'pcx-3')],
      near: [{ ...TO_FAR, VpcPeeringConnectionId: 'pcx-3' }],
    },
    'unreachable',
    ['MORE_SPECIFIC_ROUTE'],
  ],
  [
    'both are peered with a third VPC only',
    {
      peerings: [peering('active', VPC, 'vpc-3', 'pcx-3'), peering('active', FAR_VPC, 'vpc-3', 'pcx-4')],
      near: [{ ...TO_FAR, VpcPeeringConnectionId: 'pcx-3' }],
      far: [{ ...TO_NEAR, VpcPeeringConnectionId: 'pcx-4' }],
    },
    'unreachable',
    ['DISCONNECTED_VPCS'],
  ],
  ['a group of the peered VPC in a rule', { farIngress: [rule({ group: 'sg-client' })] }, 'reachable', []],
  [
    'a group in a rule, in another region',
    {
      farIngress: [rule({ group: 'sg-client' })],
      peerings: [{ ...peering('active'), AccepterVpcInfo: { VpcId: FAR_VPC, Region: 'eu-west-1' } }],
    },
    'unreachable',
    ['SG_REFERENCES_NOT_PRESERVED'],
  ],
  ['connections that were not read', { rest: { vpcPeeringConnections: undefined } }, 'unknown', []],
  [
    'a route to an appliance',
    { near: [{ DestinationCidrBlock: '10.0.0.0/8', NetworkInterfaceId: 'eni-fw', State: 'active' }] },
    'unknown',
    [],
  ],
])('%s', (_, given, verdict, faults) => {
  expect(ask(given).verdict).toBe(verdict);
  expect(codes(given)).toEqual(faults);
});

test.each<[string, TwoVpcs]>([
  ['no routes', { near: [], far: [] }],
  ['a pending connection without routes', { peerings: [peering('pending-acceptance')], near: [], far: [] }],
  [
    'a stray route that is wider',
    { near: [{ DestinationCidrBlock: '10.0.0.0/8', GatewayId: 'igw-1', State: 'active' }] },
  ],
  [
    'a stray route that is as wide',
    { near: [{ ...TO_FAR, VpcPeeringConnectionId: undefined, NatGatewayId: 'nat-9' }] },
  ],
  [
    'a stray route that is narrower',
    { near: [TO_FAR, { DestinationCidrBlock: '10.1.1.0/24', GatewayId: 'igw-1', State: 'active' }] },
  ],
  ['a blackhole', { near: [{ ...TO_FAR, VpcPeeringConnectionId: 'pcx-gone', State: 'blackhole' }] }],
  ['a default route only', { near: [{ DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'igw-1', State: 'active' }] }],
])('%s: the edits mend it, and no route is made twice', (_, given) => {
  const snapshot = twoVpcs(given);
  const { verdict, faults } = reach(buildNetwork(snapshot), toFar());
  const edits = faults.flatMap((fault) => fault.edits);
  expect(verdict).toBe('unreachable');
  for (const edit of edits) {
    if (edit.kind !== 'createRoute') continue;
    const table = snapshot.routeTables?.find(({ RouteTableId }) => RouteTableId === edit.routeTableId);
    expect(table?.Routes?.map((route) => route.DestinationCidrBlock)).not.toContain(edit.destinationCidr);
  }
  expect(reach(buildNetwork(applyEdits(snapshot, edits)), toFar()).verdict).toBe('reachable');
});

describe('addresses', () => {
  test('lead where the route leads: to the peered VPC', () => {
    expect(ask({}, toAddress('10.1.1.20')).verdict).toBe('reachable');
    expect(codes({ farIngress: [] }, toAddress('10.1.1.20'))).toEqual(['SG_HAS_NO_RULES']);
    expect(codes({}, toAddress('10.1.1.99'))).toEqual(['UNKNOWN_RESOURCE']);
  });

  test('of two VPCs that use the same range, the one that is routed to has it', () => {
    const twin = twoVpcs({ farIngress: [] });
    const snapshot: NetworkSnapshot = {
      ...twin,
      vpcs: [...twin.vpcs!, { VpcId: 'vpc-0', CidrBlock: '10.1.0.0/16' }],
      networkInterfaces: [
        { NetworkInterfaceId: 'eni-twin', VpcId: 'vpc-0', PrivateIpAddress: '10.1.1.20', Groups: [] },
        ...twin.networkInterfaces!,
      ],
    };
    expect(reach(buildNetwork(snapshot), toAddress('10.1.1.20')).faults.map(({ code }) => code)).toEqual([
      'SG_HAS_NO_RULES',
    ]);
  });

  test('in a peered VPC that is not in the snapshot are unknown; what is wrong on this side is still told', () => {
    const rest = { vpcs: twoVpcs().vpcs!.slice(0, 1) };
    const elsewhere = { peerings: [peering('active', VPC, 'vpc-9')], rest };
    expect(ask(elsewhere, toAddress('10.1.7.7')).verdict).toBe('unknown');
    expect(
      codes({ ...elsewhere, peerings: [peering('pending-acceptance', VPC, 'vpc-9')] }, toAddress('10.1.7.7')),
    ).toEqual(['BAD_STATE']);
  });
});

test('a public address of an interface is noted: what that lets in from the internet is not analysed', () => {
  const { networkInterfaces } = twoVpcs();
  const rest = {
    networkInterfaces: networkInterfaces?.map((one) =>
      one.NetworkInterfaceId === 'eni-far' ? { ...one, Association: { PublicIp: '198.51.100.30' } } : one,
    ),
  };
  expect(ask({ rest }, toAddress('198.51.100.30')).notes).toEqual([
    'i-far has 198.51.100.30: what it lets in from the internet is not analysed',
  ]);
});

describe('a central endpoint', () => {
  const zone = (records: NetworkSnapshot['privateHostedZones']) => ({ zones: records ?? [] });
  const central = (vpcIds: readonly string[], values = ['10.1.1.50']) =>
    zone([{ id: 'Z1', name: SSM, vpcIds, records: [{ name: SSM, type: 'A', values }] }]);

  test('is reached by a private hosted zone of the spoke', () => {
    expect(ask(central([VPC, FAR_VPC]), toSsm).verdict).toBe('reachable');
    expect(codes({ ...central([VPC]), farIngress: [] }, toSsm)).toEqual(['SG_HAS_NO_RULES']);
    expect(codes({ ...central([VPC]), far: [] }, toSsm)).toEqual(['NO_ROUTE_TO_DESTINATION']);
  });

  test('its policy counts', () => {
    const { vpcEndpoints } = twoVpcs();
    const rest = { vpcEndpoints: vpcEndpoints?.map((one) => ({ ...one, PolicyDocument: '{"Statement":[]}' })) };
    expect(codes({ ...central([VPC]), rest }, toSsm)).toEqual(['POLICY_ENDPOINT']);
  });

  test('is not reached by a zone that is associated with the other VPC only', () => {
    expect(codes(central([FAR_VPC]), toSsm)).toEqual(['ENDPOINT_MISSING']);
  });

  test('an empty zone is mended with its addresses', () => {
    const given = zone([{ id: 'Z1', name: SSM, vpcIds: [VPC], records: [] }]);
    const { faults } = ask(given, toSsm);
    expect(faults.map(({ code }) => code)).toEqual(['DNS_PHZ_OVERRIDE']);
    expect(faults[0]?.edits).toEqual([
      { kind: 'putPrivateRecord', hostedZoneId: 'Z1', name: SSM, addresses: ['10.1.1.50'] },
    ]);
  });

  test('a zone whose records nobody could read is unknown, and so is an address that nobody knows', () => {
    expect(ask(zone([{ id: 'Z1', name: SSM, vpcIds: [VPC] }]), toSsm).verdict).toBe('unknown');
    const rest = { vpcs: twoVpcs().vpcs!.slice(0, 1) };
    const given = { ...central([VPC], ['10.1.9.9']), peerings: [peering('active', VPC, 'vpc-9')], rest };
    expect(ask(given, toSsm).verdict).toBe('unknown');
  });
});

describe('names of instances', () => {
  const toName = (name: string): Question => ({ ...toFar(), to: { kind: 'name', name } });
  test('an address of another VPC has no name here', () => {
    expect(codes({ peerings: [] }, toName('ip-10-1-1-20.us-west-2.compute.internal'))).toEqual(['DNS_NAME_NOT_FOUND']);
  });
});

describe('a transit gateway', () => {
  const via = (destination: string): Route => ({
    DestinationCidrBlock: destination,
    TransitGatewayId: 'tgw-1',
    State: 'active',
  });
  const attachment = (VpcId: string, more: Partial<TransitGatewayVpcAttachment> = {}): TransitGatewayVpcAttachment => ({
    TransitGatewayAttachmentId: `att-${VpcId}`,
    TransitGatewayId: 'tgw-1',
    VpcId,
    State: 'available',
    SubnetIds: [VpcId === VPC ? 'subnet-a' : 'subnet-far'],
    ...more,
  });
  const to = (vpcId: string, more = {}) => ({
    DestinationCidrBlock: vpcId === VPC ? '10.0.0.0/16' : '10.1.0.0/16',
    TransitGatewayAttachments: [
      { TransitGatewayAttachmentId: `att-${vpcId}`, ResourceType: 'vpc' as const, ResourceId: vpcId },
    ],
    Type: 'propagated' as const,
    State: 'active' as const,
    ...more,
  });
  const table = (routes: TransitRouteTable['routes'], attachmentIds = [`att-${VPC}`, `att-${FAR_VPC}`]) => [
    { table: { TransitGatewayRouteTableId: 'tgw-rtb-1' }, attachmentIds, routes },
  ];
  const routed: TwoVpcs = { peerings: [], near: [via('10.0.0.0/8')], far: [via('10.0.0.0/8')] };
  const whole = {
    transitGatewayAttachments: [attachment(VPC), attachment(FAR_VPC)],
    transitGatewayRouteTables: table([to(VPC), to(FAR_VPC)]),
  };

  test.each<[string, TwoVpcs, string, readonly string[]]>([
    ['of which nothing was read: unknown', routed, 'unknown', []],
    ['and no route back to it: certain', { ...routed, far: [] }, 'unreachable', ['NO_ROUTE_TO_DESTINATION']],
    [
      'attached on both sides, tables not read',
      { ...routed, rest: { transitGatewayAttachments: whole.transitGatewayAttachments } },
      'unknown',
      [],
    ],
    ['with routes both ways', { ...routed, rest: whole }, 'reachable', []],
    [
      'whose table has no route there',
      { ...routed, rest: { ...whole, transitGatewayRouteTables: table([to(VPC)]) } },
      'unreachable',
      ['NO_ROUTE_TO_DESTINATION'],
    ],
    [
      'whose table has no route back',
      { ...routed, rest: { ...whole, transitGatewayRouteTables: table([to(FAR_VPC)]) } },
      'unreachable',
      ['NO_ROUTE_TO_DESTINATION'],
    ],
    [
      'whose route is a blackhole',
      {
        ...routed,
        rest: { ...whole, transitGatewayRouteTables: table([to(VPC), to(FAR_VPC, { State: 'blackhole' })]) },
      },
      'unreachable',
      ['BAD_STATE_ROUTE'],
    ],
    [
      'with no subnet in the zone',
      {
        ...routed,
        rest: {
          ...whole,
          transitGatewayAttachments: [attachment(VPC, { SubnetIds: ['subnet-b'] }), attachment(FAR_VPC)],
        },
      },
      'unreachable',
      ['TGW_ROUTE_AZ_RESTRICTION'],
    ],
    [
      'that waits to be accepted',
      {
        ...routed,
        rest: {
          ...whole,
          transitGatewayAttachments: [attachment(VPC), attachment(FAR_VPC, { State: 'pendingAcceptance' })],
        },
      },
      'unreachable',
      ['BAD_STATE'],
    ],
    [
      'and a rule that names a group: unknown',
      { ...routed, farIngress: [rule({ group: 'sg-client' })], rest: whole },
      'unknown',
      [],
    ],
    [
      'that hides groups',
      {
        ...routed,
        farIngress: [rule({ group: 'sg-client' })],
        rest: {
          ...whole,
          transitGatewayAttachments: [
            attachment(VPC),
            attachment(FAR_VPC, { Options: { SecurityGroupReferencingSupport: 'disable' } }),
          ],
        },
      },
      'unreachable',
      ['SG_REFERENCES_NOT_PRESERVED'],
    ],
  ])('%s', (_, given, verdict, faults) => {
    expect(ask(given).verdict).toBe(verdict);
    expect(codes(given)).toEqual(faults);
  });
});
