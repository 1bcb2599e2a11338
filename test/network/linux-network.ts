// linux-network: a VPC as Linux network namespaces, one an interface, around a router.
//
// The kernel judges: security groups are nftables rules with connection tracking in each machine's namespace, network ACLs are rules
// without it in the router's, routes are the router's own tables. Nothing of @directrix/reachability decides here.
//
//   K1. Packets move in namespaces made here, and nowhere else: no namespace has an interface outside of them.
//   K2. close() removes every namespace and ends every process, also after a failure half-way; what a killed run left, the next
//       one removes.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { IpPermission, NetworkAcl, NetworkAclEntry, Route, RouteTable } from '@aws-sdk/client-ec2';
import type { NetworkSnapshot } from '@directrix/reachability';
import { internetAddress, everyMachine as machines, ports } from './random-network.js';

const ours = 'directrix-';
const gateway = '169.254.1.1';
const agentFile = new URL('./linux-agent.mjs', import.meta.url).pathname;
const internet = 'internet';
const names: readonly string[] = [...machines.map(({ name }) => name), internet];
const addresses = new Map<string, string>([
  ...machines.map(({ name, address }) => [name, address] as const),
  [internet, internetAddress],
]);
const silentMs = 400;

type LinuxOutcome = 'open' | 'silent' | 'refused';

export class LinuxNetwork {
  readonly #prefix: string;
  readonly #agents = new Map<string, Agent>();

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** Needs root, iproute2 and nftables. */
  static async open(): Promise<LinuxNetwork> {
    removeStale();
    const network = new LinuxNetwork(`${ours}${process.pid}`);
    process.once('exit', () => network.#remove());
    try {
      network.#build();
      for (const name of names) network.#agents.set(name, await Agent.start(network.#namespace(name)));
      return network;
    } catch (error) {
      await network.close();
      throw error;
    }
  }

  /** Makes the rules and routes those of the snapshot, at once. */
  become(snapshot: NetworkSnapshot): void {
    load(this.#namespace('router'), routerRules(snapshot));
    for (const { name } of machines) load(this.#namespace(name), machineRules(snapshot, name));
    run('ip', ['-n', this.#namespace('router'), '-batch', '-'], routes(snapshot));
  }

  /** A real connection, from that port of the client's. */
  connect(from: string, to: string, port: number, sourcePort: number): Promise<LinuxOutcome> {
    return this.#agents.get(from)!.connect(addresses.get(to)!, port, sourcePort);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#agents.values()].map((agent) => agent.stop()));
    this.#agents.clear();
    this.#remove();
  }

  #remove(): void {
    for (const name of [...names, 'router']) removeNamespace(this.#namespace(name));
  }

  #namespace(name: string): string {
    return `${this.#prefix}-${name}`;
  }

  #build(): void {
    const router = this.#namespace('router');
    for (const name of [...names, 'router']) run('ip', ['netns', 'add', this.#namespace(name)]);
    for (const name of names) {
      const own = this.#namespace(name);
      // Both ends are born in their namespaces: nothing ever stands in the machine's own.
      run('ip', ['-n', router, 'link', 'add', `to-${name}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', own]);
      run('ip', ['-n', own, 'link', 'set', 'lo', 'up']);
      run('ip', ['-n', own, 'addr', 'add', `${addresses.get(name)}/32`, 'dev', 'eth0']);
      run('ip', ['-n', own, 'link', 'set', 'eth0', 'up']);
      run('ip', ['-n', router, 'addr', 'add', `${gateway}/32`, 'dev', `to-${name}`]);
      run('ip', ['-n', router, 'link', 'set', `to-${name}`, 'up']);
      run('ip', ['-n', own, 'route', 'add', gateway, 'dev', 'eth0']);
      run('ip', ['-n', own, 'route', 'add', 'default', 'via', gateway, 'dev', 'eth0', 'onlink']);
    }
    const settings = ['net.ipv4.ip_forward=1', 'net.ipv4.conf.all.rp_filter=0', 'net.ipv4.conf.default.rp_filter=0'];
    run('ip', ['netns', 'exec', router, 'sysctl', '-q', '-w', ...settings]);
    for (const name of names)
      run('ip', ['netns', 'exec', router, 'sysctl', '-q', '-w', `net.ipv4.conf.to-${name}.rp_filter=0`]);
  }
}

function removeNamespace(namespace: string): void {
  try {
    execFileSync('ip', ['netns', 'del', namespace], { stdio: 'ignore' });
  } catch {
    // It was never made, or is gone.
  }
}

// Named for the process that made them; one that is gone was killed.
function removeStale(): void {
  const listed = execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' });
  for (const line of listed.split('\n')) {
    const [namespace = ''] = line.split(' ');
    const pid = new RegExp(`^${ours}(\\d+)-`).exec(namespace)?.[1];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) removeNamespace(namespace);
  }
}

function run(command: string, argv: readonly string[], input?: string): void {
  try {
    execFileSync(command, argv, { input, stdio: ['pipe', 'pipe', 'pipe'] });
  } catch (error) {
    throw new Error(
      `${command} ${argv.join(' ')}: ${(error as { stderr?: Buffer }).stderr?.toString()}\n${input ?? ''}`,
    );
  }
}

function load(namespace: string, rules: readonly string[]): void {
  run('ip', ['netns', 'exec', namespace, 'nft', '-f', '-'], `${rules.join('\n')}\n`);
}

// ---- security groups: in the machine's namespace, stateful

function machineRules(snapshot: NetworkSnapshot, name: string): readonly string[] {
  const own = snapshot.networkInterfaces?.find(({ NetworkInterfaceId }) => NetworkInterfaceId === `eni-${name}`);
  const carried = (own?.Groups ?? []).map(({ GroupId }) => GroupId);
  const groups = (snapshot.securityGroups ?? []).filter(({ GroupId }) => carried.includes(GroupId));
  return [
    'flush ruleset',
    'table ip sg {',
    '  chain in { type filter hook input priority 0; policy drop;',
    '    iifname "lo" accept',
    '    ct state established,related accept',
    ...groups.flatMap(({ IpPermissions = [] }) =>
      IpPermissions.flatMap((rule) => permissionRules(snapshot, rule, 'saddr')),
    ),
    '  }',
    '  chain out { type filter hook output priority 0; policy drop;',
    '    oifname "lo" accept',
    '    ct state established,related accept',
    ...groups.flatMap(({ IpPermissionsEgress = [] }) =>
      IpPermissionsEgress.flatMap((rule) => permissionRules(snapshot, rule, 'daddr')),
    ),
    '  }',
    '}',
  ];
}

function permissionRules(snapshot: NetworkSnapshot, rule: IpPermission, side: 'saddr' | 'daddr'): readonly string[] {
  const protocol = protocolMatch(rule.IpProtocol ?? '-1', rule.FromPort, rule.ToPort);
  if (protocol === undefined) return [];
  return peersOf(snapshot, rule).map((peer) => `    ip ${side} ${peer} ${protocol} accept`);
}

function peersOf(snapshot: NetworkSnapshot, rule: IpPermission): readonly string[] {
  return [
    ...(rule.IpRanges ?? []).flatMap(({ CidrIp }) => CidrIp ?? []),
    ...(rule.UserIdGroupPairs ?? []).flatMap(({ GroupId }) =>
      (snapshot.networkInterfaces ?? [])
        .filter(({ Groups = [] }) => Groups.some((group) => group.GroupId === GroupId))
        .flatMap(({ PrivateIpAddress }) => PrivateIpAddress ?? []),
    ),
    ...(rule.PrefixListIds ?? []).flatMap(({ PrefixListId }) =>
      (snapshot.prefixLists ?? [])
        .filter(({ list }) => list.PrefixListId === PrefixListId)
        .flatMap(({ entries }) => entries.flatMap(({ Cidr }) => Cidr ?? [])),
    ),
  ];
}

/** Undefined: of another protocol than these tests speak. */
function protocolMatch(protocol: string, from: number | undefined, to: number | undefined): string | undefined {
  if (protocol === '-1') return '';
  const name = { tcp: 'tcp', '6': 'tcp', udp: 'udp', '17': 'udp' }[protocol];
  if (name === undefined) return undefined;
  return `${name} dport ${from ?? 0}-${to ?? 65535}`;
}

// ---- network ACLs: in the router, stateless; a packet within one subnet meets none

function routerRules(snapshot: NetworkSnapshot): readonly string[] {
  const acls = snapshot.networkAcls ?? [];
  const subnetIds = [...new Set(machines.map(({ subnetId }) => subnetId))];
  const isPublic = (snapshot.networkInterfaces ?? []).filter(({ Association }) => Association !== undefined);
  const publicAddresses = isPublic.flatMap(({ PrivateIpAddress }) => PrivateIpAddress ?? []);
  return [
    'flush ruleset',
    'table ip router {',
    ...subnetIds.flatMap((subnetId) => aclChains(subnetId, aclOf(acls, subnetId))),
    '  chain forward { type filter hook forward priority 0; policy accept;',
    ...subnetIds.flatMap((subnetId) => {
      const own = interfacesOf(subnetId);
      return [
        `    iifname ${own} oifname != ${own} jump ${chainOf(subnetId)}-out`,
        `    oifname ${own} iifname != ${own} jump ${chainOf(subnetId)}-in`,
      ];
    }),
    // An internet gateway translates for interfaces with a public address, and for nobody else.
    ...publicAddresses.map((address) => `    oifname "to-${internet}" ip saddr ${address} accept`),
    `    oifname "to-${internet}" drop`,
    '  }',
    '}',
  ];
}

function aclOf(acls: readonly NetworkAcl[], subnetId: string): NetworkAcl | undefined {
  return acls.find(({ Associations = [] }) => Associations.some((one) => one.SubnetId === subnetId));
}

function chainOf(subnetId: string): string {
  return subnetId.replace('-', '');
}

function interfacesOf(subnetId: string): string {
  const own = machines.filter((machine) => machine.subnetId === subnetId).map(({ name }) => `"to-${name}"`);
  return `{ ${own.join(', ')} }`;
}

function aclChains(subnetId: string, acl: NetworkAcl | undefined): readonly string[] {
  const entries = [...(acl?.Entries ?? [])].sort((left, right) => (left.RuleNumber ?? 0) - (right.RuleNumber ?? 0));
  const chain = (suffix: string, isEgress: boolean) => [
    `  chain ${chainOf(subnetId)}-${suffix} {`,
    ...entries.filter(({ Egress = false }) => Egress === isEgress).flatMap((entry) => entryRules(entry, isEgress)),
    '    drop',
    '  }',
  ];
  return [...chain('out', true), ...chain('in', false)];
}

function entryRules(entry: NetworkAclEntry, isEgress: boolean): readonly string[] {
  const protocol = protocolMatch(entry.Protocol ?? '-1', entry.PortRange?.From, entry.PortRange?.To);
  if (protocol === undefined || entry.CidrBlock === undefined) return [];
  const verdict = entry.RuleAction === 'allow' ? 'return' : 'drop';
  return [`    ip ${isEgress ? 'daddr' : 'saddr'} ${entry.CidrBlock} ${protocol} ${verdict}`];
}

// ---- routes: a table of the router for each subnet

function routes(snapshot: NetworkSnapshot): string {
  const subnetIds = [...new Set(machines.map(({ subnetId }) => subnetId))];
  const lines = subnetIds.flatMap((subnetId, index) => {
    const table = 100 + index;
    const own = snapshot.routeTables?.find(({ Associations = [] }) =>
      Associations.some(({ SubnetId }) => SubnetId === subnetId),
    );
    const wayOut = mostSpecific(own?.Routes ?? [], internetAddress);
    const hasWayOut = wayOut?.GatewayId?.startsWith('igw-') === true && wayOut.State !== 'blackhole';
    const blackholes = (own?.Routes ?? []).filter(({ State }) => State === 'blackhole');
    const isBlind = (other: string) =>
      blackholes.some(
        ({ DestinationCidrBlock }) =>
          DestinationCidrBlock === snapshot.subnets?.find(({ SubnetId }) => SubnetId === other)?.CidrBlock,
      );
    const isCut = (other: string) => !isOneVpc(snapshot, subnetId, other) && !leadsToPeer(snapshot, own, other);
    return [
      ...machines.map(({ name, address, subnetId: other }) =>
        isBlind(other) || isCut(other)
          ? `route replace blackhole ${address}/32 table ${table}`
          : `route replace ${address}/32 dev to-${name} table ${table}`,
      ),
      hasWayOut
        ? `route replace default dev to-${internet} table ${table}`
        : `route replace blackhole default table ${table}`,
      ...machines
        .filter((machine) => machine.subnetId === subnetId)
        .flatMap(({ name }) => [`rule add iif to-${name} lookup ${table} priority ${table}`]),
    ];
  });
  // What comes from the internet is routed by the VPC itself.
  const back = machines.map(({ name, address }) => `route replace ${address}/32 dev to-${name}`);
  const inward = `route replace ${internetAddress}/32 dev to-${internet}`;
  return `rule flush\nrule add lookup main priority 32766\n${[...lines, ...back, inward].join('\n')}\n`;
}

/** As AWS chooses a route: the longest prefix that holds the address. */
function mostSpecific(all: readonly Route[], address: string): Route | undefined {
  const lengthOf = ({ DestinationCidrBlock = '' }: Route) => Number(DestinationCidrBlock.split('/')[1]);
  const holds = ({ DestinationCidrBlock }: Route) =>
    DestinationCidrBlock !== undefined && holdsAddress(DestinationCidrBlock, address);
  return all.filter(holds).sort((left, right) => lengthOf(right) - lengthOf(left))[0];
}

function holdsAddress(cidr: string, address: string): boolean {
  const [base = '', length = '32'] = cidr.split('/');
  const shift = 2 ** (32 - Number(length));
  return Math.floor(numberOf(base) / shift) === Math.floor(numberOf(address) / shift);
}

function numberOf(address: string): number {
  return address.split('.').reduce((number, part) => number * 256 + Number(part), 0);
}

/** A machine that this network does not have is in no VPC. */
function vpcOf({ subnets = [] }: NetworkSnapshot, subnetId: string): string | undefined {
  return subnets.find((one) => one.SubnetId === subnetId)?.VpcId;
}

function isOneVpc(snapshot: NetworkSnapshot, one: string, other: string): boolean {
  return vpcOf(snapshot, one) === vpcOf(snapshot, other);
}

/** A route to the other VPC's range, into a connection that is active. */
function leadsToPeer(
  { vpcs = [], vpcPeeringConnections = [], ...snapshot }: NetworkSnapshot,
  table: RouteTable | undefined,
  subnetId: string,
): boolean {
  const range = vpcs.find(({ VpcId }) => VpcId === vpcOf(snapshot, subnetId))?.CidrBlock;
  const active = vpcPeeringConnections.filter(({ Status }) => Status?.Code === 'active');
  return (table?.Routes ?? []).some(
    ({ DestinationCidrBlock, VpcPeeringConnectionId, State }) =>
      DestinationCidrBlock === range &&
      State !== 'blackhole' &&
      active.some((one) => one.VpcPeeringConnectionId === VpcPeeringConnectionId),
  );
}

// ---- what connects and listens

class Agent {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (outcome: LinuxOutcome) => void>();
  #asked = 0;

  constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(namespace: string): Promise<Agent> {
    const argv = ['netns', 'exec', namespace, process.execPath, agentFile, ...ports.map(String)];
    const child = spawn('ip', argv, { stdio: ['pipe', 'pipe', 'inherit'] });
    const agent = new Agent(child);
    const lines = createInterface({ input: child.stdout! });
    await once(lines, 'line');
    lines.on('line', (line) => {
      const [id, outcome] = line.split(' ');
      agent.#waiting.get(Number(id))?.(outcome as LinuxOutcome);
      agent.#waiting.delete(Number(id));
    });
    return agent;
  }

  connect(address: string, port: number, sourcePort: number): Promise<LinuxOutcome> {
    const id = ++this.#asked;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#child.stdin!.write(`${id} ${address} ${port} ${sourcePort} ${silentMs}\n`);
    });
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = once(this.#child, 'exit');
    // The agent ends when nobody speaks to it any more.
    this.#child.stdin!.end();
    await ended;
  }
}
