// overlay: a planned change laid over the live network.
//
//   O1. What the plan does not change stays as it is, down to the rule: others may have made it.
//   O2. Nothing that is given is changed.
import type { NetworkSnapshot } from './snapshot.js';

type Item = Readonly<Record<string, unknown>>;

/** The lists of a snapshot, and what an item of each is known by. */
const KEYS: Readonly<Partial<Record<keyof NetworkSnapshot, string>>> = {
  vpcs: 'VpcId',
  subnets: 'SubnetId',
  routeTables: 'RouteTableId',
  networkAcls: 'NetworkAclId',
  securityGroups: 'GroupId',
  networkInterfaces: 'NetworkInterfaceId',
  instances: 'InstanceId',
  internetGateways: 'InternetGatewayId',
  natGateways: 'NatGatewayId',
  vpcEndpoints: 'VpcEndpointId',
  vpcPeeringConnections: 'VpcPeeringConnectionId',
  transitGatewayAttachments: 'TransitGatewayAttachmentId',
  dhcpOptions: 'DhcpOptionsId',
  privateHostedZones: 'id',
};

/** Members that are sets: a change adds to them and takes away from them. */
const SETS: ReadonlySet<string> = new Set([
  'IpPermissions',
  'IpPermissionsEgress',
  'Routes',
  'Entries',
  'Associations',
  'SubnetIds',
  'RouteTableIds',
  'Groups',
  'records',
  'vpcIds',
  'CidrBlockAssociationSet',
  'Attachments',
]);

/** `live` after the change from `before` to `after`, which know a part of it. Ids are those of the account. */
export function overlayChange(
  live: NetworkSnapshot,
  planBefore: NetworkSnapshot,
  planAfter: NetworkSnapshot,
): NetworkSnapshot {
  const [before, after] = [planBefore, planAfter].map((one) => withLiveNames(live, one)) as [
    NetworkSnapshot,
    NetworkSnapshot,
  ];
  const lists = Object.entries(KEYS).map(([name, key]) => {
    const list = (snapshot: NetworkSnapshot) => snapshot[name as keyof NetworkSnapshot] as readonly Item[] | undefined;
    return [name, overlayList(list(live), list(before) ?? [], list(after) ?? [], key)] as const;
  });
  return {
    ...live,
    ...Object.fromEntries(lists.filter(([, list]) => list !== undefined)),
    ...(live.vpcAttributes && { vpcAttributes: overlayAttributes(live.vpcAttributes, before, after) }),
  };
}

/** What comes with a VPC or an instance has no id in a plan: that of the account. */
function withLiveNames(live: NetworkSnapshot, snapshot: NetworkSnapshot): NetworkSnapshot {
  const names = [
    ...(live.securityGroups ?? [])
      .filter(({ GroupName }) => GroupName === 'default')
      .map(({ VpcId, GroupId }) => [`${VpcId}.DefaultSecurityGroup`, GroupId] as const),
    ...(live.networkAcls ?? [])
      .filter(({ IsDefault }) => IsDefault === true)
      .map(({ VpcId, NetworkAclId }) => [`${VpcId}.DefaultNetworkAcl`, NetworkAclId] as const),
    ...(live.routeTables ?? [])
      .filter(({ Associations = [] }) => Associations.some(({ Main }) => Main === true))
      .map(({ VpcId, RouteTableId }) => [`${VpcId}.MainRouteTable`, RouteTableId] as const),
    ...(live.networkInterfaces ?? [])
      .filter(({ Attachment }) => Attachment?.InstanceId !== undefined && (Attachment.DeviceIndex ?? 0) === 0)
      .map(({ Attachment, NetworkInterfaceId }) => [`${Attachment?.InstanceId}.eth0`, NetworkInterfaceId] as const),
  ];
  let text = JSON.stringify(snapshot);
  for (const [name, id] of names)
    if (id !== undefined) text = text.replaceAll(JSON.stringify(name), JSON.stringify(id));
  return JSON.parse(text) as NetworkSnapshot;
}

function overlayAttributes(
  live: NonNullable<NetworkSnapshot['vpcAttributes']>,
  before: NetworkSnapshot,
  after: NetworkSnapshot,
): NonNullable<NetworkSnapshot['vpcAttributes']> {
  const changed = Object.entries(after.vpcAttributes ?? {}).map(([id, own]) => {
    const was = before.vpcAttributes?.[id];
    return [id, live[id] !== undefined && was !== undefined ? changeItem(live[id], was, own) : own] as const;
  });
  return { ...live, ...Object.fromEntries(changed) };
}

function overlayList(
  live: readonly Item[] | undefined,
  before: readonly Item[],
  after: readonly Item[],
  key: string,
): readonly Item[] | undefined {
  if (live === undefined) return undefined;
  const was = indexBy(before, key);
  const will = indexBy(after, key);
  const kept = live
    .filter((item) => !was.has(item[key]) || will.has(item[key]))
    .map((item) => {
      const [old, next] = [was.get(item[key]), will.get(item[key])];
      if (next === undefined || isSame(old, next)) return item;
      return changeItem(item, old ?? {}, next);
    });
  const known = new Set(live.map((item) => item[key]));
  // What the account must have by now and does not, the plan makes.
  const made = after.filter(
    (item) => !known.has(item[key]) && !(was.has(item[key]) && isSame(was.get(item[key]), item)),
  );
  return [...kept, ...made];
}

function indexBy(items: readonly Item[], key: string): ReadonlyMap<unknown, Item> {
  return new Map(items.map((item) => [item[key], item]));
}

function changeItem<T extends object>(live: T, before: object, after: object): T {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const changed = [...names].flatMap((name) => {
    const [old, next] = [(before as Item)[name], (after as Item)[name]];
    if (isSame(old, next)) return [];
    const own = (live as Item)[name];
    if (!SETS.has(name)) return [[name, next] as const];
    return [[name, changeSet(listOf(own), listOf(old), listOf(next))] as const];
  });
  return { ...live, ...Object.fromEntries(changed) };
}

/** The live set without what the change takes away, and with what it adds. A rule may be split otherwise than it was written. */
function changeSet(
  live: readonly unknown[],
  before: readonly unknown[],
  after: readonly unknown[],
): readonly unknown[] {
  const removed = before.flatMap(partsOf).filter((one) => !after.flatMap(partsOf).some((other) => isSame(one, other)));
  const added = after.flatMap(partsOf).filter((one) => !before.flatMap(partsOf).some((other) => isSame(one, other)));
  const parts = live.flatMap((item) => {
    const own = partsOf(item);
    const left = own.filter((part) => !removed.some((one) => covers(part, one)));
    return left.length === own.length ? [item] : left;
  });
  return [...parts, ...added];
}

const PEERS = ['IpRanges', 'Ipv6Ranges', 'UserIdGroupPairs', 'PrefixListIds'] as const;

/** A permission with several peers is one rule for each. */
function partsOf(item: unknown): readonly unknown[] {
  if (typeof item !== 'object' || item === null || !('IpProtocol' in item)) return [item];
  const { IpRanges, Ipv6Ranges, UserIdGroupPairs, PrefixListIds, FromPort, ToPort, ...rest } = item as Item;
  const lists: Item = { IpRanges, Ipv6Ranges, UserIdGroupPairs, PrefixListIds };
  // Of all traffic EC2 tells no ports, and Terraform 0 to 0.
  const ports = rest.IpProtocol === '-1' ? {} : { FromPort, ToPort };
  return PEERS.flatMap((name) => listOf(lists[name]).map((peer) => ({ ...rest, ...ports, [name]: [peer] })));
}

/** Whether the live part is what is taken away, whatever else the account says of it. */
function covers(live: unknown, removed: unknown): boolean {
  if (typeof removed !== 'object' || removed === null) return live === removed;
  if (typeof live !== 'object' || live === null) return false;
  if (Array.isArray(removed))
    return Array.isArray(live) && removed.length === live.length && removed.every((one, at) => covers(live[at], one));
  return Object.entries(removed).every(
    ([name, value]) =>
      value === undefined || name === 'State' || name === 'Origin' || covers((live as Item)[name], value),
  );
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
