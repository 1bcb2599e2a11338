import type { NatGateway, Route, RouteTable } from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { applyEdits } from './edit.js';
import {
  allowAll,
  entry,
  LOCAL,
  rule,
  type SmallNetwork,
  smallNetwork,
  TO_INTERNET,
  toName,
  toServer,
  VPC,
} from './fixtures/small-network.js';
import { buildNetwork } from './network.js';
import type { Question } from './question.js';
import { reach } from './reach.js';
import type { NetworkSnapshot } from './snapshot.js';

const PUBLIC = toName('example.com');
const TO_NAT: Route = { DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: 'nat-1', State: 'active' };
const NAT: NatGateway = {
  NatGatewayId: 'nat-1',
  VpcId: VPC,
  SubnetId: 'subnet-nat',
  State: 'available',
  ConnectivityType: 'public',
};
const ask = (given: SmallNetwork, question: Question = PUBLIC) => reach(buildNetwork(smallNetwork(given)), question);

function tables(change: (table: RouteTable) => RouteTable): Partial<NetworkSnapshot> {
  return { routeTables: smallNetwork().routeTables!.map(change) };
}

test('a subnet without a table of its own has the main one, whatever other tables its VPC has', () => {
  const main: RouteTable = {
    RouteTableId: 'rtb-main',
    VpcId: VPC,
    Associations: [{ Main: true }],
    Routes: [LOCAL, TO_INTERNET],
  };
  const other: RouteTable = { RouteTableId: 'rtb-other', VpcId: VPC, Associations: [], Routes: [LOCAL] };
  for (const routeTables of [
    [main, other],
    [other, main],
  ]) {
    const { verdict } = ask({ clientIsPublic: true, rest: { routeTables } });
    expect(verdict).toBe('reachable');
  }
});

test.each<[string, SmallNetwork, string, string[]]>([
  [
    'an internet gateway and a public address',
    { routesA: [LOCAL, TO_INTERNET], clientIsPublic: true },
    'reachable',
    [],
  ],
  [
    'an internet gateway without a public address',
    { routesA: [LOCAL, TO_INTERNET] },
    'unreachable',
    ['IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS'],
  ],
  ['a NAT gateway', { routesA: [LOCAL, TO_NAT], natGateways: [NAT] }, 'reachable', []],
  ['no route, and a gateway that could take it', { clientIsPublic: true }, 'unreachable', ['NO_ROUTE_TO_DESTINATION']],
  [
    'no route, and a NAT gateway that could take it',
    { natGateways: [NAT] },
    'unreachable',
    ['NO_ROUTE_TO_DESTINATION'],
  ],
  ['no route and no gateway', { rest: { internetGateways: [] } }, 'unreachable', ['PUBLIC_NO_EGRESS']],
  [
    'a blackhole',
    {
      routesA: [LOCAL, { DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: 'nat-gone', State: 'blackhole' }],
      natGateways: [NAT],
    },
    'unreachable',
    ['BAD_STATE_ROUTE'],
  ],
  [
    'a NAT gateway that is not available',
    { routesA: [LOCAL, TO_NAT], natGateways: [{ ...NAT, State: 'pending' }] },
    'unreachable',
    ['BAD_STATE'],
  ],
  ['a NAT gateway that is not in the snapshot is unknown', { routesA: [LOCAL, TO_NAT] }, 'unknown', []],
  [
    'a private NAT gateway is unknown',
    { routesA: [LOCAL, TO_NAT], natGateways: [{ ...NAT, ConnectivityType: 'private' }] },
    'unknown',
    [],
  ],
  [
    'a transit gateway is unknown',
    { routesA: [LOCAL, { DestinationCidrBlock: '0.0.0.0/0', TransitGatewayId: 'tgw-1', State: 'active' }] },
    'unknown',
    [],
  ],
  [
    'a gateway that is attached to another VPC',
    {
      routesA: [LOCAL, TO_INTERNET],
      clientIsPublic: true,
      rest: {
        internetGateways: [
          { InternetGatewayId: 'igw-1', Attachments: [{ VpcId: 'vpc-2', State: 'available' as never }] },
        ],
      },
    },
    'unreachable',
    ['BAD_STATE'],
  ],
  [
    'Block Public Access is on',
    {
      routesA: [LOCAL, TO_INTERNET],
      clientIsPublic: true,
      rest: { vpcBlockPublicAccess: { options: { InternetGatewayBlockMode: 'block-bidirectional' } } },
    },
    'unreachable',
    ['VPC_BLOCK_PUBLIC_ACCESS_ENABLED'],
  ],
  [
    'Block Public Access excludes the VPC',
    {
      routesA: [LOCAL, TO_INTERNET],
      clientIsPublic: true,
      rest: {
        vpcBlockPublicAccess: {
          options: { InternetGatewayBlockMode: 'block-bidirectional' },
          exclusions: [{ ResourceArn: `arn:aws:ec2:us-west-2:123456789012:vpc/${VPC}` }],
        },
      },
    },
    'reachable',
    [],
  ],
  [
    'the longest prefix wins',
    {
      routesA: [
        LOCAL,
        TO_INTERNET,
        { DestinationCidrBlock: '0.0.0.0/1', TransitGatewayId: 'tgw-1', State: 'active' },
        { DestinationCidrBlock: '128.0.0.0/1', TransitGatewayId: 'tgw-1', State: 'active' },
      ],
      clientIsPublic: true,
    },
    'unknown',
    [],
  ],
  [
    'at equal length a static route comes before a propagated one',
    {
      routesA: [
        LOCAL,
        { DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'vgw-1', State: 'active', Origin: 'EnableVgwRoutePropagation' },
        TO_INTERNET,
      ],
      clientIsPublic: true,
    },
    'reachable',
    [],
  ],
  [
    'an IPv6 route says nothing about IPv4',
    {
      routesA: [LOCAL, { DestinationIpv6CidrBlock: '::/0', EgressOnlyInternetGatewayId: 'eigw-1', State: 'active' }],
      rest: { internetGateways: [] },
    },
    'unreachable',
    ['PUBLIC_NO_EGRESS'],
  ],
])('to the internet: %s', (_, given, verdict, codes) => {
  const answer = ask(given);
  expect(answer.verdict).toBe(verdict);
  expect(answer.faults.map((fault) => fault.code)).toEqual(codes);
});

test('the subnet of the NAT gateway must lead to an internet gateway itself', () => {
  const rest = tables((table) =>
    table.RouteTableId === 'rtb-nat'
      ? { ...table, Routes: [LOCAL] }
      : table.RouteTableId === 'rtb-a'
        ? { ...table, Routes: [LOCAL, TO_NAT] }
        : table,
  );
  const answer = ask({ natGateways: [NAT], rest });
  expect(answer).toMatchObject({
    verdict: 'unreachable',
    faults: [{ code: 'NO_ROUTE_TO_DESTINATION', edits: [{ routeTableId: 'rtb-nat', target: { gatewayId: 'igw-1' } }] }],
  });
});

test("the network ACL of the NAT gateway's subnet is passed four times", () => {
  const closed = (Entries: ReturnType<typeof allowAll>) => ({
    networkAcls: [
      ...smallNetwork().networkAcls!,
      {
        NetworkAclId: 'acl-nat',
        VpcId: VPC,
        Associations: [{ NetworkAclId: 'acl-nat', SubnetId: 'subnet-nat' }],
        Entries,
      },
    ],
  });
  const codes = (entries: ReturnType<typeof allowAll>) =>
    ask({ routesA: [LOCAL, TO_NAT], natGateways: [NAT], rest: closed(entries) }).faults.map((fault) => fault.code);
  expect(codes(allowAll())).toEqual([]);
  expect(codes([entry(100, 'out', 'allow'), entry(100, 'in', 'allow', '10.0.0.0/16')])).toEqual([
    'NACL_RETURN_EPHEMERAL',
  ]);
  expect(codes([entry(100, 'in', 'allow'), entry(100, 'out', 'allow', '0.0.0.0/0', [443, 443])])).toEqual([
    'NACL_RETURN_EPHEMERAL',
  ]);
  // The gateway uses ports below Linux's range as well.
  expect(
    codes([
      entry(100, 'out', 'allow'),
      entry(90, 'in', 'allow', '10.0.0.0/16'),
      entry(100, 'in', 'allow', '0.0.0.0/0', [32768, 60999]),
    ]),
  ).toEqual(['NACL_RETURN_EPHEMERAL']);
});

test('a subnet without a table of its own has the main one', () => {
  const rest = tables((table) =>
    table.RouteTableId === 'rtb-a' ? { ...table, Associations: [{ Main: true }], Routes: [LOCAL, TO_INTERNET] } : table,
  );
  expect(ask({ clientIsPublic: true, rest }).verdict).toBe('reachable');
});

test('within the VPC the local route is there whether it is spelled out or not', () => {
  expect(ask({ routesA: [], routesB: [] }, toServer()).verdict).toBe('reachable');
});

test('a more specific route through an appliance is unknown', () => {
  const routesA = [
    LOCAL,
    { DestinationCidrBlock: '10.0.2.0/24', NetworkInterfaceId: 'eni-appliance', State: 'active' as const },
  ];
  expect(ask({ routesA }, toServer())).toMatchObject({ verdict: 'unknown', faults: [] });
});

test('behind an appliance a rule that names a group does not match any more', () => {
  const routesA = [
    LOCAL,
    { DestinationCidrBlock: '10.0.2.0/24', NetworkInterfaceId: 'eni-appliance', State: 'active' as const },
  ];
  const answer = ask({ routesA, serverIngress: [rule({ group: 'sg-client' })] }, toServer());
  expect(answer.faults.map((fault) => fault.code)).toEqual(['SG_REFERENCES_NOT_PRESERVED']);
});

test('a Gateway Load Balancer on the way is unknown, inside the VPC and out of it', () => {
  const endpoints = [
    {
      VpcEndpointId: 'vpce-gwlb',
      VpcEndpointType: 'GatewayLoadBalancer' as const,
      VpcId: VPC,
      ServiceName: 'com.amazonaws.vpce.us-west-2.vpce-svc-1',
      SubnetIds: ['subnet-nat'],
    },
  ];
  const through = (DestinationCidrBlock: string) => ({
    endpoints,
    routesA: [LOCAL, { DestinationCidrBlock, GatewayId: 'vpce-gwlb', State: 'active' as const }],
  });
  expect(ask(through('10.0.2.0/24'), toServer())).toMatchObject({ verdict: 'unknown', faults: [] });
  expect(ask(through('0.0.0.0/0'))).toMatchObject({ verdict: 'unknown', faults: [] });
});

test('a blackhole inside the VPC, and a route that leads to the internet instead', () => {
  const gone = { DestinationCidrBlock: '10.0.2.0/24', NetworkInterfaceId: 'eni-gone', State: 'blackhole' as const };
  expect(ask({ routesA: [LOCAL, gone] }, toServer()).faults).toMatchObject([
    { code: 'BAD_STATE_ROUTE', edits: [{ kind: 'deleteRoute' }] },
  ]);
  const astray = { DestinationCidrBlock: '10.0.2.0/24', GatewayId: 'igw-1', State: 'active' as const };
  expect(ask({ routesA: [LOCAL, astray] }, toServer()).faults).toMatchObject([{ code: 'MORE_SPECIFIC_ROUTE' }]);
});

test('the answers need a way back as well', () => {
  const gone = { DestinationCidrBlock: '10.0.1.0/24', NetworkInterfaceId: 'eni-gone', State: 'blackhole' as const };
  expect(ask({ routesB: [LOCAL, gone] }, toServer()).faults).toMatchObject([
    { code: 'BAD_STATE_ROUTE', evidence: [{ id: 'rtb-b' }] },
  ]);
});

test('route tables that were not looked at are unknown', () => {
  expect(ask({ rest: { routeTables: undefined } }).verdict).toBe('unknown');
  expect(ask({ rest: { routeTables: undefined } }, toServer()).verdict).toBe('unknown');
});

// ---- between VPCs

const PEER = { DestinationCidrBlock: '10.1.0.0/16', VpcPeeringConnectionId: 'pcx-1', State: 'active' as const };
const PEER_BACK = { DestinationCidrBlock: '10.0.0.0/16', VpcPeeringConnectionId: 'pcx-1', State: 'active' as const };

interface Peered {
  readonly state?: string;
  readonly forth?: readonly Route[];
  readonly back?: readonly Route[];
  readonly serverIngress?: SmallNetwork['serverIngress'];
  readonly isConnected?: boolean;
}

/** The server moved to a VPC of its own, 10.1.0.0/16. */
function peered({
  state = 'active',
  forth = [PEER],
  back = [PEER_BACK],
  serverIngress,
  isConnected = true,
}: Peered): NetworkSnapshot {
  const base = smallNetwork({ routesA: [LOCAL, ...forth], ...(serverIngress && { serverIngress }) });
  const isServer = (id: string | undefined) => id === 'eni-server';
  return {
    ...base,
    vpcs: [...base.vpcs!, { VpcId: 'vpc-2', CidrBlock: '10.1.0.0/16' }],
    subnets: [
      ...base.subnets!,
      { SubnetId: 'subnet-2', VpcId: 'vpc-2', CidrBlock: '10.1.1.0/24', AvailabilityZone: 'us-west-2a' },
    ],
    routeTables: [
      ...base.routeTables!,
      { RouteTableId: 'rtb-2', VpcId: 'vpc-2', Routes: [...back], Associations: [{ SubnetId: 'subnet-2' }] },
    ],
    networkAcls: [
      ...base.networkAcls!,
      { NetworkAclId: 'acl-2', VpcId: 'vpc-2', IsDefault: true, Entries: allowAll() },
    ],
    networkInterfaces: base.networkInterfaces!.map((item) =>
      isServer(item.NetworkInterfaceId)
        ? { ...item, VpcId: 'vpc-2', SubnetId: 'subnet-2', PrivateIpAddress: '10.1.1.20' }
        : item,
    ),
    vpcPeeringConnections: isConnected
      ? [
          {
            VpcPeeringConnectionId: 'pcx-1',
            RequesterVpcInfo: { VpcId: VPC },
            AccepterVpcInfo: { VpcId: 'vpc-2' },
            Status: { Code: state as never },
          },
        ]
      : [],
  };
}

test.each<[string, Peered, string, string[]]>([
  ['routes on both sides', {}, 'reachable', []],
  ['a group of the other VPC in a rule', { serverIngress: [rule({ group: 'sg-client' })] }, 'reachable', []],
  ['no route there', { forth: [] }, 'unreachable', ['NO_ROUTE_TO_DESTINATION']],
  ['no route back', { back: [] }, 'unreachable', ['NO_ROUTE_TO_DESTINATION']],
  ['neither', { forth: [], back: [] }, 'unreachable', ['NO_ROUTE_TO_DESTINATION', 'NO_ROUTE_TO_DESTINATION']],
  ['a stale route there', { forth: [{ ...PEER, State: 'blackhole' }] }, 'unreachable', ['BAD_STATE_ROUTE']],
  ['not accepted yet', { state: 'pending-acceptance' }, 'unreachable', ['BAD_STATE']],
  ['no connection at all', { isConnected: false, forth: [] }, 'unreachable', ['DISCONNECTED_VPCS']],
  [
    'a transit gateway instead',
    {
      isConnected: false,
      forth: [{ DestinationCidrBlock: '10.1.0.0/16', TransitGatewayId: 'tgw-1', State: 'active' }],
    },
    'unknown',
    [],
  ],
])('to a peered VPC: %s', (_, given, verdict, codes) => {
  const snapshot = peered(given);
  const answer = reach(buildNetwork(snapshot), toServer());
  expect(answer.verdict).toBe(verdict);
  expect(answer.faults.map((fault) => fault.code)).toEqual(codes);
  const edits = answer.faults.flatMap((fault) => fault.edits);
  if (verdict === 'unreachable' && edits.every((edit) => edit.kind !== 'manual')) {
    expect(reach(buildNetwork(applyEdits(snapshot, edits)), toServer()).verdict).toBe('reachable');
  }
});

// ---- addresses

test.each<[string, string, string[]]>([
  ['10.0.2.20', 'reachable', []],
  ['10.0.2.99', 'unreachable', ['UNKNOWN_RESOURCE']],
  ['169.254.169.254', 'reachable', []],
  ['172.31.0.1', 'unreachable', ['NO_ROUTE_TO_DESTINATION']],
  ['192.0.2.80', 'unreachable', ['NO_ROUTE_TO_DESTINATION']],
])('an address: %s', (address, verdict, codes) => {
  const answer = ask({ natGateways: [NAT] }, { ...toServer(), to: { kind: 'address', address } });
  expect(answer.verdict).toBe(verdict);
  expect(answer.faults.map((fault) => fault.code)).toEqual(codes);
});

test('an IPv6 address is reported as not analysed', () => {
  expect(ask({}, { ...toServer(), to: { kind: 'address', address: '2001:db8::1' } })).toMatchObject({
    verdict: 'unknown',
    unknowns: ['2001:db8::1 is not an IPv4 address: IPv6 is not analysed'],
  });
});

test('a stopped instance neither reaches nor is reached, and one that is not in the snapshot is unknown', () => {
  const stopped = (id: string) => ({
    rest: {
      instances: smallNetwork().instances!.map((one) =>
        one.InstanceId === id ? { ...one, State: { Name: 'stopped' as const } } : one,
      ),
    },
  });
  expect(ask(stopped('i-server'), toServer()).faults).toMatchObject([
    { code: 'BAD_STATE', edits: [{ kind: 'manual' }] },
  ]);
  expect(ask(stopped('i-client'), toServer()).faults).toMatchObject([{ code: 'BAD_STATE' }]);
  expect(ask({}, { ...toServer(), to: { kind: 'instance', instanceId: 'i-9' } }).verdict).toBe('unknown');
});
