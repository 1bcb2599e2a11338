// Security groups: allow-only, stateful, and the rules of all groups of an interface are one set.
import type { IpPermission, SecurityGroup } from '@aws-sdk/client-ec2';
import { type AddressSet, type Interval, measureCover, parseCidr } from './address.js';
import { keepIndex } from './kept-index.js';
import type { PrefixListTable } from './prefix-list.js';

interface CompiledRule {
  /** -1: any protocol, and ports do not count. */
  readonly protocol: number;
  readonly fromPort: number;
  readonly toPort: number;
  readonly cidrs: readonly { readonly range: Interval; readonly text: string }[];
  readonly groupIds: readonly string[];
  readonly prefixListIds: readonly string[];
  /** A part of it is missing or cannot be read: what it allows is not known. */
  readonly isUnreadable: boolean;
}

interface CompiledGroup {
  readonly id: string;
  readonly vpcId: string;
  readonly ingress: readonly CompiledRule[];
  readonly egress: readonly CompiledRule[];
  /** Rules in each direction, those for IPv6 included. */
  readonly ruleCount: { readonly ingress: number; readonly egress: number };
  /** The directions whose rules are not in the snapshot. */
  readonly untold: { readonly ingress: boolean; readonly egress: boolean };
}

export interface GroupTable {
  readonly byId: ReadonlyMap<string, CompiledGroup>;
  readonly defaultByVpc: ReadonlyMap<string, string>;
}

const compileGroup = keepIndex((group: SecurityGroup): CompiledGroup => {
  const ingress = group.IpPermissions ?? [];
  const egress = group.IpPermissionsEgress ?? [];
  return {
    id: group.GroupId ?? '',
    vpcId: group.VpcId ?? '',
    ingress: ingress.map(compileRule),
    egress: egress.map(compileRule),
    ruleCount: { ingress: ingress.length, egress: egress.length },
    untold: { ingress: group.IpPermissions === undefined, egress: group.IpPermissionsEgress === undefined },
  };
});

export const compileGroups = keepIndex((groups: readonly SecurityGroup[]): GroupTable => {
  return {
    byId: new Map(groups.map((group) => [group.GroupId ?? '', compileGroup(group)])),
    defaultByVpc: new Map(
      groups.filter((group) => group.GroupName === 'default').map((group) => [group.VpcId ?? '', group.GroupId ?? '']),
    ),
  };
});

const PROTOCOL_NUMBERS: Readonly<Record<string, number>> = { all: -1, icmp: 1, tcp: 6, udp: 17, icmpv6: 58 };
export const TCP = 6;
export const UDP = 17;

/** `tcp`, `6`, `-1` and `all` as numbers. Undefined for what is no protocol. */
export function readProtocol(text: string | undefined): number | undefined {
  const lower = (text ?? '').toLowerCase();
  const named = PROTOCOL_NUMBERS[lower];
  if (named !== undefined) return named;
  return /^(-1|\d{1,3})$/.test(lower) ? Number(lower) : undefined;
}

function compileRule(permission: IpPermission): CompiledRule {
  const protocol = readProtocol(permission.IpProtocol) ?? Number.NaN;
  const portsCount = protocol === TCP || protocol === UDP;
  // tcp 0-0 is port 0 only. Only -1, and a protocol without ports, mean all of them.
  const everyPort = !portsCount || permission.FromPort === undefined || permission.FromPort === -1;
  return {
    protocol,
    fromPort: everyPort ? 0 : permission.FromPort!,
    toPort: everyPort ? 65535 : (permission.ToPort ?? permission.FromPort!),
    cidrs: (permission.IpRanges ?? []).flatMap(({ CidrIp }) => {
      const range = parseCidr(CidrIp ?? '');
      return range === undefined ? [] : [{ range, text: CidrIp! }];
    }),
    groupIds: (permission.UserIdGroupPairs ?? []).map((pair) => pair.GroupId ?? ''),
    prefixListIds: (permission.PrefixListIds ?? []).map((list) => list.PrefixListId ?? ''),
    isUnreadable: Number.isNaN(protocol) || arePortsUntold(permission, portsCount) || arePeersUntold(permission),
  };
}

function arePortsUntold({ FromPort, ToPort }: IpPermission, portsCount: boolean): boolean {
  return portsCount && FromPort !== undefined && FromPort !== -1 && ToPort === undefined;
}

// EC2 answers every rule with a peer.
function arePeersUntold({ IpRanges, Ipv6Ranges, UserIdGroupPairs, PrefixListIds }: IpPermission): boolean {
  const peers = [IpRanges, Ipv6Ranges, UserIdGroupPairs, PrefixListIds].flatMap((list) => list?.length ?? 0);
  return (
    peers.every((count) => count === 0) ||
    (IpRanges ?? []).some(({ CidrIp }) => parseCidr(CidrIp ?? '') === undefined) ||
    (UserIdGroupPairs ?? []).some(({ GroupId }) => GroupId === undefined) ||
    (PrefixListIds ?? []).some(({ PrefixListId }) => PrefixListId === undefined)
  );
}

/** The other side of the connection, as a rule sees it. */
export interface Peer {
  readonly addresses: AddressSet;
  /** The groups that a reference may match. Empty when the path does not preserve them. */
  readonly groupIds: readonly string[];
  /** The groups it carries that this path hides. */
  readonly hiddenGroupIds?: readonly string[];
  /** The groups it carries of which it is not known whether this path keeps them. */
  readonly doubtfulGroupIds?: readonly string[];
  /** Whether it carries groups that the snapshot does not tell. */
  readonly groupsAreUnknown?: boolean;
  /** A public host whose address nobody knows. */
  readonly isUnnamed?: boolean;
  /** The AWS service that it is. */
  readonly awsServiceName?: string;
}

export type GroupMatch =
  | { readonly outcome: 'pass'; readonly detail: string }
  | {
      readonly outcome: 'stop';
      readonly hasRules: boolean;
      /** A reference that would have matched, had the path preserved it. */
      readonly lostReference?: string;
      readonly nearMisses: readonly string[];
    }
  | { readonly outcome: 'unknown'; readonly because: string };

interface GroupQuestion {
  readonly direction: 'ingress' | 'egress';
  readonly protocol: number;
  readonly port: number;
  readonly peer: Peer;
}

/** Does any rule of any of the groups allow it? */
export function matchGroups(
  groups: GroupTable,
  lists: PrefixListTable,
  groupIds: readonly string[],
  question: GroupQuestion,
): GroupMatch {
  const partly: Interval[] = [];
  const partlyBy: string[] = [];
  let unknown: string | undefined;
  let hasRules = false;
  let lostReference: string | undefined;
  for (const groupId of groupIds) {
    const group = groups.byId.get(groupId);
    if (group === undefined) {
      unknown ??= `the rules of ${groupId} are not in the snapshot`;
      continue;
    }
    hasRules ||= group.ruleCount[question.direction] > 0;
    if (group.untold[question.direction])
      unknown ??= `the ${question.direction} rules of ${groupId} are not in the snapshot`;
    for (const rule of group[question.direction]) {
      if (rule.isUnreadable) unknown ??= `a rule of ${groupId} cannot be read`;
      if (!coversPort(rule, question)) continue;
      const match = matchPeer(rule, lists, question.peer, partly, partlyBy);
      if (match.kind === 'all')
        return { outcome: 'pass', detail: `${groupId}: ${describeRule(rule, question.direction, match.by)}` };
      if (match.kind === 'unknown') unknown ??= match.because;
      if (peerMayHave(rule, question.peer)) unknown ??= 'the security groups of the other end are not in the snapshot';
      const doubtful = rule.groupIds.find((id) => question.peer.doubtfulGroupIds?.includes(id));
      if (doubtful !== undefined) unknown ??= `whether the way keeps ${doubtful} is not in the snapshot`;
      lostReference ??= rule.groupIds.find((id) => question.peer.hiddenGroupIds?.includes(id));
    }
  }
  const cover = measureCover(question.peer.addresses, partly);
  if (cover === 'all') return { outcome: 'pass', detail: `${groupIds.join(', ')}: ${partlyBy.join(' and ')} together` };
  if (unknown !== undefined) return { outcome: 'unknown', because: unknown };
  if (cover === 'some') {
    return { outcome: 'unknown', because: `${partlyBy.join(', ')} holds only some of the addresses that it may be` };
  }
  const nearMisses = groupIds.flatMap((id) => describeNearMisses(groups.byId.get(id), question.direction));
  return { outcome: 'stop', hasRules, ...(lostReference !== undefined && { lostReference }), nearMisses };
}

function coversPort(rule: CompiledRule, question: GroupQuestion): boolean {
  if (rule.protocol === -1) return true;
  return rule.protocol === question.protocol && rule.fromPort <= question.port && question.port <= rule.toPort;
}

function peerMayHave(rule: CompiledRule, peer: Peer): boolean {
  return peer.groupsAreUnknown === true && rule.groupIds.length > 0;
}

type PeerMatch =
  | { readonly kind: 'all'; readonly by: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown'; readonly because: string };

function matchPeer(
  rule: CompiledRule,
  lists: PrefixListTable,
  peer: Peer,
  partly: Interval[],
  partlyBy: string[],
): PeerMatch {
  for (const id of rule.groupIds) if (peer.groupIds.includes(id)) return { kind: 'all', by: id };
  for (const { range, text } of rule.cidrs) {
    const cover = measureCover(peer.addresses, [range]);
    if (cover === 'all') return { kind: 'all', by: text };
    if (cover === 'some') {
      partly.push(range);
      partlyBy.push(text);
    }
  }
  let unknown: string | undefined;
  for (const id of rule.prefixListIds) {
    const cover = measureList(lists, id, peer);
    if (cover === 'all') return { kind: 'all', by: id };
    if (cover === 'some') {
      partly.push(...(lists.get(id)?.ranges ?? []));
      partlyBy.push(id);
    }
    if (cover === 'unknown') unknown ??= `the entries of prefix list ${id} are not in the snapshot`;
  }
  return unknown === undefined ? { kind: 'none' } : { kind: 'unknown', because: unknown };
}

/**
 * How much of a peer a prefix list holds. A list that AWS keeps for a service holds all of that service and nothing of another
 * one, nor any private address; for any other list, its entries decide.
 */
export function measureList(lists: PrefixListTable, id: string, peer: Peer): 'all' | 'some' | 'none' | 'unknown' {
  const list = lists.get(id);
  if (list === undefined) return 'unknown';
  if (list.awsServiceName !== undefined && peer.isUnnamed)
    return list.awsServiceName === peer.awsServiceName ? 'all' : 'none';
  if (list.ranges !== undefined) return measureCover(peer.addresses, list.ranges);
  if (list.awsServiceName !== undefined && measureCover(peer.addresses, PRIVATE_RANGES) === 'all') return 'none';
  return 'unknown';
}

const PRIVATE_RANGES = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'].map(
  (cidr) => parseCidr(cidr)!,
);

const PROTOCOL_TEXTS: ReadonlyMap<number, string> = new Map([
  [-1, 'all traffic'],
  [1, 'icmp'],
  [TCP, 'tcp'],
  [UDP, 'udp'],
]);

function describeRule(rule: CompiledRule, direction: 'ingress' | 'egress', by: string): string {
  const protocol = PROTOCOL_TEXTS.get(rule.protocol) ?? `protocol ${rule.protocol}`;
  const ports = rule.protocol === -1 ? '' : ` ${describePorts(rule.fromPort, rule.toPort)}`;
  return `${protocol}${ports} ${direction === 'egress' ? 'to' : 'from'} ${by}`;
}

export function describePorts(from: number, to: number): string {
  return from === to ? String(from) : `${from}-${to}`;
}

/** What the group does allow in this direction: the evidence of a refusal. */
function describeNearMisses(group: CompiledGroup | undefined, direction: 'ingress' | 'egress'): readonly string[] {
  if (group === undefined) return [];
  return group[direction].flatMap((rule) => {
    const peers = [...rule.groupIds, ...rule.cidrs.map((cidr) => cidr.text), ...rule.prefixListIds];
    return peers.map((peer) => `${group.id}: ${describeRule(rule, direction, peer)}`);
  });
}
