// Between VPCs: the route of each side leads to a peering connection that is active, or through a transit gateway.
//
// Peering is not transitive: a route to a connection leads to the one VPC at its other end, and nowhere else.
import type { VpcPeeringConnection } from '@aws-sdk/client-ec2';
import { contains, parseCidr, prefixLength } from '../address.js';
import type { Code } from '../codes.js';
import type { Network } from '../network.js';
import { leaveUnknown, manual, type OpenTrace, pass, type Stage, type Stop, stopHop } from '../open-trace.js';
import type { Place } from '../place.js';
import type { Edit } from '../question.js';
import {
  type CompiledRoute,
  type CompiledTable,
  describeForwarder,
  describeTarget,
  matchRoute,
  missingTable,
  type RouteMatch,
  routeTableOf,
} from '../route.js';
import { cidrOf, peerOf } from './end.js';
import { isPeeringOf, otherEnd, peeringsBetween } from './peering.js';
import type { GroupsKept, RouteBetween } from './route-between.js';
import { crossTransitGateway, groupsThroughTransit, sharedTransitGateways } from './transit-gateway.js';

/** What connects two VPCs, or could once it is routed to. */
type Link =
  | { readonly kind: 'peering'; readonly id: string; readonly peering: VpcPeeringConnection }
  | { readonly kind: 'transitGateway'; readonly id: string };

export function routeBetweenVpcs(trace: OpenTrace, source: Place, destination: Place): RouteBetween {
  const { network } = trace;
  const there = findDirection(network, source, destination);
  const back = findDirection(network, destination, source);
  const usable = there.link ?? back.link ?? linkBetween(network, source.vpcId, destination.vpcId);
  return {
    keepsGroups: groupsThrough(network, usable, there, source.vpcId, destination.vpcId),
    // An edit names the address, which also holds between accounts.
    mayNameGroups: false,
    there: () => {
      if (isCut(network, there, usable, source, destination)) {
        stopHop(
          trace,
          { component: 'vpcPeeringConnection', id: 'none' },
          `nothing connects ${source.vpcId} and ${destination.vpcId}`,
          disconnected(there, source, destination),
        );
        return;
      }
      noteDirection(trace, there, usable, source, destination, 'path');
      for (const one of new Set([there.link ?? usable, back.link]))
        if (one?.kind === 'peering') checkPeering(trace, one.peering);
    },
    back: () => {
      if (isCut(network, there, usable, source, destination)) return;
      noteDirection(trace, back, usable, destination, source, 'destination');
    },
  };
}

interface Direction {
  readonly table?: CompiledTable;
  readonly match?: RouteMatch;
  /** What the route leads to, when that is or may be the other VPC. */
  readonly link?: Link;
}

function findDirection(network: Network, from: Place, to: Place): Direction {
  const table = routeTableOf(network, from.subnetId, from.vpcId);
  if (table === undefined) return {};
  const match = matchRoute(network, table, peerOf(to, 'no'));
  if (match.kind !== 'route') return { table, match };
  const link = linkOf(network, match.route, from.vpcId, to.vpcId);
  return { table, match, ...(link && { link }) };
}

function linkOf(network: Network, route: CompiledRoute, a: string, b: string): Link | undefined {
  const { target } = route;
  if (target.kind === 'transitGateway' && !route.isBlackhole) return target;
  if (target.kind !== 'vpcPeeringConnection') return undefined;
  const peering = network.peerings.get(target.id);
  return peering !== undefined && isPeeringOf(peering, a, b) ? { kind: 'peering', id: target.id, peering } : undefined;
}

/** The best of what could connect them. */
function linkBetween(network: Network, a: string, b: string): Link | undefined {
  const [peering] = peeringsBetween(network, a, b);
  const peeringLink = peering && ({ kind: 'peering', id: peering.VpcPeeringConnectionId ?? '', peering } as const);
  if (peering?.Status?.Code === 'active') return peeringLink;
  const [id] = sharedTransitGateways(network, a, b);
  return id === undefined ? peeringLink : { kind: 'transitGateway', id };
}

function groupsThrough(network: Network, link: Link | undefined, there: Direction, a: string, b: string): GroupsKept {
  if (link?.kind === 'transitGateway') return groupsThroughTransit(network, link.id, a, b);
  // A rule may name a group of a peered VPC of the same region.
  if (link !== undefined)
    return regionOf(link.peering.AccepterVpcInfo) === regionOf(link.peering.RequesterVpcInfo) ? 'yes' : 'no';
  return leadsSomewhere(there) ? 'unknown' : 'yes';
}

function regionOf(end: { readonly Region?: string } | undefined): string {
  return end?.Region ?? 'same';
}

/** Whether the packets may still arrive by something of which the snapshot says nothing. */
function leadsSomewhere({ table, match }: Direction): boolean {
  if (table === undefined || match === undefined || match.kind === 'unknown') return true;
  if (match.kind === 'none') return false;
  const { target, isBlackhole } = match.route;
  return !isBlackhole && (target.kind === 'elsewhere' || target.kind === 'transitGateway');
}

function isCut(
  network: Network,
  there: Direction,
  usable: Link | undefined,
  source: Place,
  destination: Place,
): boolean {
  if (usable !== undefined || leadsSomewhere(there)) return false;
  if (isUntoldPeering(network, there)) return false;
  return source.vpcId !== destination.vpcId;
}

/** A route to a connection that the snapshot does not have. */
function isUntoldPeering(network: Network, { match }: Direction): boolean {
  return (
    match?.kind === 'route' &&
    !match.route.isBlackhole &&
    match.route.target.kind === 'vpcPeeringConnection' &&
    !network.peerings.has(match.route.target.id)
  );
}

function disconnected({ table, match }: Direction, source: Place, destination: Place): Stop {
  const route =
    match?.kind === 'route'
      ? [{ id: table?.id ?? '', what: `${match.route.text} ${describeTarget(match.route)}` }]
      : [];
  return {
    code: 'DISCONNECTED_VPCS',
    stage: 'path',
    explanation: `${source.id} is in ${source.vpcId} and ${destination.id} is in ${destination.vpcId}, and nothing connects the two.`,
    evidence: [
      { id: source.vpcId, what: 'VPC of the source' },
      { id: destination.vpcId, what: 'VPC of the destination' },
      ...route,
    ],
    edits: manual(`peer ${source.vpcId} with ${destination.vpcId}, and route between them on both sides`),
  };
}

function checkPeering(trace: OpenTrace, peering: VpcPeeringConnection): void {
  const id = peering.VpcPeeringConnectionId ?? '';
  const state = peering.Status?.Code ?? 'active';
  const where = { component: 'vpcPeeringConnection' as const, id };
  if (state === 'active') {
    pass(trace, where, 'active');
    return;
  }
  stopHop(trace, where, state, {
    code: 'BAD_STATE',
    stage: 'path',
    explanation: `${id} is ${state}, not active.`,
    evidence: [{ id, what: `state ${state}` }],
    edits:
      state === 'pending-acceptance'
        ? [{ kind: 'acceptVpcPeeringConnection', vpcPeeringConnectionId: id }]
        : manual(`wait until ${id} is active`),
  });
}

/** One direction: the route, and what it leads to. */
function noteDirection(
  trace: OpenTrace,
  direction: Direction,
  usable: Link | undefined,
  from: Place,
  to: Place,
  stage: Stage,
): void {
  const { network } = trace;
  const { table, match, link } = direction;
  const where = { component: 'routeTable' as const, id: table?.id ?? from.subnetId };
  if (table === undefined || match === undefined) {
    leaveUnknown(trace, where, missingTable(network, from.subnetId));
    return;
  }
  if (match.kind === 'unknown') {
    leaveUnknown(trace, where, match.because);
    return;
  }
  const route = match.kind === 'route' ? match.route : undefined;
  if (route !== undefined && link !== undefined) {
    // Into a connection that is not active yet the route is a blackhole, and mended with it.
    if (!route.isBlackhole || isWaiting(link)) {
      pass(trace, where, `${route.text} to ${link.id}`);
      if (link.kind === 'transitGateway') crossTransitGateway(trace, link.id, from, to, stage);
      return;
    }
  }
  const untold = route === undefined ? undefined : untoldTarget(network, table, route);
  if (untold !== undefined) {
    leaveUnknown(trace, where, untold);
    return;
  }
  stopHop(trace, where, describeLeg(table, route, to), routeStop(network, table, route, to, usable, stage));
}

function isWaiting(link: Link): boolean {
  return link.kind === 'peering' && (link.peering.Status?.Code ?? 'active') !== 'active';
}

function untoldTarget(network: Network, table: CompiledTable, route: CompiledRoute): string | undefined {
  const { target } = route;
  if (route.isBlackhole) return undefined;
  if (target.kind === 'elsewhere')
    return `${table.id}: ${route.text} leads to ${target.id}, ${describeForwarder(target)}: unknown from here`;
  if (target.kind === 'vpcPeeringConnection' && !network.peerings.has(target.id))
    return `${table.id}: ${route.text} leads to ${target.id}, which is not in the snapshot`;
  const nat = target.kind === 'natGateway' ? network.natGateways.get(target.id) : undefined;
  if (nat?.ConnectivityType === 'private')
    return `${table.id}: ${route.text} leads to ${nat.NatGatewayId}, a private NAT gateway: where it leads is not in the snapshot`;
  return undefined;
}

function describeLeg(table: CompiledTable, route: CompiledRoute | undefined, to: Place): string {
  return route === undefined
    ? `${table.id} has no route to ${to.vpcId}`
    : `${table.id}: ${route.text} ${describeTarget(route)}`;
}

function routeStop(
  network: Network,
  table: CompiledTable,
  route: CompiledRoute | undefined,
  to: Place,
  link: Link | undefined,
  stage: Stage,
): Stop {
  const isDefault = route?.text === '0.0.0.0/0';
  const code: Code =
    route === undefined || (isDefault && !route.isBlackhole)
      ? 'NO_ROUTE_TO_DESTINATION'
      : route.isBlackhole
        ? 'BAD_STATE_ROUTE'
        : 'MORE_SPECIFIC_ROUTE';
  const away = route === undefined ? '' : leadsAway(network, route, table.vpcId, to.vpcId);
  return {
    code,
    stage,
    explanation: `${describeLeg(table, route, to)}${away}, so packets do not reach ${to.vpcId}.`,
    evidence: [
      { id: table.id, what: route === undefined ? 'no matching route' : `${route.text} ${describeTarget(route)}` },
    ],
    edits: routeEdits(network, table, route, to, link),
  };
}

function leadsAway(network: Network, { target }: CompiledRoute, from: string, to: string): string {
  if (target.kind !== 'vpcPeeringConnection') return '';
  const peering = network.peerings.get(target.id);
  const end = peering && otherEnd(peering, from);
  return end === undefined || end === to ? '' : `, which ends in ${end}: peering is not transitive`;
}

function routeEdits(
  network: Network,
  table: CompiledTable,
  route: CompiledRoute | undefined,
  to: Place,
  link: Link | undefined,
): readonly Edit[] {
  // Overlapping ranges cannot be peered at all, and a local route cannot be replaced by a peering.
  if (route?.target.kind === 'local') return manual(`${to.vpcId} overlaps ${table.vpcId}: renumber one of them`);
  if (link === undefined) return manual(`route to ${to.vpcId} from ${table.id} by what connects the two`);
  const target = link.kind === 'peering' ? { vpcPeeringConnectionId: link.id } : { transitGatewayId: link.id };
  const wanted = vpcCidrOf(network, to);
  const taken = route?.range;
  const isNarrower = taken === undefined || prefixLength(parseCidr(wanted) ?? [0, 0]) > prefixLength(taken);
  // A propagated route of the same length loses to a static one, and cannot be replaced.
  if (isNarrower && route?.prefixListId === undefined)
    return [{ kind: 'createRoute', routeTableId: table.id, destinationCidr: wanted, target }];
  if (route?.prefixListId !== undefined || route?.rank === 2)
    return [{ kind: 'createRoute', routeTableId: table.id, destinationCidr: cidrOf(network, to), target }];
  return [{ kind: 'replaceRoute', routeTableId: table.id, destinationCidr: route?.text ?? wanted, target }];
}

/** The range of the VPC that holds the place. */
function vpcCidrOf(network: Network, place: Place): string {
  const vpc = network.vpcs.get(place.vpcId);
  const at = vpc?.ranges.findIndex((range) => place.addresses.every((one) => contains(range, one))) ?? -1;
  return vpc?.cidrs[at] ?? cidrOf(network, place);
}
