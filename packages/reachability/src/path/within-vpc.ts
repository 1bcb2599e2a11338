// Within a VPC: the local route, unless a more specific one leads elsewhere.
import type { AddressSet } from '../address.js';
import { type Journey, pass, type Stage, type Stop, stop, wonder } from '../journey.js';
import type { Place } from '../place.js';
import type { Hop } from '../question.js';
import {
  type CompiledRoute,
  type CompiledTable,
  describeTarget,
  matchRoute,
  missingTable,
  routeTableOf,
} from '../route.js';
import { peerOf } from './end.js';
import { checkNatState, placeOfNat } from './nat-gateway.js';
import type { Way } from './travel.js';

export function wayWithinVpc(journey: Journey, source: Place, destination: Place): Way {
  const nothing = () => {};
  const direct: Way = { preservesGroups: true, mayNameGroups: true, there: nothing, back: nothing };
  if (source.subnetId === destination.subnetId) return direct;
  const there = localLeg(journey, source, destination, 'path');
  const back = localLeg(journey, destination, source, 'destination');
  const hides = there.isMiddlebox || back.isMiddlebox;
  return {
    preservesGroups: !hides,
    mayNameGroups: !hides,
    there: there.note,
    back: back.noteUnlessPlain,
    ...(there.seenAs && { seenAs: there.seenAs }),
  };
}

interface Leg {
  readonly isMiddlebox: boolean;
  readonly note: () => void;
  readonly noteUnlessPlain: () => void;
  readonly seenAs?: AddressSet;
}

/** One direction within a VPC: local, unless a more specific route says otherwise. */
function localLeg(journey: Journey, from: Place, to: Place, stage: Stage): Leg {
  const { network } = journey;
  const table = routeTableOf(network, from.subnetId, from.vpcId);
  const where = { component: 'routeTable' as const, id: table?.id ?? from.subnetId };
  if (table === undefined) return doubtfulLeg(journey, where, missingTable(network, from.subnetId), false);
  if (network.vpcs.get(from.vpcId)?.ranges.length === 0 || !network.vpcs.has(from.vpcId)) {
    return doubtfulLeg(journey, where, `the ranges of ${from.vpcId} are not in the snapshot`, false);
  }
  const match = matchRoute(network, table, peerOf(to, false));
  if (match.kind === 'unknown') return doubtfulLeg(journey, where, match.because, false);
  if (match.kind === 'none')
    return doubtfulLeg(journey, where, `the ranges of ${from.vpcId} are not in the snapshot`, false);
  const { route } = match;
  if (route.target.kind === 'local') {
    const note = () => pass(journey, where, `${route.text} is local`);
    return { isMiddlebox: false, note, noteUnlessPlain: () => {} };
  }
  if (!route.isBlackhole && route.target.kind === 'elsewhere') {
    const because = `${table.id}: ${route.text} leads through ${route.target.id}, ${route.target.what}, whose rules are not in the snapshot`;
    return doubtfulLeg(journey, where, because, true);
  }
  if (!route.isBlackhole && isInspected(journey, route)) {
    const because = `${table.id}: ${route.text} leads through ${describeTarget(route)}, a Gateway Load Balancer whose appliances are not in the snapshot`;
    return doubtfulLeg(journey, where, because, true);
  }
  if (!route.isBlackhole && route.target.kind === 'natGateway') return natLeg(journey, where, route);
  const note = () =>
    stop(journey, where, `${route.text} ${describeTarget(route)}`, strayRoute(table, route, stage, to));
  return { isMiddlebox: false, note, noteUnlessPlain: note };
}

function isInspected(journey: Journey, route: CompiledRoute): boolean {
  if (route.target.kind !== 'gateway') return false;
  const type = journey.network.endpoints.byId.get(route.target.id)?.type;
  return type === undefined ? route.target.id.startsWith('vpce-') : type !== 'Gateway';
}

function doubtfulLeg(
  journey: Journey,
  where: Omit<Hop, 'outcome' | 'detail'>,
  because: string,
  isMiddlebox: boolean,
): Leg {
  const note = () => wonder(journey, where, because);
  return { isMiddlebox, note, noteUnlessPlain: note };
}

function natLeg(journey: Journey, where: Omit<Hop, 'outcome' | 'detail'>, route: CompiledRoute): Leg {
  const id = route.target.kind === 'natGateway' ? route.target.id : '';
  const gateway = journey.network.natGateways.get(id);
  if (gateway === undefined) return doubtfulLeg(journey, where, `${id} is not in the snapshot`, true);
  const place = placeOfNat(journey.network, id);
  const note = () => {
    pass(journey, where, `${route.text} to ${id}`);
    checkNatState(journey, id, gateway.State);
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
