// What reachability costs (targets: N1 in 5 ms; 10,000 interfaces, each asked 10 questions, in 1 s).
//
//   npx tsc -b packages/reachability && node bench/run.mjs reachability
//
// The first line of each is cold: a snapshot never seen, indexed and asked for the first time. Times are wall time of one process.
import { buildNetwork, type Question, reach, reachAll, type Source } from '@directrix/reachability';
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

export default function bench(): void {
  benchIncident();
  benchLarge();
}
