// Routes: the longest prefix wins over everything; at equal length a static CIDR route, then a prefix list's, then a propagated one.
import {
  type AddressSet,
  contains,
  type Interval,
  measureCover,
  overlaps,
  parseCidr,
  prefixLength,
} from './address.js';
import type { Network } from './network.js';
import type { CompiledRoute, CompiledTable } from './route-table.js';
import { measureList, type Peer } from './security-group.js';

export type { CompiledRoute, CompiledTable, Forwarder, RouteTarget } from './route-table.js';
export { describeForwarder, isForwarder } from './route-table.js';

/** The table of a subnet: its own, else the VPC's main one. Undefined when neither is in the snapshot. */
export function routeTableOf(network: Network, subnetId: string, vpcId: string): CompiledTable | undefined {
  return network.routes?.bySubnet.get(subnetId) ?? network.routes?.mainByVpc.get(vpcId);
}

export type RouteMatch =
  | { readonly kind: 'route'; readonly route: CompiledRoute }
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown'; readonly because: string };

interface Candidate {
  readonly route: CompiledRoute;
  readonly length: number;
  readonly cover: 'all' | 'some';
}

/** The route that a table takes to the peer. */
export function matchRoute(network: Network, table: CompiledTable, peer: Peer): RouteMatch {
  if (table.isUnreadable) return { kind: 'unknown', because: `a route of ${table.id} cannot be read` };
  const candidates: Candidate[] = [];
  let unknown: string | undefined;
  for (const route of [...table.routes, ...impliedLocalRoutes(network, table)]) {
    const candidate = weighRoute(network, route, peer);
    if (candidate === 'unknown') unknown ??= `the entries of prefix list ${route.prefixListId} are not in the snapshot`;
    else if (candidate !== undefined) candidates.push(candidate);
  }
  candidates.sort((a, b) => b.length - a.length || a.route.rank - b.route.rank);
  const best = candidates.find((candidate) => candidate.cover === 'all');
  const partial = candidates.find((candidate) => candidate.cover === 'some');
  if (unknown !== undefined) return { kind: 'unknown', because: unknown };
  if (partial !== undefined && (best === undefined || partial.length >= best.length) && !sameTarget(partial, best)) {
    return {
      kind: 'unknown',
      because: `${table.id}: ${partial.route.text} holds some of the addresses that it may be`,
    };
  }
  return best === undefined ? { kind: 'none' } : { kind: 'route', route: best.route };
}

function sameTarget(a: Candidate, b: Candidate | undefined): boolean {
  return b !== undefined && JSON.stringify(a.route.target) === JSON.stringify(b.route.target);
}

function weighRoute(network: Network, route: CompiledRoute, peer: Peer): Candidate | 'unknown' | undefined {
  if (route.range !== undefined) {
    const cover = coverOf(peer.addresses, route.range);
    return cover === 'none' ? undefined : { route, length: prefixLength(route.range), cover };
  }
  const cover = measureList(network.prefixLists, route.prefixListId!, peer);
  if (cover === 'none') return undefined;
  if (cover === 'unknown') return 'unknown';
  return { route, length: longestEntry(network, route.prefixListId!, peer.addresses), cover };
}

function coverOf(addresses: AddressSet, range: Interval): 'all' | 'some' | 'none' {
  const only = addresses.length === 1 ? addresses[0]! : undefined;
  if (only === undefined) return measureCover(addresses, [range]);
  if (contains(range, only)) return 'all';
  return overlaps(range, only) ? 'some' : 'none';
}

// A list whose entries nobody read is AWS's own, and its entries are narrower than any route a VPC would have for the internet.
function longestEntry(network: Network, prefixListId: string, addresses: AddressSet): number {
  const ranges = network.prefixLists.get(prefixListId)?.ranges;
  if (ranges === undefined || addresses.length > 1) return 32;
  return Math.max(...ranges.filter((range) => measureCover(addresses, [range]) !== 'none').map(prefixLength), 0);
}

// Every table has a local route for each range of its VPC, whether it is spelled out or not, unless it was replaced.
function impliedLocalRoutes(network: Network, table: CompiledTable): readonly CompiledRoute[] {
  const vpc = network.vpcs.get(table.vpcId);
  if (vpc === undefined) return [];
  return vpc.cidrs
    .filter((cidr) => !table.routes.some((route) => route.text === cidr))
    .map((cidr) => ({ range: parseCidr(cidr)!, text: cidr, target: { kind: 'local' }, isBlackhole: false, rank: 0 }));
}

export function missingTable(network: Network, subnetId: string): string {
  return network.routes === undefined
    ? 'route tables were not looked at'
    : `the route table of ${subnetId} is not in the snapshot`;
}

export function describeTarget(route: CompiledRoute): string {
  const target = route.target.kind === 'local' ? 'local' : route.target.id;
  return route.isBlackhole ? `into a blackhole (${target})` : `to ${target}`;
}
