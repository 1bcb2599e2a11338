// path: one way through the network, from a place to a place or out of the VPC, every check on it made, none skipped (J1).
//
// A middlebox (NAT gateway, appliance) between two subnets hides the client's security groups, so a rule that names a group no
// longer matches behind it.
import type { VpcPeeringConnection } from '@aws-sdk/client-ec2';
import { type AddressSet, contains, type Interval, isPublicAddress, overlaps } from './address.js';
import type { Code } from './codes.js';
import { answerPorts, type Journey, manual, pass, type Stage, type Stop, stop, wonder } from './journey.js';
import type { Network } from './network.js';
import { type AclMatch, type CompiledAcl, matchAcl } from './network-acl.js';
import { ALL_EPHEMERAL_PORTS, type Place } from './place.js';
import type { Edit, Hop } from './question.js';
import { type CompiledRoute, type CompiledTable, matchRoute, routeTableOf } from './route.js';
import { type GroupMatch, matchGroups, type Peer } from './security-group.js';

/** The other end as edits name it. */
interface EditPeer {
  readonly groupId?: string;
  readonly cidr: string;
  readonly prefixListId?: string;
}

// ---- the two ends

/** The address of a place, or its subnet while that is not known. */
export function cidrOf(network: Network, place: Place): string {
  if (place.address !== undefined) return `${place.address}/32`;
  return network.subnets.get(place.subnetId)?.cidr ?? '0.0.0.0/0';
}

function peerOf(place: Place, preservesGroups: boolean): Peer {
  return {
    addresses: place.addresses,
    groupIds: preservesGroups ? (place.groupIds ?? []) : [],
    ...(!preservesGroups && place.groupIds !== undefined && { hiddenGroupIds: place.groupIds }),
    ...(preservesGroups && place.groupIds === undefined && { groupsAreUnknown: true }),
  };
}

/** Notes the source itself: its interface, and whether its instance runs. */
export function leave(journey: Journey, source: Place): void {
  const where: Omit<Hop, 'outcome' | 'detail'> = { component: 'networkInterface', id: source.id, direction: 'egress' };
  if (source.instanceState !== undefined && isStopped(source.instanceState)) {
    stop(journey, where, `its instance is ${source.instanceState}`, stoppedInstance(source, 'source'));
    return;
  }
  pass(journey, where, describePlace(source));
}

export function describePlace(place: Place): string {
  const address = place.address ?? 'an address not known yet';
  const owner = place.ownerId === undefined ? '' : ` of ${place.ownerId}`;
  return `${address} in ${place.subnetId}${owner}`;
}

function isStopped(state: string): boolean {
  return state === 'stopped' || state === 'stopping' || state === 'terminated';
}

function stoppedInstance(place: Place, stage: Stage): Stop {
  const id = place.ownerId ?? place.id;
  return {
    code: 'BAD_STATE',
    stage,
    explanation: `${id} is ${place.instanceState}, so nothing can leave or reach it.`,
    evidence: [{ id, what: `state ${place.instanceState}` }],
    edits: manual(`start ${id}`),
  };
}

// ---- security groups

interface GroupCheck {
  readonly place: Place;
  readonly direction: 'ingress' | 'egress';
  readonly peer: Peer;
  readonly editPeer: EditPeer;
  /** What the other end is, in words. */
  readonly peerText: string;
  /** The groups of the other end, to tell a shared group. */
  readonly sharedWith?: readonly string[];
}

export function checkGroups(journey: Journey, check: GroupCheck): void {
  const { network, protocol, port } = journey;
  const { place, direction } = check;
  const groupIds = place.groupIds;
  const where = { component: 'securityGroup' as const, id: groupIds?.join(',') ?? place.id, direction };
  if (groupIds === undefined || network.groups === undefined) {
    const missing = groupIds === undefined ? `the security groups of ${place.id} are` : 'security groups were';
    wonder(journey, where, groupIds === undefined ? `${missing} not in the snapshot` : `${missing} not looked at`);
    return;
  }
  if (groupIds.length === 0) {
    // An interface without groups is one of AWS's own (a NAT gateway): nothing filters it.
    pass(journey, where, `${place.id} has no security group`);
    return;
  }
  const match = matchGroups(network.groups, network.prefixLists, groupIds, {
    direction,
    protocol,
    port,
    peer: check.peer,
  });
  if (match.outcome === 'pass') pass(journey, where, match.detail);
  else if (match.outcome === 'unknown') wonder(journey, where, match.because);
  else refuseByGroups(journey, where, check, groupIds, match);
}

function refuseByGroups(
  journey: Journey,
  where: Omit<Hop, 'outcome' | 'detail'>,
  check: GroupCheck,
  groupIds: readonly string[],
  match: GroupMatch & { readonly outcome: 'stop' },
): void {
  const { direction, place } = check;
  const what = `${protocolText(journey)} ${journey.port} ${direction === 'egress' ? 'to' : 'from'} ${check.peerText}`;
  const code = groupCode(check, groupIds, match);
  const groups = groupIds.length === 1 ? groupIds[0]! : `none of ${groupIds.join(', ')}`;
  const owner = place.ownerId ?? place.id;
  const found: Stop = {
    code,
    stage: direction === 'egress' ? 'source' : 'destination',
    explanation: explainRefusal(code, groups, what, owner, match),
    evidence: groupIds.map((id) => ({ id, what: describeRules(id, direction, match) })),
    edits: [authorize(journey, check, groupIds[0]!)],
  };
  stop(journey, where, `no rule allows ${what}`, found);
}

function groupCode(
  check: GroupCheck,
  groupIds: readonly string[],
  match: GroupMatch & { readonly outcome: 'stop' },
): Code {
  if (match.lostReference !== undefined) return 'SG_REFERENCES_NOT_PRESERVED';
  const isShared = check.direction === 'ingress' && groupIds.some((id) => check.sharedWith?.includes(id));
  if (isShared) return 'SG_SHARED_NO_SELF_RULE';
  return match.hasRules ? 'ENI_SG_RULES_MISMATCH' : 'SG_HAS_NO_RULES';
}

function explainRefusal(
  code: Code,
  groups: string,
  what: string,
  owner: string,
  match: GroupMatch & { readonly outcome: 'stop' },
): string {
  switch (code) {
    case 'SG_REFERENCES_NOT_PRESERVED':
      return `The rule that names ${match.lostReference} does not match ${what}: a middlebox on the path hides the group.`;
    case 'SG_SHARED_NO_SELF_RULE':
      return `Both ends carry ${groups}, which has no rule for itself: it does not allow ${what}.`;
    case 'SG_HAS_NO_RULES':
      return `${groups} on ${owner} has no rules in this direction, so it does not allow ${what}.`;
    default:
      return groups.startsWith('none of')
        ? `${groups.replace('none', 'None')} on ${owner} allows ${what}.`
        : `${groups} on ${owner} does not allow ${what}.`;
  }
}

function describeRules(id: string, direction: string, match: GroupMatch & { readonly outcome: 'stop' }): string {
  const own = match.nearMisses.filter((rule) => rule.startsWith(`${id}: `)).map((rule) => rule.slice(id.length + 2));
  return own.length === 0 ? `${direction}: no rules for IPv4` : `${direction}: ${own.join('; ')}`;
}

function authorize(journey: Journey, check: GroupCheck, groupId: string): Edit {
  const { editPeer } = check;
  const peer =
    editPeer.groupId !== undefined
      ? { groupId: editPeer.groupId }
      : editPeer.prefixListId !== undefined
        ? { prefixListId: editPeer.prefixListId }
        : { cidr: editPeer.cidr };
  return {
    kind: 'authorizeSecurityGroup',
    direction: check.direction,
    groupId,
    protocol: protocolText(journey),
    fromPort: journey.port,
    toPort: journey.port,
    peer,
  };
}

function protocolText(journey: Journey): 'tcp' | 'udp' {
  return journey.question.protocol ?? 'tcp';
}

// ---- network ACLs

interface AclCheck {
  readonly subnetId: string;
  readonly vpcId: string;
  readonly direction: 'ingress' | 'egress';
  readonly addresses: AddressSet;
  /** The range that an allow entry would name. */
  readonly cidr: string;
  readonly ports: Interval;
  readonly isAnswer: boolean;
  readonly stage: Stage;
}

function aclOf(network: Network, check: AclCheck): CompiledAcl | undefined {
  return network.acls?.bySubnet.get(check.subnetId) ?? network.acls?.defaultByVpc.get(check.vpcId);
}

export function checkAcl(journey: Journey, check: AclCheck): void {
  const acl = aclOf(journey.network, check);
  const where = { component: 'networkAcl' as const, id: acl?.id ?? check.subnetId, direction: check.direction };
  if (acl === undefined) {
    const because =
      journey.network.acls === undefined
        ? 'network ACLs were not looked at'
        : `the network ACL of ${check.subnetId} is not in the snapshot`;
    wonder(journey, where, because);
    return;
  }
  const match = matchAcl(acl, check.direction, journey.protocol, check.addresses, check.ports);
  if (match.outcome === 'pass') pass(journey, where, match.detail);
  else if (match.outcome === 'unknown') wonder(journey, where, match.because);
  else stop(journey, where, match.detail, aclStop(journey, check, acl, match));
}

function aclStop(
  journey: Journey,
  check: AclCheck,
  acl: CompiledAcl,
  match: AclMatch & { readonly outcome: 'stop' | 'partial' },
): Stop {
  const isPartial = match.outcome === 'partial';
  const side = check.direction === 'egress' ? 'to' : 'from';
  const what = check.isAnswer
    ? `the answers ${side} ${check.cidr}`
    : `${protocolText(journey)} ${check.ports[0]} ${side} ${check.cidr}`;
  return {
    code: check.isAnswer ? 'NACL_RETURN_EPHEMERAL' : 'SUBNET_ACL_RESTRICTION',
    stage: check.stage,
    isPartial,
    explanation: `${acl.id} at the edge of ${check.subnetId} ${isPartial ? 'lets only part of' : 'denies'} ${what}${isPartial ? ' pass' : ''}.`,
    evidence: [
      { id: acl.id, what: match.detail },
      { id: check.subnetId, what: `its network ACL is ${acl.id}` },
    ],
    edits: aclEdits(journey, check, acl, match.before),
  };
}

function aclEdits(journey: Journey, check: AclCheck, acl: CompiledAcl, before: number): readonly Edit[] {
  // AWS's advice for answers, whichever client it is: all of 1024-65535.
  const [fromPort, toPort] = check.isAnswer ? ALL_EPHEMERAL_PORTS : check.ports;
  const protocol = String(journey.protocol);
  const ruleNumber = journey.numbers.take(
    acl,
    check.direction,
    before,
    `${check.cidr} ${protocol} ${fromPort}-${toPort}`,
  );
  if (ruleNumber === undefined) {
    return manual(`renumber the ${check.direction} entries of ${acl.id}: no rule number is free below ${before}`);
  }
  const egress = check.direction === 'egress';
  return [
    {
      kind: 'createNetworkAclEntry',
      networkAclId: acl.id,
      egress,
      ruleNumber,
      cidr: check.cidr,
      protocol,
      fromPort,
      toPort,
    },
  ];
}

/** The four checks between two subnets: out, in, and the answers out and in. Within one subnet there are none. */
function crossing(
  network: Network,
  journey: Journey,
  from: Place,
  to: Place,
): { forth: () => void; arrive: () => void; back: () => void } {
  const toCidr = subnetCidr(network, to);
  const fromCidr = subnetCidr(network, from);
  const ports: Interval = [journey.port, journey.port];
  const answers = answerPorts(journey, from.ephemeralPorts);
  if (from.subnetId === to.subnetId) return { forth: () => {}, arrive: () => {}, back: () => {} };
  return {
    forth: () =>
      checkAcl(journey, {
        ...edge(from),
        direction: 'egress',
        addresses: to.addresses,
        cidr: toCidr,
        ports,
        isAnswer: false,
        stage: 'source',
      }),
    arrive: () =>
      checkAcl(journey, {
        ...edge(to),
        direction: 'ingress',
        addresses: from.addresses,
        cidr: fromCidr,
        ports,
        isAnswer: false,
        stage: 'destination',
      }),
    back: () => {
      checkAcl(journey, {
        ...edge(to),
        direction: 'egress',
        addresses: from.addresses,
        cidr: fromCidr,
        ports: answers,
        isAnswer: true,
        stage: 'destination',
      });
      checkAcl(journey, {
        ...edge(from),
        direction: 'ingress',
        addresses: to.addresses,
        cidr: toCidr,
        ports: answers,
        isAnswer: true,
        stage: 'destination',
      });
    },
  };
}

function edge(place: Place): { readonly subnetId: string; readonly vpcId: string } {
  return { subnetId: place.subnetId, vpcId: place.vpcId };
}

// One entry for a whole subnet: the next interface in it needs no other.
function subnetCidr(network: Network, place: Place): string {
  return network.subnets.get(place.subnetId)?.cidr ?? cidrOf(network, place);
}

// ---- to a place

/** How the packets get from one place to another. */
interface Way {
  /** Security groups are recognised at the far end. */
  readonly preservesGroups: boolean;
  /** An edit may name the other end's group. */
  readonly mayNameGroups: boolean;
  /** Notes the hops of the way there. */
  readonly there: () => void;
  /** Notes the hops of the way back, when they can differ. */
  readonly back: () => void;
  /** What the destination takes the client for, when a NAT gateway is between. */
  readonly seenAs?: AddressSet;
}

/** From a place to a place, in one VPC or through a peering connection. `arrived` notes what the destination is. */
export function travelToPlace(journey: Journey, source: Place, destination: Place, arrived: () => void): void {
  const { network } = journey;
  const way =
    source.vpcId === destination.vpcId
      ? wayWithinVpc(journey, source, destination)
      : wayBetweenVpcs(journey, source, destination);
  const sourcePeer = peerOf(source, way.preservesGroups);
  const { forth, arrive, back } = crossing(network, journey, source, destination);
  checkGroups(journey, {
    place: source,
    direction: 'egress',
    peer: peerOf(destination, way.preservesGroups),
    editPeer: editPeerOf(network, destination, way),
    peerText: describeEnd(destination),
    ...(destination.groupIds && { sharedWith: destination.groupIds }),
  });
  forth();
  way.there();
  arrive();
  arrived();
  checkGroups(journey, {
    place: destination,
    direction: 'ingress',
    peer: way.seenAs === undefined ? sourcePeer : { ...sourcePeer, addresses: way.seenAs },
    editPeer: editPeerOf(network, source, way),
    peerText: describeEnd(source),
    ...(way.preservesGroups && source.groupIds && { sharedWith: source.groupIds }),
  });
  way.back();
  back();
}

function editPeerOf(network: Network, place: Place, way: Way): EditPeer {
  const groupId = way.mayNameGroups ? place.groupIds?.[0] : undefined;
  return { ...(groupId !== undefined && { groupId }), cidr: cidrOf(network, place) };
}

function describeEnd(place: Place): string {
  const groups = place.groupIds === undefined || place.groupIds.length === 0 ? '' : ` (${place.groupIds.join(', ')})`;
  return `${place.ownerId ?? place.id}${groups}`;
}

function wayWithinVpc(journey: Journey, source: Place, destination: Place): Way {
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
  const match = matchRoute(network, table, peerOf(to, false));
  if (match.kind === 'unknown') return doubtfulLeg(journey, where, match.because, false);
  if (match.kind === 'none')
    return doubtfulLeg(journey, where, `the ranges of ${from.vpcId} are not in the snapshot`, false);
  const { route } = match;
  if (route.target.kind === 'local') {
    const note = () => pass(journey, where, `${table.id}: ${route.text} is local`);
    return { isMiddlebox: false, note, noteUnlessPlain: () => {} };
  }
  if (!route.isBlackhole && route.target.kind === 'elsewhere') {
    const because = `${table.id}: ${route.text} leads through ${route.target.id}, ${route.target.what}, whose rules are not in the snapshot`;
    return doubtfulLeg(journey, where, because, true);
  }
  if (!route.isBlackhole && route.target.kind === 'natGateway') return natLeg(journey, where, table, route);
  const note = () =>
    stop(journey, where, `${table.id}: ${route.text} ${describeTarget(route)}`, strayRoute(table, route, stage, to));
  return { isMiddlebox: false, note, noteUnlessPlain: note };
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

function natLeg(
  journey: Journey,
  where: Omit<Hop, 'outcome' | 'detail'>,
  table: CompiledTable,
  route: CompiledRoute,
): Leg {
  const id = route.target.kind === 'natGateway' ? route.target.id : '';
  const gateway = journey.network.natGateways.get(id);
  if (gateway === undefined) return doubtfulLeg(journey, where, `${id} is not in the snapshot`, true);
  const place = placeOfNat(journey.network, id);
  const note = () => {
    pass(journey, where, `${table.id}: ${route.text} to ${id}`);
    checkNatState(journey, id, gateway.State);
  };
  return { isMiddlebox: true, note, noteUnlessPlain: note, ...(place !== undefined && { seenAs: place.addresses }) };
}

function missingTable(network: Network, subnetId: string): string {
  return network.routes === undefined
    ? 'route tables were not looked at'
    : `the route table of ${subnetId} is not in the snapshot`;
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

function describeTarget(route: CompiledRoute): string {
  const target = route.target.kind === 'local' ? 'local' : route.target.id;
  return route.isBlackhole ? `into a blackhole (${target})` : `to ${target}`;
}

// ---- between VPCs

function wayBetweenVpcs(journey: Journey, source: Place, destination: Place): Way {
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
  if (table === undefined) return wonder(journey, where, missingTable(network, from.subnetId));
  const match = matchRoute(network, table, peerOf(to, false));
  if (match.kind === 'unknown') return wonder(journey, where, match.because);
  const peeringId = peering?.VpcPeeringConnectionId;
  if (match.kind === 'route') {
    const { route } = match;
    if (route.target.kind === 'vpcPeeringConnection' && route.target.id === peeringId && !route.isBlackhole) {
      return pass(journey, where, `${table.id}: ${route.text} to ${peeringId}`);
    }
    if (route.target.kind === 'elsewhere' && !route.isBlackhole) {
      return wonder(
        journey,
        where,
        `${table.id}: ${route.text} leads to ${route.target.id}, ${route.target.what}: unknown from here`,
      );
    }
  }
  if (peeringId === undefined) return wonder(journey, where, 'peering connections were not looked at');
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

// ---- out of the VPC

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
      pass(journey, where, `${table.id}: ${route.text} to ${target.id}`);
      return takeGateway(journey, source, outside, target.id, checkEndpoint);
    case 'natGateway':
      pass(journey, where, `${table.id}: ${route.text} to ${target.id}`);
      return takeNat(journey, source, outside, target.id);
    case 'elsewhere':
      return wonder(
        journey,
        where,
        `${table.id}: ${route.text} leads to ${target.id}, ${target.what}: unknown from here`,
      );
    case 'vpcPeeringConnection':
    case 'local':
      return stop(
        journey,
        where,
        `${table.id}: ${route.text} ${describeTarget(route)}`,
        noWayOut(journey.network, source, outside, table, route),
      );
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
  if (network.endpoints.byId.has(id) || id.startsWith('vpce-')) return checkEndpoint(id);
  if (network.internetGateways.has(id) || id.startsWith('igw-'))
    return takeInternetGateway(journey, source, outside, id);
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
  if (place.hasPublicAddress === undefined)
    return wonder(journey, where, `whether ${place.id} has a public address is not in the snapshot`);
  if (place.hasPublicAddress)
    return pass(journey, where, `${place.publicAddress ?? 'a public address'} goes out to ${outside.text}`);
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

/** The interface of a NAT gateway. */
export function placeOfNat(network: Network, id: string): Place | undefined {
  const gateway = network.natGateways.get(id);
  if (gateway?.SubnetId === undefined) return undefined;
  const address = gateway.NatGatewayAddresses?.find((one) => one.IsPrimary !== false);
  const own = network.places.byId.get(address?.NetworkInterfaceId ?? '');
  const subnet = network.subnets.get(gateway.SubnetId);
  const addresses: AddressSet = own?.addresses ?? (subnet?.range === undefined ? [[0, 0xffffffff]] : [subnet.range]);
  return {
    id,
    vpcId: gateway.VpcId ?? subnet?.vpcId ?? '',
    subnetId: gateway.SubnetId,
    addresses,
    ...(address?.PrivateIp !== undefined && { address: address.PrivateIp }),
    groupIds: [],
    hasPublicAddress: gateway.ConnectivityType !== 'private',
    ephemeralPorts: ALL_EPHEMERAL_PORTS,
  };
}

function takeNat(journey: Journey, source: Place, outside: Outside, id: string): void {
  const { network } = journey;
  const gateway = network.natGateways.get(id);
  const nat = placeOfNat(network, id);
  if (gateway === undefined || nat === undefined) {
    wonder(journey, { component: 'natGateway', id }, `${id} is not in the snapshot`);
    return;
  }
  checkNatEdge(journey, source, nat, outside, 'ingress');
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
  checkNatEdge(journey, source, nat, outside, 'egress');
}

// The gateway's own port is its own affair, whatever the client's was.
function withoutSourcePort(journey: Journey): Journey {
  const { sourcePort: _, ...question } = journey.question;
  return { ...journey, question };
}

/** Between the client's subnet and the gateway's: nothing when it is one. */
function checkNatEdge(
  journey: Journey,
  source: Place,
  nat: Place,
  _outside: Outside,
  direction: 'ingress' | 'egress',
): void {
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
  if (table === undefined) return wonder(journey, where, missingTable(network, nat.subnetId));
  const match = matchRoute(network, table, peerOfOutside(outside));
  if (match.kind === 'unknown') return wonder(journey, where, match.because);
  const route = match.kind === 'route' ? match.route : undefined;
  if (route?.target.kind === 'gateway' && !route.isBlackhole) {
    pass(journey, where, `${table.id}: ${route.text} to ${route.target.id}`);
    return takeGateway(journey, nat, outside, route.target.id, (id) =>
      pass(journey, { component: 'vpcEndpoint', id }, 'gateway endpoint'),
    );
  }
  const detail =
    route === undefined
      ? `${table.id} has no route to ${outside.text}`
      : `${table.id}: ${route.text} ${describeTarget(route)}`;
  stop(journey, where, detail, noWayOut(network, nat, outside, table, route));
}

function checkNatState(journey: Journey, id: string, state: string | undefined): void {
  const where = { component: 'natGateway' as const, id };
  if ((state ?? 'available') === 'available') return pass(journey, where, 'available');
  stop(journey, where, String(state), {
    code: 'BAD_STATE',
    stage: 'path',
    lacksWayOut: true,
    explanation: `${id} is ${state}, not available.`,
    evidence: [{ id, what: `state ${state}` }],
    edits: manual(`wait for ${id}, or create another NAT gateway`),
  });
}

function noWayOut(
  network: Network,
  place: Place,
  outside: Outside,
  table: CompiledTable,
  route: CompiledRoute | undefined,
): Stop {
  const edits = routeOut(network, place, outside, table, route);
  const isManual = edits[0]?.kind === 'manual';
  const code: Code = route?.isBlackhole
    ? 'BAD_STATE_ROUTE'
    : route !== undefined
      ? 'MORE_SPECIFIC_ROUTE'
      : isManual && isInternet(outside)
        ? 'PUBLIC_NO_EGRESS'
        : 'NO_ROUTE_TO_DESTINATION';
  const what = route === undefined ? `has no route to ${outside.text}` : `sends ${route.text} ${describeTarget(route)}`;
  return {
    code,
    stage: 'path',
    lacksWayOut: true,
    explanation: `${table.id}, the route table of ${place.subnetId}, ${what}.`,
    evidence: [{ id: table.id, what: describeRoutes(table) }],
    edits,
  };
}

function isInternet(outside: Outside): boolean {
  return outside.addresses.every(([lowest]) => isPublicAddress(lowest));
}

function describeRoutes(table: CompiledTable): string {
  if (table.routes.length === 0) return 'only the local route';
  return table.routes.map((route) => `${route.text} ${describeTarget(route)}`).join('; ');
}

/** The route that would lead out: by an internet gateway for who has a public address, else by a NAT gateway. */
function routeOut(
  network: Network,
  place: Place,
  outside: Outside,
  table: CompiledTable,
  route: CompiledRoute | undefined,
): readonly Edit[] {
  if (!isInternet(outside)) return manual(`route ${outside.cidr} from ${table.id} to where it is`);
  const target = targetOut(network, place, route);
  if (target === undefined)
    return manual(`give ${place.vpcId} an internet gateway, and ${place.subnetId} a NAT gateway or an endpoint`);
  if (route?.prefixListId !== undefined) return manual(`mend the route of ${table.id} for ${route.prefixListId}`);
  if (route !== undefined)
    return [{ kind: 'replaceRoute', routeTableId: table.id, destinationCidr: route.text, target }];
  return [{ kind: 'createRoute', routeTableId: table.id, destinationCidr: '0.0.0.0/0', target }];
}

function targetOut(
  network: Network,
  place: Place,
  route: CompiledRoute | undefined,
): { readonly gatewayId: string } | { readonly natGatewayId: string } | undefined {
  const gateway = [...network.internetGateways.values()].find((one) =>
    (one.Attachments ?? []).some((item) => item.VpcId === place.vpcId),
  );
  const nat = [...network.natGateways.values()].find(
    (one) =>
      one.VpcId === place.vpcId &&
      (one.State ?? 'available') === 'available' &&
      one.ConnectivityType !== 'private' &&
      one.SubnetId !== place.subnetId &&
      one.NatGatewayId !== place.id,
  );
  const isGatewayBetter = place.hasPublicAddress === true || nat === undefined;
  const current = route?.target.kind === 'gateway' || route?.target.kind === 'natGateway' ? route.target.id : undefined;
  if (gateway !== undefined && isGatewayBetter && gateway.InternetGatewayId !== current)
    return { gatewayId: gateway.InternetGatewayId ?? '' };
  return nat === undefined ? undefined : { natGatewayId: nat.NatGatewayId ?? '' };
}

/** Whether the VPC has something that a route could lead out by. */
export function hasGatewayOut(network: Network, place: Place): boolean {
  const target = targetOut(network, place, undefined);
  return target !== undefined && ('natGatewayId' in target || place.hasPublicAddress === true);
}

/** Whether an address lies in a range of the VPC. */
export function isInVpc(network: Network, vpcId: string, address: Interval): boolean {
  return network.vpcs.get(vpcId)?.ranges.some((range) => overlaps(range, address)) ?? false;
}
