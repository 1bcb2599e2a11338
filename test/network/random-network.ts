// Small networks with faults of every kind that real packets can meet, one or many at a time: for the differential tests.
import type { IpPermission, NetworkAclEntry, Route } from '@aws-sdk/client-ec2';
import type { NetworkSnapshot, Question } from '@directrix/reachability';
import fc from 'fast-check';

export const vpcId = 'vpc-1';

/** The machines of every network: two a subnet. */
export const machines = [
  { name: 'a1', subnetId: 'subnet-a', address: '10.0.1.10' },
  { name: 'a2', subnetId: 'subnet-a', address: '10.0.1.11' },
  { name: 'b1', subnetId: 'subnet-b', address: '10.0.2.20' },
  { name: 'b2', subnetId: 'subnet-b', address: '10.0.2.21' },
] as const;

/** The machines of a second VPC, which may be peered. */
const peerMachines = [
  { name: 'c1', subnetId: 'subnet-c', address: '10.1.1.30' },
  { name: 'c2', subnetId: 'subnet-c', address: '10.1.1.31' },
] as const;
const peerVpcId = 'vpc-2';

export const everyMachine = [...machines, ...peerMachines] as const;
type MachineName = (typeof everyMachine)[number]['name'];

/** Somebody outside, where an internet gateway leads. */
export const internetAddress = '198.51.100.20';

/** Every machine listens on these. */
export const ports = [80, 443] as const;

const groupIds = ['sg-1', 'sg-2', 'sg-3'] as const;

const peer = fc.oneof(
  fc
    .constantFrom(
      '0.0.0.0/0',
      '10.0.0.0/16',
      '10.0.1.0/24',
      '10.0.2.0/24',
      '10.0.2.20/32',
      '10.0.1.8/30',
      '192.168.0.0/16',
      '10.1.1.30/32',
    )
    .map((CidrIp): IpPermission => ({ IpRanges: [{ CidrIp }] })),
  fc.constantFrom(...groupIds).map((GroupId): IpPermission => ({ UserIdGroupPairs: [{ GroupId }] })),
  fc.constantFrom('pl-own').map((PrefixListId): IpPermission => ({ PrefixListIds: [{ PrefixListId }] })),
);

const rule = fc
  .tuple(
    peer,
    fc.constantFrom([443, 443], [80, 80], [0, 65535], [80, 442], [444, 65535]),
    fc.constantFrom('tcp', 'tcp', 'tcp', '-1', 'udp'),
  )
  .map(
    ([whom, [FromPort, ToPort], IpProtocol]): IpPermission =>
      IpProtocol === '-1' ? { IpProtocol, ...whom } : { IpProtocol, FromPort, ToPort, ...whom },
  );

const everything: IpPermission[] = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
const rules = fc.oneof(
  { weight: 1, arbitrary: fc.constant(everything) },
  {
    weight: 3,
    arbitrary: fc.uniqueArray(rule, { maxLength: 4, selector: (one) => JSON.stringify(one) }),
  },
);

const aclEntry = fc
  .record({
    RuleNumber: fc.integer({ min: 10, max: 90 }),
    Egress: fc.boolean(),
    RuleAction: fc.constantFrom('allow' as const, 'allow' as const, 'deny' as const),
    CidrBlock: fc.constantFrom('0.0.0.0/0', '10.0.1.0/24', '10.0.2.0/24', '10.0.2.20/32', '10.0.0.0/16'),
    ports: fc.constantFrom(undefined, [443, 443], [80, 80], [1024, 65535], [32768, 40000], [40001, 65535]),
  })
  .map(
    ({ ports: range, ...entry }): NetworkAclEntry =>
      range === undefined
        ? { ...entry, Protocol: '-1' }
        : { ...entry, Protocol: '6', PortRange: { From: range[0], To: range[1] } },
  );

const allowAll: readonly NetworkAclEntry[] = [false, true].map((Egress) => ({
  RuleNumber: 100,
  Egress,
  RuleAction: 'allow',
  CidrBlock: '0.0.0.0/0',
  Protocol: '-1',
}));

const someEntries = fc.uniqueArray(aclEntry, {
  maxLength: 6,
  selector: ({ RuleNumber, Egress }) => `${RuleNumber} ${Egress}`,
});
const acl = fc.oneof(
  { weight: 3, arbitrary: fc.constant([...allowAll]) },
  { weight: 2, arbitrary: someEntries },
  { weight: 3, arbitrary: someEntries.map((entries) => [...entries, ...allowAll]) },
);

interface NetworkOptions {
  /** Whether routes to the internet and public addresses are drawn too. */
  readonly hasInternet: boolean;
  /** Whether a route may lead a whole subnet to an interface that is gone. */
  readonly hasBlackholes?: boolean;
  /** Whether there is a second VPC, which may be peered and routed to. */
  readonly hasPeer?: boolean;
}

const oneInFive = fc.integer({ min: 1, max: 5 }).map((number) => number === 1);

/** Networks of which every list was looked at. Ids are symbolic; addresses are those of {@link machines}. */
export function randomNetwork(options: NetworkOptions): fc.Arbitrary<NetworkSnapshot> {
  const own = randomVpc(options);
  return options.hasPeer === true ? fc.tuple(own, peerPlan).map(([near, plan]) => withPeer(near, plan)) : own;
}

const peerPlan = fc.record({
  state: fc.constantFrom('active', 'active', 'active', 'pending-acceptance', 'deleted'),
  isRoutedA: fc.constantFrom(true, true, false),
  isRoutedB: fc.constantFrom(true, true, false),
  isRoutedBack: fc.constantFrom(true, true, true, false),
  ingress: rules,
  egress: rules,
  acl,
});

type PeerPlan = typeof peerPlan extends fc.Arbitrary<infer Plan> ? Plan : never;

/** The network with a second VPC of one subnet. */
function withPeer(near: NetworkSnapshot, plan: PeerPlan): NetworkSnapshot {
  const to = (DestinationCidrBlock: string): Route => ({
    DestinationCidrBlock,
    VpcPeeringConnectionId: 'pcx-1',
    State: plan.state === 'active' ? 'active' : 'blackhole',
  });
  const routed = [plan.isRoutedA, plan.isRoutedB];
  const far = table('rtb-c', 'subnet-c', false, undefined);
  return {
    ...near,
    vpcs: [...near.vpcs!, { VpcId: peerVpcId, CidrBlock: '10.1.0.0/16' }],
    vpcPeeringConnections: [
      {
        VpcPeeringConnectionId: 'pcx-1',
        RequesterVpcInfo: { VpcId: vpcId },
        AccepterVpcInfo: { VpcId: peerVpcId },
        Status: { Code: plan.state as 'active' },
      },
    ],
    subnets: [...near.subnets!, { ...subnet('subnet-c', '10.1.1.0/24', 'us-west-2a'), VpcId: peerVpcId }],
    routeTables: [
      ...near.routeTables!.map((one, at) =>
        routed[at] ? { ...one, Routes: [...one.Routes!, to('10.1.0.0/16')] } : one,
      ),
      {
        ...far,
        VpcId: peerVpcId,
        Routes: [
          { DestinationCidrBlock: '10.1.0.0/16', GatewayId: 'local', State: 'active' },
          ...(plan.isRoutedBack ? [to('10.0.0.0/16')] : []),
        ],
      },
    ],
    networkAcls: [...near.networkAcls!, { ...aclOf('acl-c', 'subnet-c', plan.acl), VpcId: peerVpcId }],
    securityGroups: [
      ...near.securityGroups!,
      {
        GroupId: 'sg-peer',
        GroupName: 'sg-peer',
        VpcId: peerVpcId,
        IpPermissions: [...plan.ingress],
        IpPermissionsEgress: [...plan.egress],
      },
    ],
    networkInterfaces: [
      ...near.networkInterfaces!,
      ...peerMachines.map(({ name, subnetId, address }) => ({
        NetworkInterfaceId: `eni-${name}`,
        VpcId: peerVpcId,
        SubnetId: subnetId,
        PrivateIpAddress: address,
        Groups: [{ GroupId: 'sg-peer' }],
      })),
    ],
  };
}

function randomVpc({ hasInternet, hasBlackholes = false }: NetworkOptions): fc.Arbitrary<NetworkSnapshot> {
  return fc
    .record({
      groups: fc.array(fc.record({ ingress: rules, egress: rules }), { minLength: 3, maxLength: 3 }),
      carried: fc.array(fc.subarray([...groupIds], { minLength: 1 }), { minLength: 4, maxLength: 4 }),
      isPublic: fc.array(hasInternet ? fc.boolean() : fc.constant(false), { minLength: 4, maxLength: 4 }),
      aclA: acl,
      aclB: acl,
      hasWayOutA: hasInternet ? fc.boolean() : fc.constant(false),
      hasWayOutB: hasInternet ? fc.boolean() : fc.constant(false),
      isBlindA: hasBlackholes ? oneInFive : fc.constant(false),
      isBlindB: hasBlackholes ? oneInFive : fc.constant(false),
    })
    .map((given) => ({
      region: 'us-west-2',
      vpcs: [{ VpcId: vpcId, CidrBlock: '10.0.0.0/16' }],
      vpcAttributes: { [vpcId]: { enableDnsSupport: true, enableDnsHostnames: true } },
      dhcpOptions: [],
      privateHostedZones: [],
      vpcPeeringConnections: [],
      natGateways: [],
      vpcEndpoints: [],
      instances: [],
      prefixLists: [
        {
          list: { PrefixListId: 'pl-own', PrefixListName: 'own' },
          entries: [{ Cidr: '10.0.2.0/28' }, { Cidr: '10.0.1.11/32' }],
        },
      ],
      internetGateways: [{ InternetGatewayId: 'igw-1', Attachments: [{ VpcId: vpcId, State: 'available' as never }] }],
      subnets: [subnet('subnet-a', '10.0.1.0/24', 'us-west-2a'), subnet('subnet-b', '10.0.2.0/24', 'us-west-2b')],
      routeTables: [
        table('rtb-a', 'subnet-a', given.hasWayOutA, given.isBlindA ? '10.0.2.0/24' : undefined),
        table('rtb-b', 'subnet-b', given.hasWayOutB, given.isBlindB ? '10.0.1.0/24' : undefined),
      ],
      networkAcls: [aclOf('acl-a', 'subnet-a', given.aclA), aclOf('acl-b', 'subnet-b', given.aclB)],
      securityGroups: groupIds.map((GroupId, index) => ({
        GroupId,
        GroupName: GroupId,
        VpcId: vpcId,
        IpPermissions: [...given.groups[index]!.ingress],
        IpPermissionsEgress: [...given.groups[index]!.egress],
      })),
      networkInterfaces: machines.map(({ name, subnetId, address }, index) => ({
        NetworkInterfaceId: `eni-${name}`,
        VpcId: vpcId,
        SubnetId: subnetId,
        PrivateIpAddress: address,
        Groups: given.carried[index]!.map((GroupId) => ({ GroupId })),
        ...(given.isPublic[index] ? { Association: { PublicIp: `203.0.113.${index + 1}` } } : {}),
      })),
    }));
}

function subnet(SubnetId: string, CidrBlock: string, AvailabilityZone: string) {
  return { SubnetId, VpcId: vpcId, CidrBlock, AvailabilityZone, MapPublicIpOnLaunch: false };
}

function table(RouteTableId: string, SubnetId: string, hasWayOut: boolean, blind: string | undefined) {
  const local: Route = {
    DestinationCidrBlock: '10.0.0.0/16',
    GatewayId: 'local',
    State: 'active',
    Origin: 'CreateRouteTable',
  };
  const out: Route = { DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'igw-1', State: 'active', Origin: 'CreateRoute' };
  return {
    RouteTableId,
    VpcId: vpcId,
    Associations: [{ RouteTableId, SubnetId, Main: false }],
    Routes: [
      local,
      ...(hasWayOut ? [out] : []),
      ...(blind === undefined
        ? []
        : [{ DestinationCidrBlock: blind, NetworkInterfaceId: 'eni-gone', State: 'blackhole' as const }]),
    ],
  };
}

function aclOf(NetworkAclId: string, SubnetId: string, Entries: readonly NetworkAclEntry[]) {
  return {
    NetworkAclId,
    VpcId: vpcId,
    IsDefault: false,
    Associations: [{ NetworkAclId, SubnetId }],
    Entries: [...Entries],
  };
}

/** A connection between two machines, or to the internet. */
export interface Way {
  readonly from: MachineName;
  readonly to: MachineName | 'internet';
  readonly port: number;
}

/** Every machine to every other on every port, and to the internet when there is one. */
export function allWays({ hasInternet, hasPeer = false }: NetworkOptions): readonly Way[] {
  const there = hasPeer ? everyMachine : machines;
  return there.flatMap(({ name: from }) => [
    ...there.filter(({ name }) => name !== from).flatMap(({ name: to }) => ports.map((port) => ({ from, to, port }))),
    ...(hasInternet && !from.startsWith('c') ? [{ from, to: 'internet' as const, port: 443 }] : []),
  ]);
}

export function addressOf(name: Way['to']): string {
  return name === 'internet' ? internetAddress : everyMachine.find((machine) => machine.name === name)!.address;
}

/** The way as a question, from the client's port when that is known. */
export function questionOf({ from, to, port }: Way, sourcePort?: number): Question {
  return {
    from: { kind: 'networkInterface', networkInterfaceId: `eni-${from}` },
    to: { kind: 'address', address: addressOf(to) },
    port,
    ...(sourcePort === undefined ? {} : { sourcePort }),
  };
}
