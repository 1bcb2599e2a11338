// Within a VPC: the local route, unless a more specific one leads elsewhere.
import type { AddressSet } from '../address.js';
import { leaveUnknown, type OpenTrace, pass, type Stage, type Stop, stopHop } from '../open-trace.js';
import type { Place } from '../place.js';
import type { Hop } from '../question.js';
import {
  type CompiledRoute,
  type CompiledTable,
  describeForwarder,
  describeTarget,
  isForwarder,
  matchRoute,
  missingTable,
  routeTableOf,
} from '../route.js';
import { peerOf } from './end.js';
import { checkNatState, placeOfNat } from './nat-gateway.js';
import type { RouteBetween } from './route-between.js';

export function routeWithinVpc(trace: OpenTrace, source: Place, destination: Place): RouteBetween {
  const nothing = () => {};
  const direct: RouteBetween = { keepsGroups: 'yes', mayNameGroups: true, there: nothing, back: nothing };
  if (source.subnetId === destination.subnetId) return direct;
  const there = localLeg(trace, source, destination, 'path');
  const back = localLeg(trace, destination, source, 'destination');
  const hides = there.isMiddlebox || back.isMiddlebox;
  return {
    keepsGroups: hides ? 'no' : 'yes',
    mayNameGroups: !hides,
    there: there.note,
    back: back.noteUnlessPlain,
    ...(there.seenAs && { seenAs: there.seenAs }),
  };
}

interface TracedPath {
  readonly isMiddlebox: boolean;
  readonly note: () => void;
  readonly noteUnlessPlain: () => void;
  readonly seenAs?: AddressSet;
}

/** One direction within a VPC: local, unless a more specific route says otherwise. */
function localLeg(trace: OpenTrace, from: Place, to: Place, stage: Stage): TracedPath {
  const { network } = trace;
  const table = routeTableOf(network, from.subnetId, from.vpcId);
  const where = { component: 'routeTable' as const, id: table?.id ?? from.subnetId };
  if (table === undefined) return doubtfulLeg(trace, where, missingTable(network, from.subnetId), false);
  if (network.vpcs.get(from.vpcId)?.ranges.length === 0 || !network.vpcs.has(from.vpcId)) {
    return doubtfulLeg(trace, where, `the ranges of ${from.vpcId} are not in the snapshot`, false);
  }
  const match = matchRoute(network, table, peerOf(to, 'no'));
  if (match.kind === 'unknown') return doubtfulLeg(trace, where, match.because, false);
  if (match.kind === 'none')
    return doubtfulLeg(trace, where, `the ranges of ${from.vpcId} are not in the snapshot`, false);
  const { route } = match;
  if (route.target.kind === 'local') {
    const note = () => pass(trace, where, `${route.text} is local`);
    return { isMiddlebox: false, note, noteUnlessPlain: () => {} };
  }
  if (!route.isBlackhole && isForwarder(route.target)) {
    const because = `${table.id}: ${route.text} leads through ${route.target.id}, ${describeForwarder(route.target)}, whose rules are not in the snapshot`;
    return doubtfulLeg(trace, where, because, true);
  }
  if (!route.isBlackhole && isInspected(trace, route)) {
    const because = `${table.id}: ${route.text} leads through ${describeTarget(route)}, a Gateway Load Balancer whose appliances are not in the snapshot`;
    return doubtfulLeg(trace, where, because, true);
  }
  if (!route.isBlackhole && route.target.kind === 'natGateway') return natLeg(trace, where, route);
  const note = () =>
    stopHop(trace, where, `${route.text} ${describeTarget(route)}`, strayRoute(table, route, stage, to));
  return { isMiddlebox: false, note, noteUnlessPlain: note };
}

function isInspected(trace: OpenTrace, route: CompiledRoute): boolean {
  if (route.target.kind !== 'gateway') return false;
  const type = trace.network.endpoints.byId.get(route.target.id)?.type;
  return type === undefined ? route.target.id.startsWith('vpce-') : type !== 'Gateway';
}

function doubtfulLeg(
  trace: OpenTrace,
  where: Omit<Hop, 'outcome' | 'detail'>,
  because: string,
  isMiddlebox: boolean,
): TracedPath {
  const note = () => leaveUnknown(trace, where, because);
  return { isMiddlebox, note, noteUnlessPlain: note };
}

function natLeg(trace: OpenTrace, where: Omit<Hop, 'outcome' | 'detail'>, route: CompiledRoute): TracedPath {
  const id = route.target.kind === 'natGateway' ? route.target.id : '';
  const gateway = trace.network.natGateways.get(id);
  if (gateway === undefined) return doubtfulLeg(trace, where, `${id} is not in the snapshot`, true);
  const place = placeOfNat(trace.network, id);
  const note = () => {
    pass(trace, where, `${route.text} to ${id}`);
    checkNatState(trace, id, gateway.State);
  };
  return { isMiddlebox: true, note, noteUnlessPlain: note, ...(place !== undefined && { seenAs: place.addresses }) };
}

function strayRoute(table: CompiledTable, route: CompiledRoute, stage: Stage, to: Place): Stop {
  const code = route.isBlackhole ? 'BAD_STATE_ROUTE' : 'MORE_SPECIFIC_ROUTE';
  return {
    code,
    stage,
    explanation: `${table.id} sends ${route.text} ${describeTarget(route)}, away from ${to.ownerId ?? to.id}.`,
    evidence: [{ id: table.id, what: `${route.text} ${describeTarget(route)}` }],
    edits: [{ kind: 'deleteRoute', routeTableId: table.id, destinationCidr: route.text }],
  };
}
