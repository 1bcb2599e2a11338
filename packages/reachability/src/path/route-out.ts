// Out of the VPC: through an internet gateway, a NAT gateway or a gateway endpoint.
import { isPublicAddress } from '../address.js';
import type { Network } from '../network.js';
import { answerPorts, leaveUnknown, manual, type OpenTrace, pass, stopHop } from '../open-trace.js';
import { ALL_EPHEMERAL_PORTS, type Place } from '../place.js';
import type { Edit } from '../question.js';
import {
  type CompiledRoute,
  type CompiledTable,
  describeForwarder,
  describeTarget,
  matchRoute,
  missingTable,
  routeTableOf,
} from '../route.js';
import type { Peer } from '../security-group.js';
import { checkAcl } from './acl-check.js';
import { cidrOf, edge } from './end.js';
import type { External } from './external.js';
import { checkGroups } from './group-check.js';
import { checkNatState, placeOfNat } from './nat-gateway.js';
import { noRouteOut } from './no-route-out.js';

function peerOfOutside(external: External): Peer {
  return {
    addresses: external.addresses,
    groupIds: [],
    isUnnamed: external.isUnnamed,
    ...(external.awsServiceName !== undefined && { awsServiceName: external.awsServiceName }),
  };
}

/** From a place to something outside the VPC: through an internet gateway, a NAT gateway or a gateway endpoint. */
export function traceOutside(
  trace: OpenTrace,
  source: Place,
  external: External,
  checkEndpoint: (id: string) => void,
): void {
  const { network } = trace;
  const table = routeTableOf(network, source.subnetId, source.vpcId);
  const match = table === undefined ? undefined : matchRoute(network, table, peerOfOutside(external));
  const route = match?.kind === 'route' ? match.route : undefined;
  checkGroups(trace, {
    place: source,
    direction: 'egress',
    peer: peerOfOutside(external),
    editPeer: { cidr: external.cidr, ...(route?.prefixListId !== undefined && { prefixListId: route.prefixListId }) },
    peerText: external.text,
  });
  checkOuterAcl(trace, source, external, 'egress');
  const where = { component: 'routeTable' as const, id: table?.id ?? source.subnetId };
  if (table === undefined || match === undefined) leaveUnknown(trace, where, missingTable(network, source.subnetId));
  else if (match.kind === 'unknown') leaveUnknown(trace, where, match.because);
  else takeRouteOut(trace, source, external, table, route, checkEndpoint);
  checkOuterAcl(trace, source, external, 'ingress');
}

function checkOuterAcl(
  trace: OpenTrace,
  place: Place,
  external: External,
  direction: 'ingress' | 'egress',
  ephemeral = place.ephemeralPorts,
): void {
  const isAnswer = direction === 'ingress';
  checkAcl(trace, {
    ...edge(place),
    direction,
    addresses: external.addresses,
    cidr: external.cidr,
    ports: isAnswer ? answerPorts(trace, ephemeral) : [trace.port, trace.port],
    isAnswer,
    stage: isAnswer ? 'destination' : 'source',
  });
}

function takeRouteOut(
  trace: OpenTrace,
  source: Place,
  external: External,
  table: CompiledTable,
  route: CompiledRoute | undefined,
  checkEndpoint: (id: string) => void,
): void {
  const where = { component: 'routeTable' as const, id: table.id };
  if (route === undefined || route.isBlackhole) {
    const detail =
      route === undefined
        ? `${table.id} has no route to ${external.text}`
        : `${table.id}: ${route.text} ${describeTarget(route)}`;
    stopHop(trace, where, detail, noRouteOut(trace.network, source, external, table, route));
    return;
  }
  const { target } = route;
  switch (target.kind) {
    case 'gateway':
      pass(trace, where, `${route.text} to ${target.id}`);
      takeGateway(trace, source, external, target.id, checkEndpoint);
      return;
    case 'natGateway':
      pass(trace, where, `${route.text} to ${target.id}`);
      takeNat(trace, source, external, target.id);
      return;
    case 'transitGateway':
    case 'elsewhere':
      leaveUnknown(
        trace,
        where,
        `${route.text} leads to ${target.id}, ${describeForwarder(target)}: unknown from here`,
      );
      return;
    case 'vpcPeeringConnection':
    case 'local':
      stopHop(
        trace,
        where,
        `${table.id}: ${route.text} ${describeTarget(route)}`,
        noRouteOut(trace.network, source, external, table, route),
      );
      return;
  }
}

function takeGateway(
  trace: OpenTrace,
  source: Place,
  external: External,
  id: string,
  checkEndpoint: (id: string) => void,
): void {
  const { network } = trace;
  if (network.endpoints.byId.has(id) || id.startsWith('vpce-')) {
    checkEndpoint(id);
    return;
  }
  if (network.internetGateways.has(id) || id.startsWith('igw-')) {
    takeInternetGateway(trace, source, external, id);
    return;
  }
  leaveUnknown(trace, { component: 'internetGateway', id }, `${id} is a gateway whose far side is not in the snapshot`);
}

function takeInternetGateway(trace: OpenTrace, place: Place, external: External, id: string): void {
  if (!checkAttachment(trace, id, place.vpcId)) return;
  const where = { component: 'internetGateway' as const, id };
  if (!external.addresses.every(([lowest]) => isPublicAddress(lowest))) {
    stopHop(trace, where, `${external.text} is not an internet address`, {
      code: 'NO_ROUTE_TO_DESTINATION',
      stage: 'path',
      lacksRouteOut: true,
      explanation: `${id} leads to the internet, where ${external.text} does not exist.`,
      evidence: [{ id, what: `the route to ${external.text}` }],
      edits: manual(`route ${external.cidr} to where it is`),
    });
    return;
  }
  checkBlockPublicAccess(trace, place, id);
  if (place.hasPublicAddress === undefined) {
    leaveUnknown(trace, where, `whether ${place.id} has a public address is not in the snapshot`);
    return;
  }
  if (place.hasPublicAddress) {
    pass(trace, where, `${place.publicAddress ?? 'a public address'} goes out to ${external.text}`);
    return;
  }
  stopHop(trace, where, `${place.id} has no public address`, {
    code: 'IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS',
    stage: 'path',
    lacksRouteOut: true,
    isBroken: true,
    explanation: `The route of ${place.subnetId} leads to ${id}, but ${place.id} has no public address.`,
    evidence: [
      { id: place.id, what: 'no public address' },
      { id, what: 'target of the route' },
    ],
    edits: [publicAddressFor(place)],
  });
}

// VPC Block Public Access in its egress-only mode lets connections out; in its bidirectional mode only exclusions do.
function checkBlockPublicAccess(trace: OpenTrace, place: Place, id: string): void {
  const block = trace.network.snapshot.vpcBlockPublicAccess;
  if (block?.options.InternetGatewayBlockMode !== 'block-bidirectional') return;
  const excluded = (block.exclusions ?? []).some(
    ({ ResourceArn, State }) =>
      State !== 'delete-complete' && [place.vpcId, place.subnetId].some((own) => ResourceArn?.endsWith(`/${own}`)),
  );
  if (excluded) return;
  stopHop(trace, { component: 'internetGateway', id }, 'VPC Block Public Access is on', {
    code: 'VPC_BLOCK_PUBLIC_ACCESS_ENABLED',
    stage: 'path',
    lacksRouteOut: true,
    isBroken: true,
    explanation: `VPC Block Public Access drops what ${place.subnetId} sends through ${id}.`,
    evidence: [{ id, what: 'mode block-bidirectional, and no exclusion for the VPC or the subnet' }],
    edits: manual(`exclude ${place.vpcId} or ${place.subnetId} from VPC Block Public Access`),
  });
}

function publicAddressFor(place: Place): Edit {
  if (place.launchName !== undefined) return { kind: 'associatePublicAddress', launch: place.launchName };
  return { kind: 'associatePublicAddress', networkInterfaceId: place.id };
}

function checkAttachment(trace: OpenTrace, id: string, vpcId: string): boolean {
  const where = { component: 'internetGateway' as const, id };
  const gateway = trace.network.internetGateways.get(id);
  if (gateway === undefined) {
    leaveUnknown(trace, where, `${id} is not in the snapshot`);
    return false;
  }
  const isAttached = (gateway.Attachments ?? []).some(
    (one) => one.VpcId === vpcId && ['available', 'attached'].includes(one.State ?? 'available'),
  );
  if (isAttached) return true;
  if (gateway.Attachments === undefined || gateway.Attachments.some((one) => one.VpcId === undefined)) {
    leaveUnknown(trace, where, `what ${id} is attached to is not in the snapshot`);
    return true;
  }
  stopHop(trace, where, `${id} is not attached to ${vpcId}`, {
    code: 'BAD_STATE',
    stage: 'path',
    lacksRouteOut: true,
    isBroken: true,
    explanation: `${id} is not attached to ${vpcId}.`,
    evidence: [{ id, what: 'its attachments' }],
    edits: attachTo(trace.network, id, vpcId),
  });
  return true;
}

function takeNat(trace: OpenTrace, source: Place, external: External, id: string): void {
  const { network } = trace;
  const gateway = network.natGateways.get(id);
  const nat = placeOfNat(network, id);
  if (gateway === undefined || nat === undefined) {
    leaveUnknown(trace, { component: 'natGateway', id }, `${id} is not in the snapshot`);
    return;
  }
  checkNatEdge(trace, source, nat, 'ingress');
  checkNatState(trace, id, gateway.State);
  if (gateway.ConnectivityType === 'private') {
    leaveUnknown(
      trace,
      { component: 'natGateway', id },
      `${id} is a private NAT gateway: where it leads is not in the snapshot`,
    );
    return;
  }
  checkOuterAcl(trace, nat, external, 'egress');
  leaveFromNat(trace, nat, external);
  checkOuterAcl(withoutSourcePort(trace), nat, external, 'ingress', ALL_EPHEMERAL_PORTS);
  checkNatEdge(trace, source, nat, 'egress');
}

// The gateway's own port is its own affair, whatever the client's was.
function withoutSourcePort(trace: OpenTrace): OpenTrace {
  const { sourcePort: _, ...question } = trace.question;
  return { ...trace, question };
}

/** Between the client's subnet and the gateway's: nothing when it is one. */
function checkNatEdge(trace: OpenTrace, source: Place, nat: Place, direction: 'ingress' | 'egress'): void {
  if (source.subnetId === nat.subnetId) return;
  const isAnswer = direction === 'egress';
  checkAcl(trace, {
    ...edge(nat),
    direction,
    addresses: source.addresses,
    cidr: cidrOf(trace.network, source),
    ports: isAnswer ? answerPorts(trace, source.ephemeralPorts) : [trace.port, trace.port],
    isAnswer,
    stage: isAnswer ? 'destination' : 'path',
  });
}

function leaveFromNat(trace: OpenTrace, nat: Place, external: External): void {
  const { network } = trace;
  const table = routeTableOf(network, nat.subnetId, nat.vpcId);
  const where = { component: 'routeTable' as const, id: table?.id ?? nat.subnetId };
  if (table === undefined) {
    leaveUnknown(trace, where, missingTable(network, nat.subnetId));
    return;
  }
  const match = matchRoute(network, table, peerOfOutside(external));
  if (match.kind === 'unknown') {
    leaveUnknown(trace, where, match.because);
    return;
  }
  const route = match.kind === 'route' ? match.route : undefined;
  if (route?.target.kind === 'gateway' && !route.isBlackhole) {
    pass(trace, where, `${route.text} to ${route.target.id}`);
    takeGateway(trace, nat, external, route.target.id, (id) =>
      pass(trace, { component: 'vpcEndpoint', id }, 'gateway endpoint'),
    );
    return;
  }
  const detail =
    route === undefined
      ? `${table.id} has no route to ${external.text}`
      : `${table.id}: ${route.text} ${describeTarget(route)}`;
  stopHop(trace, where, detail, { ...noRouteOut(network, nat, external, table, route), isBroken: true });
}

// A gateway serves one VPC, and a VPC has one gateway.
function attachTo(network: Network, internetGatewayId: string, vpcId: string): readonly Edit[] {
  const isFree = network.internetGateways.get(internetGatewayId)?.Attachments?.length === 0;
  const hasOther = [...network.internetGateways.values()].some((one) =>
    one.Attachments?.some((item) => item.VpcId === vpcId),
  );
  if (isFree && !hasOther) return [{ kind: 'attachInternetGateway', internetGatewayId, vpcId }];
  return manual(`attach ${internetGatewayId} to ${vpcId}, or route to the gateway that ${vpcId} has`);
}
