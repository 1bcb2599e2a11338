// What reachability costs (targets: N1 in 5 ms; 10,000 interfaces, each asked 10 questions, in 1 s).
//
//   npx tsc -b packages/reachability && node bench/run.mjs reachability
//
// The first line of each is cold: a snapshot never seen, indexed and asked for the first time. Times are wall time of one process.
import { buildNetwork, diffNetworks, type Question, reach, reachAll, type Source } from '@directrix/reachability';
import { BACKEND, hyperbolaNetwork, SSM } from '../packages/reachability/src/fixtures/hyperbola/networks.js';

const INTERFACES = 10_000;
const GROUPS = 40;
const SUBNETS = 24;

function time<T>(work: () => T): { readonly ms: number; readonly result: T } {
  const start = performance.now();
  const result = work();
  return { ms: performance.now() - start, result };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const toSsm = (from: Source): Question => ({ from, to: { kind: 'name', name: SSM }, port: 443 });

function benchIncident(): void {
  const answer = () => reach(buildNetwork(hyperbolaNetwork('N1')), toSsm(BACKEND));
  const cold = time(answer);
  const warm = Array.from({ length: 200 }, () => time(answer).ms);
  console.log(
    `N1, index and answer with ${cold.result.faults.length} faults: cold ${cold.ms.toFixed(1)} ms, median of 200 ${median(warm).toFixed(2)} ms (target 5)`,
  );
}

/** A large VPC around the incident's one: 24 subnets, 40 groups, 10,000 instances. */
function largeNetwork() {
  const base = hyperbolaNetwork('N5');
  const subnets = Array.from({ length: SUBNETS }, (_, at) => ({
    SubnetId: `subnet-${at}`,
    VpcId: 'vpc-0e10b1',
    CidrBlock: `10.0.${64 + at * 4}.0/22`,
    AvailabilityZone: `us-west-2${'abc'[at % 3]}`,
  }));
  const groups = Array.from({ length: GROUPS }, (_, at) => ({
    GroupId: `sg-${at}`,
    VpcId: 'vpc-0e10b1',
    IpPermissions: [
      { IpProtocol: 'tcp', FromPort: 8080, ToPort: 8080, UserIdGroupPairs: [{ GroupId: `sg-${(at + 1) % GROUPS}` }] },
    ],
    IpPermissionsEgress: at % 4 === 0 ? [] : [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
  }));
  const interfaces = Array.from({ length: INTERFACES }, (_, at) => ({
    NetworkInterfaceId: `eni-${at}`,
    VpcId: 'vpc-0e10b1',
    SubnetId: `subnet-${at % SUBNETS}`,
    PrivateIpAddress: `10.0.${64 + (at % SUBNETS) * 4 + Math.floor(at / SUBNETS / 250)}.${1 + (Math.floor(at / SUBNETS) % 250)}`,
    Groups: [{ GroupId: `sg-${at % GROUPS}` }],
  }));
  return {
    ...base,
    subnets: [...base.subnets!, ...subnets],
    securityGroups: [...base.securityGroups!, ...groups],
    networkInterfaces: [...base.networkInterfaces!, ...interfaces],
  };
}

function tenQuestions(): readonly Pick<Question, 'to' | 'port'>[] {
  const name = (host: string) => ({ to: { kind: 'name' as const, name: host }, port: 443 });
  const peer = (at: number) => ({
    to: { kind: 'networkInterface' as const, networkInterfaceId: `eni-${at}` },
    port: 8080,
  });
  return [
    name(SSM),
    name('s3.us-west-2.amazonaws.com'),
    name('logs.us-west-2.amazonaws.com'),
    name('example.com'),
    ...[0, 1, 17, 123, 4567, 9999].map(peer),
  ];
}

function benchLarge(): void {
  const snapshot = largeNetwork();
  const network = time(() => buildNetwork(snapshot));
  const questions = tenQuestions();
  const all = snapshot.networkInterfaces.slice(-INTERFACES).flatMap((item) => {
    const from = { kind: 'networkInterface' as const, networkInterfaceId: item.NetworkInterfaceId! };
    return questions.map((question): Question => ({ from, ...question }));
  });
  const answers = time(() => reachAll(network.result, all));
  const counts = new Map<string, number>();
  for (const { verdict } of answers.result) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  const verdicts = [...counts].map(([verdict, count]) => `${count} ${verdict}`).join(', ');
  console.log(
    `${INTERFACES} interfaces: index ${network.ms.toFixed(0)} ms; ${all.length} questions ${answers.ms.toFixed(0)} ms (target 1000): ${verdicts}`,
  );
}

/** The large VPC peered with another, with a server there that all of its instances ask. */
function peeredNetwork() {
  const base = largeNetwork();
  const own = 'vpc-0e10b1';
  const far = 'vpc-far';
  const route = (cidr: string) => ({
    DestinationCidrBlock: cidr,
    VpcPeeringConnectionId: 'pcx-1',
    State: 'active' as const,
  });
  return {
    ...base,
    vpcs: [...base.vpcs!, { VpcId: far, CidrBlock: '10.1.0.0/16' }],
    subnets: [...base.subnets, { SubnetId: 'subnet-far', VpcId: far, CidrBlock: '10.1.0.0/24' }],
    vpcPeeringConnections: [
      {
        VpcPeeringConnectionId: 'pcx-1',
        RequesterVpcInfo: { VpcId: own },
        AccepterVpcInfo: { VpcId: far },
        Status: { Code: 'active' as const },
      },
    ],
    routeTables: [
      ...base.routeTables!.map((table) => ({ ...table, Routes: [...(table.Routes ?? []), route('10.1.0.0/16')] })),
      {
        RouteTableId: 'rtb-far',
        VpcId: far,
        Associations: [{ Main: true }],
        Routes: [{ DestinationCidrBlock: '10.1.0.0/16', GatewayId: 'local' }, route('10.0.0.0/16')],
      },
    ],
    networkAcls: [
      ...base.networkAcls!,
      {
        NetworkAclId: 'acl-far',
        VpcId: far,
        IsDefault: true,
        Entries: [false, true].map((Egress) => ({
          RuleNumber: 100,
          Egress,
          RuleAction: 'allow' as const,
          Protocol: '-1',
          CidrBlock: '0.0.0.0/0',
        })),
      },
    ],
    securityGroups: [
      ...base.securityGroups,
      {
        GroupId: 'sg-far',
        VpcId: far,
        IpPermissions: [{ IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, IpRanges: [{ CidrIp: '10.0.0.0/16' }] }],
        IpPermissionsEgress: [],
      },
    ],
    networkInterfaces: [
      ...base.networkInterfaces,
      {
        NetworkInterfaceId: 'eni-far',
        VpcId: far,
        SubnetId: 'subnet-far',
        PrivateIpAddress: '10.1.0.20',
        Groups: [{ GroupId: 'sg-far' }],
      },
    ],
  };
}

function benchPeered(): void {
  const snapshot = peeredNetwork();
  const network = buildNetwork(snapshot);
  const questions = snapshot.networkInterfaces.slice(-INTERFACES - 1, -1).flatMap(({ NetworkInterfaceId }) =>
    [
      { kind: 'networkInterface' as const, networkInterfaceId: 'eni-far' },
      { kind: 'address' as const, address: '10.1.0.20' },
    ].map(
      (to): Question => ({
        from: { kind: 'networkInterface', networkInterfaceId: NetworkInterfaceId! },
        to,
        port: 5432,
      }),
    ),
  );
  const answers = time(() => reachAll(network, questions));
  const reached = answers.result.filter(({ verdict }) => verdict === 'reachable').length;
  console.log(`peered VPCs, ${questions.length} questions ${answers.ms.toFixed(0)} ms: ${reached} reachable`);
}

function benchDiff(): void {
  const before = peeredNetwork();
  const after = {
    ...before,
    vpcPeeringConnections: before.vpcPeeringConnections.map((one) => ({
      ...one,
      Status: { Code: 'deleted' as const },
    })),
  };
  const answer = time(() => diffNetworks(before, after));
  const counts = answer.result.map(({ kind }) => kind);
  console.log(
    `diff of two snapshots of ${before.networkInterfaces.length} interfaces: ${answer.ms.toFixed(0)} ms (target 5000): ${counts.length} differences, ${counts.filter((kind) => kind === 'breaks').length} break`,
  );
}

export default function bench(): void {
  benchIncident();
  benchLarge();
  benchPeered();
  benchDiff();
}
