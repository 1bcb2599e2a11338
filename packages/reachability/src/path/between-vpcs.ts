// Between VPCs: a peering connection that is active, and a route to it on both sides.
import type { VpcPeeringConnection } from '@aws-sdk/client-ec2';
import { contains } from '../address.js';
import type { Code } from '../codes.js';
import { type Journey, manual, pass, type Stage, type Stop, stop, wonder } from '../journey.js';
import type { Network } from '../network.js';
import type { Place } from '../place.js';
import type { Edit } from '../question.js';
import {
  type CompiledRoute,
  type CompiledTable,
  describeTarget,
  matchRoute,
  missingTable,
  routeTableOf,
} from '../route.js';
import { cidrOf, peerOf } from './end.js';
import type { Way } from './travel.js';

export function wayBetweenVpcs(journey: Journey, source: Place, destination: Place): Way {
  const { network } = journey;
  const peering = peeringBetween(network, source.vpcId, destination.vpcId);
  const isSameRegion =
    peering === undefined || regionOf(peering.AccepterVpcInfo?.Region) === regionOf(peering.RequesterVpcInfo?.Region);
  const there = () => {
    if (
      peering === undefined &&
      network.snapshot.vpcPeeringConnections !== undefined &&
      !hasOtherWay(network, source, destination)
    ) {
      stop(
        journey,
        { component: 'vpcPeeringConnection', id: 'none' },
        `nothing connects ${source.vpcId} and ${destination.vpcId}`,
        disconnected(source, destination),
      );
      return;
    }
    peeredLeg(journey, source, destination, peering, 'path');
    if (peering !== undefined) checkPeering(journey, peering);
  };
  const back = () => {
    if (peering !== undefined) peeredLeg(journey, destination, source, peering, 'destination');
  };
  // A rule may name a group of the peered VPC; an edit names the address, which also holds between accounts.
  return { preservesGroups: isSameRegion && peering !== undefined, mayNameGroups: false, there, back };
}

function regionOf(region: string | undefined): string {
  return region ?? 'same';
}

function peeringBetween(network: Network, a: string, b: string): VpcPeeringConnection | undefined {
  const useless = ['deleted', 'rejected', 'failed', 'expired', 'deleting'];
  const found = [...network.peerings.values()].filter((peering) => {
    const ends = [peering.AccepterVpcInfo?.VpcId, peering.RequesterVpcInfo?.VpcId];
    return ends.includes(a) && ends.includes(b) && !useless.includes(peering.Status?.Code ?? 'active');
  });
  return found.find((peering) => peering.Status?.Code === 'active') ?? found[0];
}

function hasOtherWay(network: Network, source: Place, destination: Place): boolean {
  const table = routeTableOf(network, source.subnetId, source.vpcId);
  if (table === undefined) return true;
  const match = matchRoute(network, table, peerOf(destination, false));
  return (
    match.kind === 'unknown' ||
    (match.kind === 'route' && match.route.target.kind === 'elsewhere' && !match.route.isBlackhole)
  );
}

function disconnected(source: Place, destination: Place): Stop {
  return {
    code: 'DISCONNECTED_VPCS',
    stage: 'path',
    explanation: `${source.id} is in ${source.vpcId} and ${destination.id} is in ${destination.vpcId}, and nothing connects the two.`,
    evidence: [
      { id: source.vpcId, what: 'VPC of the source' },
      { id: destination.vpcId, what: 'VPC of the destination' },
    ],
    edits: manual(`peer ${source.vpcId} with ${destination.vpcId}`),
  };
}

function checkPeering(journey: Journey, peering: VpcPeeringConnection): void {
  const id = peering.VpcPeeringConnectionId ?? '';
  const state = peering.Status?.Code ?? 'active';
  const where = { component: 'vpcPeeringConnection' as const, id };
  if (state === 'active') {
    pass(journey, where, 'active');
    return;
  }
  stop(journey, where, state, {
    code: 'BAD_STATE',
    stage: 'path',
    explanation: `${id} is ${state}, not active.`,
    evidence: [{ id, what: `state ${state}` }],
    edits: manual(`accept ${id}`),
  });
}

function peeredLeg(
  journey: Journey,
  from: Place,
  to: Place,
  peering: VpcPeeringConnection | undefined,
  stage: Stage,
): void {
  const { network } = journey;
  const table = routeTableOf(network, from.subnetId, from.vpcId);
  const where = { component: 'routeTable' as const, id: table?.id ?? from.subnetId };
  if (table === undefined) {
    wonder(journey, where, missingTable(network, from.subnetId));
    return;
  }
  const match = matchRoute(network, table, peerOf(to, false));
  if (match.kind === 'unknown') {
    wonder(journey, where, match.because);
    return;
  }
  const peeringId = peering?.VpcPeeringConnectionId;
  if (match.kind === 'route') {
    const { route } = match;
    if (route.target.kind === 'vpcPeeringConnection' && route.target.id === peeringId && !route.isBlackhole) {
      pass(journey, where, `${route.text} to ${peeringId}`);
      return;
    }
    if (route.target.kind === 'elsewhere' && !route.isBlackhole) {
      wonder(
        journey,
        where,
        `${table.id}: ${route.text} leads to ${route.target.id}, ${route.target.what}: unknown from here`,
      );
      return;
    }
  }
  if (peeringId === undefined) {
    wonder(journey, where, 'peering connections were not looked at');
    return;
  }
  const route = match.kind === 'route' ? match.route : undefined;
  stop(journey, where, missingPeerRoute(table, route, to), peerRouteStop(network, table, route, to, peeringId, stage));
}

function missingPeerRoute(table: CompiledTable, route: CompiledRoute | undefined, to: Place): string {
  return route === undefined
    ? `${table.id} has no route to ${to.vpcId}`
    : `${table.id}: ${route.text} ${describeTarget(route)}`;
}

function peerRouteStop(
  network: Network,
  table: CompiledTable,
  route: CompiledRoute | undefined,
  to: Place,
  peeringId: string,
  stage: Stage,
): Stop {
  const vpc = network.vpcs.get(to.vpcId);
  const at = vpc?.ranges.findIndex((range) => to.addresses.every((addresses) => contains(range, addresses))) ?? -1;
  const destinationCidr = vpc?.cidrs[at] ?? cidrOf(network, to);
  const target = { vpcPeeringConnectionId: peeringId };
  const isStale = route?.isBlackhole === true && route.text !== '0.0.0.0/0';
  const isStray = route !== undefined && !route.isBlackhole && route.text !== '0.0.0.0/0';
  const edit: Edit =
    isStale || isStray
      ? { kind: 'replaceRoute', routeTableId: table.id, destinationCidr: route!.text, target }
      : { kind: 'createRoute', routeTableId: table.id, destinationCidr, target };
  const code: Code = isStale ? 'BAD_STATE_ROUTE' : isStray ? 'MORE_SPECIFIC_ROUTE' : 'NO_ROUTE_TO_DESTINATION';
  // Overlapping ranges cannot be peered at all, and a local route cannot be replaced by a peering.
  const edits =
    route?.target.kind === 'local' ? manual(`${to.vpcId} overlaps ${table.vpcId}: renumber one of them`) : [edit];
  return {
    code,
    stage,
    explanation: `${missingPeerRoute(table, route, to)}, so packets do not take ${peeringId}.`,
    evidence: [
      { id: table.id, what: route === undefined ? 'no matching route' : `${route.text} ${describeTarget(route)}` },
    ],
    edits,
  };
}
