// Out of the VPC: through an internet gateway, a NAT gateway or a gateway endpoint.
import { type AddressSet, isPublicAddress } from '../address.js';
import { answerPorts, type Journey, manual, pass, stop, wonder } from '../journey.js';
import { ALL_EPHEMERAL_PORTS, type Place } from '../place.js';
import type { Edit } from '../question.js';
import {
  type CompiledRoute,
  type CompiledTable,
  describeTarget,
  matchRoute,
  missingTable,
  routeTableOf,
} from '../route.js';
import type { Peer } from '../security-group.js';
import { checkAcl } from './acl-check.js';
import { edge, subnetCidr } from './end.js';
import { checkGroups } from './group-check.js';
import { checkNatState, placeOfNat } from './nat-gateway.js';
import { noWayOut } from './no-way-out.js';

/** What lies outside: a public host, a service, or an address that nothing here has. */
export interface Outside {
  readonly addresses: AddressSet;
  readonly cidr: string;
  readonly isUnnamed: boolean;
  readonly awsServiceName?: string;
  readonly text: string;
}

function peerOfOutside(outside: Outside): Peer {
  return {
    addresses: outside.addresses,
    groupIds: [],
    isUnnamed: outside.isUnnamed,
    ...(outside.awsServiceName !== undefined && { awsServiceName: outside.awsServiceName }),
  };
}

/** From a place to something outside the VPC: through an internet gateway, a NAT gateway or a gateway endpoint. */
export function travelOut(
  journey: Journey,
  source: Place,
  outside: Outside,
  checkEndpoint: (id: string) => void,
): void {
  const { network } = journey;
  const table = routeTableOf(network, source.subnetId, source.vpcId);
  const match = table === undefined ? undefined : matchRoute(network, table, peerOfOutside(outside));
  const route = match?.kind === 'route' ? match.route : undefined;
  checkGroups(journey, {
    place: source,
    direction: 'egress',
    peer: peerOfOutside(outside),
    editPeer: { cidr: outside.cidr, ...(route?.prefixListId !== undefined && { prefixListId: route.prefixListId }) },
    peerText: outside.text,
  });
  checkOuterAcl(journey, source, outside, 'egress');
  const where = { component: 'routeTable' as const, id: table?.id ?? source.subnetId };
  if (table === undefined || match === undefined) wonder(journey, where, missingTable(network, source.subnetId));
  else if (match.kind === 'unknown') wonder(journey, where, match.because);
  else takeRouteOut(journey, source, outside, table, route, checkEndpoint);
  checkOuterAcl(journey, source, outside, 'ingress');
}

function checkOuterAcl(
  journey: Journey,
  place: Place,
  outside: Outside,
  direction: 'ingress' | 'egress',
  ephemeral = place.ephemeralPorts,
): void {
  const isAnswer = direction === 'ingress';
  checkAcl(journey, {
    ...edge(place),
    direction,
    addresses: outside.addresses,
    cidr: outside.cidr,
    ports: isAnswer ? answerPorts(journey, ephemeral) : [journey.port, journey.port],
    isAnswer,
    stage: isAnswer ? 'destination' : 'source',
  });
}

function takeRouteOut(
  journey: Journey,
  source: Place,
  outside: Outside,
  table: CompiledTable,
  route: CompiledRoute | undefined,
  checkEndpoint: (id: string) => void,
): void {
  const where = { component: 'routeTable' as const, id: table.id };
  if (route === undefined || route.isBlackhole) {
    const detail =
      route === undefined
        ? `${table.id} has no route to ${outside.text}`
        : `${table.id}: ${route.text} ${describeTarget(route)}`;
    stop(journey, where, detail, noWayOut(journey.network, source, outside, table, route));
    return;
  }
  const { target } = route;
  switch (target.kind) {
    case 'gateway':
      pass(journey, where, `${route.text} to ${target.id}`);
      takeGateway(journey, source, outside, target.id, checkEndpoint);
      return;
    case 'natGateway':
      pass(journey, where, `${route.text} to ${target.id}`);
      takeNat(journey, source, outside, target.id);
      return;
    case 'elsewhere':
      wonder(journey, where, `${route.text} leads to ${target.id}, ${target.what}: unknown from here`);
      return;
    case 'vpcPeeringConnection':
    case 'local':
      stop(
        journey,
        where,
        `${table.id}: ${route.text} ${describeTarget(route)}`,
        noWayOut(journey.network, source, outside, table, route),
      );
      return;
  }
}

function takeGateway(
  journey: Journey,
  source: Place,
  outside: Outside,
  id: string,
  checkEndpoint: (id: string) => void,
): void {
  const { network } = journey;
  if (network.endpoints.byId.has(id) || id.startsWith('vpce-')) {
    checkEndpoint(id);
    return;
  }
  if (network.internetGateways.has(id) || id.startsWith('igw-')) {
    takeInternetGateway(journey, source, outside, id);
    return;
  }
  wonder(journey, { component: 'internetGateway', id }, `${id} is a gateway whose far side is not in the snapshot`);
}

function takeInternetGateway(journey: Journey, place: Place, outside: Outside, id: string): void {
  if (!checkAttachment(journey, id, place.vpcId)) return;
  const where = { component: 'internetGateway' as const, id };
  if (!outside.addresses.every(([lowest]) => isPublicAddress(lowest))) {
    stop(journey, where, `${outside.text} is not an internet address`, {
      code: 'NO_ROUTE_TO_DESTINATION',
      stage: 'path',
      lacksWayOut: true,
      explanation: `${id} leads to the internet, where ${outside.text} does not exist.`,
      evidence: [{ id, what: `the route to ${outside.text}` }],
      edits: manual(`route ${outside.cidr} to where it is`),
    });
    return;
  }
  checkBlockPublicAccess(journey, place, id);
  if (place.hasPublicAddress === undefined) {
    wonder(journey, where, `whether ${place.id} has a public address is not in the snapshot`);
    return;
  }
  if (place.hasPublicAddress) {
    pass(journey, where, `${place.publicAddress ?? 'a public address'} goes out to ${outside.text}`);
    return;
  }
  stop(journey, where, `${place.id} has no public address`, {
    code: 'IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS',
    stage: 'path',
    lacksWayOut: true,
    explanation: `The route of ${place.subnetId} leads to ${id}, but ${place.id} has no public address.`,
    evidence: [
      { id: place.id, what: 'no public address' },
      { id, what: 'target of the route' },
    ],
    edits: [publicAddressFor(place)],
  });
}

// VPC Block Public Access in its egress-only mode lets connections out; in its bidirectional mode only exclusions do.
function checkBlockPublicAccess(journey: Journey, place: Place, id: string): void {
  const block = journey.network.snapshot.vpcBlockPublicAccess;
  if (block?.options.InternetGatewayBlockMode !== 'block-bidirectional') return;
  const excluded = (block.exclusions ?? []).some(
    ({ ResourceArn, State }) =>
      State !== 'delete-complete' && [place.vpcId, place.subnetId].some((own) => ResourceArn?.endsWith(`/${own}`)),
  );
  if (excluded) return;
  stop(journey, { component: 'internetGateway', id }, 'VPC Block Public Access is on', {
    code: 'VPC_BLOCK_PUBLIC_ACCESS_ENABLED',
    stage: 'path',
    lacksWayOut: true,
    explanation: `VPC Block Public Access drops what ${place.subnetId} sends through ${id}.`,
    evidence: [{ id, what: 'mode block-bidirectional, and no exclusion for the VPC or the subnet' }],
    edits: manual(`exclude ${place.vpcId} or ${place.subnetId} from VPC Block Public Access`),
  });
}

function publicAddressFor(place: Place): Edit {
  if (place.launchName !== undefined) return { kind: 'associatePublicAddress', launch: place.launchName };
  return { kind: 'associatePublicAddress', networkInterfaceId: place.id };
}

function checkAttachment(journey: Journey, id: string, vpcId: string): boolean {
  const where = { component: 'internetGateway' as const, id };
  const gateway = journey.network.internetGateways.get(id);
  if (gateway === undefined) {
    wonder(journey, where, `${id} is not in the snapshot`);
    return false;
  }
  const isAttached = (gateway.Attachments ?? []).some(
    (one) => one.VpcId === vpcId && ['available', 'attached'].includes(one.State ?? 'available'),
  );
  if (isAttached) return true;
  stop(journey, where, `${id} is not attached to ${vpcId}`, {
    code: 'BAD_STATE',
    stage: 'path',
    lacksWayOut: true,
    explanation: `${id} is not attached to ${vpcId}.`,
    evidence: [{ id, what: 'its attachments' }],
    edits: manual(`attach ${id} to ${vpcId}`),
  });
  return true;
}

function takeNat(journey: Journey, source: Place, outside: Outside, id: string): void {
  const { network } = journey;
  const gateway = network.natGateways.get(id);
  const nat = placeOfNat(network, id);
  if (gateway === undefined || nat === undefined) {
    wonder(journey, { component: 'natGateway', id }, `${id} is not in the snapshot`);
    return;
  }
  checkNatEdge(journey, source, nat, 'ingress');
  checkNatState(journey, id, gateway.State);
  if (gateway.ConnectivityType === 'private') {
    wonder(
      journey,
      { component: 'natGateway', id },
      `${id} is a private NAT gateway: where it leads is not in the snapshot`,
    );
    return;
  }
  checkOuterAcl(journey, nat, outside, 'egress');
  leaveFromNat(journey, nat, outside);
  checkOuterAcl(withoutSourcePort(journey), nat, outside, 'ingress', ALL_EPHEMERAL_PORTS);
  checkNatEdge(journey, source, nat, 'egress');
}

// The gateway's own port is its own affair, whatever the client's was.
function withoutSourcePort(journey: Journey): Journey {
  const { sourcePort: _, ...question } = journey.question;
  return { ...journey, question };
}

/** Between the client's subnet and the gateway's: nothing when it is one. */
function checkNatEdge(journey: Journey, source: Place, nat: Place, direction: 'ingress' | 'egress'): void {
  if (source.subnetId === nat.subnetId) return;
  const isAnswer = direction === 'egress';
  checkAcl(journey, {
    ...edge(nat),
    direction,
    addresses: source.addresses,
    cidr: subnetCidr(journey.network, source),
    ports: isAnswer ? answerPorts(journey, source.ephemeralPorts) : [journey.port, journey.port],
    isAnswer,
    stage: isAnswer ? 'destination' : 'path',
  });
}

function leaveFromNat(journey: Journey, nat: Place, outside: Outside): void {
  const { network } = journey;
  const table = routeTableOf(network, nat.subnetId, nat.vpcId);
  const where = { component: 'routeTable' as const, id: table?.id ?? nat.subnetId };
  if (table === undefined) {
    wonder(journey, where, missingTable(network, nat.subnetId));
    return;
  }
  const match = matchRoute(network, table, peerOfOutside(outside));
  if (match.kind === 'unknown') {
    wonder(journey, where, match.because);
    return;
  }
  const route = match.kind === 'route' ? match.route : undefined;
  if (route?.target.kind === 'gateway' && !route.isBlackhole) {
    pass(journey, where, `${route.text} to ${route.target.id}`);
    takeGateway(journey, nat, outside, route.target.id, (id) =>
      pass(journey, { component: 'vpcEndpoint', id }, 'gateway endpoint'),
    );
    return;
  }
  const detail =
    route === undefined
      ? `${table.id} has no route to ${outside.text}`
      : `${table.id}: ${route.text} ${describeTarget(route)}`;
  stop(journey, where, detail, noWayOut(network, nat, outside, table, route));
}
