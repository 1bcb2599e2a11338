// Network ACLs: stateless, at the edge of a subnet, the first entry by rule number decides, and at the end everything is denied.
import type { NetworkAcl, NetworkAclEntry } from '@aws-sdk/client-ec2';
import { type AddressSet, type Interval, overlaps, parseCidr } from './address.js';
import { keepIndex } from './kept-index.js';
import { describePorts, readProtocol, TCP, UDP } from './security-group.js';

interface CompiledEntry {
  readonly ruleNumber: number;
  readonly allow: boolean;
  readonly protocol: number;
  readonly ports: Interval;
  readonly range: Interval;
  readonly cidr: string;
}

export interface CompiledAcl {
  readonly id: string;
  readonly ingress: readonly CompiledEntry[];
  readonly egress: readonly CompiledEntry[];
  /** An entry that cannot be read: the whole ACL is unknown. */
  readonly isUnreadable: boolean;
  /** Rule numbers in use, IPv6 entries included: the numbers are shared. */
  readonly usedNumbers: { readonly ingress: ReadonlySet<number>; readonly egress: ReadonlySet<number> };
}

export interface AclTable {
  readonly byId: ReadonlyMap<string, CompiledAcl>;
  readonly bySubnet: ReadonlyMap<string, CompiledAcl>;
  readonly defaultByVpc: ReadonlyMap<string, CompiledAcl>;
}

/** The number of the implicit deny. */
export const LAST_RULE_NUMBER = 32767;

const compileAcl = keepIndex((acl: NetworkAcl): CompiledAcl => {
  const entries = acl.Entries ?? [];
  const numbers = (egress: boolean) =>
    new Set(
      entries
        .filter((entry) => (entry.Egress ?? false) === egress)
        .map((entry) => entry.RuleNumber ?? LAST_RULE_NUMBER),
    );
  return {
    id: acl.NetworkAclId ?? '',
    ingress: compileEntries(entries, false),
    egress: compileEntries(entries, true),
    isUnreadable: acl.Entries === undefined || entries.some(isUnreadable),
    usedNumbers: { ingress: numbers(false), egress: numbers(true) },
  };
});

export const compileAcls = keepIndex((acls: readonly NetworkAcl[]): AclTable => {
  const bySubnet = new Map<string, CompiledAcl>();
  const defaultByVpc = new Map<string, CompiledAcl>();
  const byId = new Map<string, CompiledAcl>();
  for (const acl of acls) {
    const compiled = compileAcl(acl);
    byId.set(compiled.id, compiled);
    if (acl.IsDefault === true) defaultByVpc.set(acl.VpcId ?? '', compiled);
    for (const association of acl.Associations ?? []) {
      if (association.SubnetId !== undefined) bySubnet.set(association.SubnetId, compiled);
    }
  }
  return { byId, bySubnet, defaultByVpc };
});

// Order in the answer means nothing: the rule number alone does.
function compileEntries(entries: readonly NetworkAclEntry[], egress: boolean): readonly CompiledEntry[] {
  return entries
    .filter((entry) => (entry.Egress ?? false) === egress)
    .flatMap((entry) => compileEntry(entry))
    .sort((a, b) => a.ruleNumber - b.ruleNumber);
}

function isUnreadable(entry: NetworkAclEntry): boolean {
  if (entry.Ipv6CidrBlock !== undefined) return false;
  const isDecided = entry.RuleAction === 'allow' || entry.RuleAction === 'deny';
  return (
    !isDecided ||
    entry.Egress === undefined ||
    entry.RuleNumber === undefined ||
    arePortsUntold(entry) ||
    compileEntry(entry).length === 0
  );
}

// EC2 answers every entry for TCP or UDP with both ports.
function arePortsUntold({ Protocol, PortRange }: NetworkAclEntry): boolean {
  const protocol = readProtocol(Protocol);
  return (protocol === TCP || protocol === UDP) && (PortRange?.From === undefined || PortRange.To === undefined);
}

function compileEntry(entry: NetworkAclEntry): readonly CompiledEntry[] {
  const range = parseCidr(entry.CidrBlock ?? '');
  const protocol = readProtocol(entry.Protocol);
  // An entry for IPv6 says nothing about IPv4.
  if (range === undefined || protocol === undefined) return [];
  const portsCount = protocol === TCP || protocol === UDP;
  const from = entry.PortRange?.From;
  const to = entry.PortRange?.To;
  return [
    {
      ruleNumber: entry.RuleNumber ?? LAST_RULE_NUMBER,
      allow: entry.RuleAction === 'allow',
      protocol,
      ports: portsCount && from !== undefined && from !== -1 ? [from, to ?? from] : [0, 65535],
      range,
      cidr: entry.CidrBlock!,
    },
  ];
}

interface Box {
  readonly addresses: Interval;
  readonly ports: Interval;
}

export type AclMatch =
  | { readonly outcome: 'pass'; readonly detail: string }
  /** `partial`: some of the ports pass. */
  | { readonly outcome: 'stop' | 'partial'; readonly detail: string; readonly denial: AclDenial }
  | { readonly outcome: 'unknown'; readonly because: string };

/** Why packets are denied: by entries that somebody wrote, because no entry allows them, or both. */
export interface AclDenial {
  readonly isImplicit: boolean;
  readonly explicit?: {
    /** The number of the entry that denies first. */
    readonly before: number;
    /** The ports that such entries deny, and what lies between them. */
    readonly ports: Interval;
  };
}

/** What an ACL does with every packet of these addresses and ports. */
export function matchAcl(
  acl: CompiledAcl,
  direction: 'ingress' | 'egress',
  protocol: number,
  addresses: AddressSet,
  ports: Interval,
): AclMatch {
  if (acl.isUnreadable) return { outcome: 'unknown', because: `an entry of ${acl.id} cannot be told` };
  let undecided: readonly Box[] = addresses.map((range) => ({ addresses: range, ports }));
  const allowed: Box[] = [];
  const denied: Box[] = [];
  const allowedBy: CompiledEntry[] = [];
  let deniedBy: CompiledEntry | undefined;
  for (const entry of acl[direction]) {
    if (undecided.length === 0) break;
    if (entry.protocol !== -1 && entry.protocol !== protocol) continue;
    const { inside, outside } = splitBoxes(undecided, entry);
    if (inside.length === 0) continue;
    undecided = outside;
    if (entry.ruleNumber === LAST_RULE_NUMBER && !entry.allow) {
      undecided = [...inside, ...outside];
      break;
    }
    if (entry.allow) {
      allowed.push(...inside);
      allowedBy.push(entry);
    } else {
      denied.push(...inside);
      deniedBy ??= entry;
    }
  }
  const denial: AclDenial = {
    isImplicit: undecided.length > 0,
    ...(deniedBy !== undefined && { explicit: { before: deniedBy.ruleNumber, ports: boundsOf(denied) } }),
  };
  denied.push(...undecided);
  if (denied.length === 0) return { outcome: 'pass', detail: describeAllowed(allowedBy) };
  const detail = describeDenied(deniedBy, ports);
  if (allowed.length === 0) return { outcome: 'stop', denial, detail };
  if (differOnlyInPorts(allowed, denied, addresses)) {
    const passing = [...new Set(allowed.map((box) => describePorts(...box.ports)))].join(', ');
    return { outcome: 'partial', denial, detail: `${detail}; only ${passing} pass` };
  }
  return { outcome: 'unknown', because: `${acl.id} ${direction} treats the addresses that it may be differently` };
}

function boundsOf(boxes: readonly Box[]): Interval {
  return [Math.min(...boxes.map(({ ports }) => ports[0])), Math.max(...boxes.map(({ ports }) => ports[1]))];
}

function splitBoxes(boxes: readonly Box[], entry: CompiledEntry): { inside: Box[]; outside: Box[] } {
  const inside: Box[] = [];
  const outside: Box[] = [];
  for (const box of boxes) {
    if (!overlaps(box.addresses, entry.range) || !overlaps(box.ports, entry.ports)) {
      outside.push(box);
      continue;
    }
    const [below, addresses, above] = splitInterval(box.addresses, entry.range);
    const [lower, ports, higher] = splitInterval(box.ports, entry.ports);
    inside.push({ addresses, ports });
    for (const rest of [below, above]) if (rest) outside.push({ addresses: rest, ports: box.ports });
    for (const rest of [lower, higher]) if (rest) outside.push({ addresses, ports: rest });
  }
  return { inside, outside };
}

function splitInterval(whole: Interval, by: Interval): [Interval | undefined, Interval, Interval | undefined] {
  const lowest = Math.max(whole[0], by[0]);
  const highest = Math.min(whole[1], by[1]);
  return [
    whole[0] < lowest ? [whole[0], lowest - 1] : undefined,
    [lowest, highest],
    highest < whole[1] ? [highest + 1, whole[1]] : undefined,
  ];
}

/** Every address has the same ports allowed, so the port alone decides. */
function differOnlyInPorts(allowed: readonly Box[], denied: readonly Box[], addresses: AddressSet): boolean {
  const isSame = (a: Interval, b: Interval) => a[0] === b[0] && a[1] === b[1];
  const isWhole = (box: Box) => addresses.some((range) => isSame(range, box.addresses));
  if (![...allowed, ...denied].every(isWhole)) return false;
  const portsOf = (range: Interval) => allowed.filter((box) => isSame(box.addresses, range)).map((box) => box.ports);
  const first = JSON.stringify(portsOf(addresses[0]!));
  return addresses.every((range) => JSON.stringify(portsOf(range)) === first);
}

function describeAllowed(entries: readonly CompiledEntry[]): string {
  if (entries.length === 1) return `rule ${entries[0]!.ruleNumber} allows ${describeEntry(entries[0]!)}`;
  const rules = entries.map((entry) => `rule ${entry.ruleNumber} allows ${describeEntry(entry)}`);
  return [...new Set(rules)].join(', ');
}

function describeDenied(entry: CompiledEntry | undefined, ports: Interval): string {
  if (entry === undefined || entry.ruleNumber === LAST_RULE_NUMBER) {
    return `no entry allows ${describePorts(...ports)}, so rule * denies`;
  }
  return `rule ${entry.ruleNumber} denies ${describeEntry(entry)}`;
}

function describeEntry(entry: CompiledEntry): string {
  const ports =
    entry.ports[0] === 0 && entry.ports[1] === 65535 ? 'all ports' : `ports ${describePorts(...entry.ports)}`;
  return `${ports}, ${entry.cidr}`;
}
