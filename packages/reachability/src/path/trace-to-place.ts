// trace to place: one path through the network, from a place to a place, every check on it made, none skipped (J1).
//
// A middlebox (NAT gateway, appliance) between two subnets hides the client's security groups, so a rule that names a group no
// longer matches behind it.

import type { Network } from '../network.js';
import { leaveUnknown, type OpenTrace } from '../open-trace.js';
import type { Place } from '../place.js';
import { isUnresolved } from '../template/intrinsics.js';
import { crossing } from './acl-check.js';
import { routeBetweenVpcs } from './between-vpcs.js';
import { cidrOf, describeEnd, type EditPeer, ownGroup, peerOf } from './end.js';
import { checkGroups } from './group-check.js';
import type { RouteBetween } from './route-between.js';
import { routeWithinVpc } from './within-vpc.js';

/** From a place to a place, in one VPC or through a peering connection. `arrived` notes what the destination is. */
export function traceToPlace(trace: OpenTrace, source: Place, destination: Place, arrived: () => void): void {
  const { network } = trace;
  const route = routeBetween(trace, source, destination);
  const sourcePeer = peerOf(source, route.keepsGroups);
  const { there, arrive, back } = crossing(network, trace, source, destination);
  checkGroups(trace, {
    place: source,
    direction: 'egress',
    peer: peerOf(destination, route.keepsGroups),
    editPeer: editPeerOf(network, destination, route),
    peerText: describeEnd(destination),
    ...(destination.groupIds && { sharedWith: destination.groupIds }),
  });
  there();
  route.there();
  arrive();
  arrived();
  checkGroups(trace, {
    place: destination,
    direction: 'ingress',
    peer: route.seenAs === undefined ? sourcePeer : { ...sourcePeer, addresses: route.seenAs },
    editPeer: editPeerOf(network, source, route),
    peerText: describeEnd(source),
    ...(route.keepsGroups === 'yes' && source.groupIds && { sharedWith: source.groupIds }),
  });
  route.back();
  back();
}

function routeBetween(trace: OpenTrace, source: Place, destination: Place): RouteBetween {
  if (source.vpcId === destination.vpcId) return routeWithinVpc(trace, source, destination);
  const open = [source, destination].find(({ vpcId }) => isUnresolved(vpcId));
  return open === undefined ? routeBetweenVpcs(trace, source, destination) : routeToOpenVpc(trace, open);
}

/** A template may leave open which VPC a subnet is in: it may be the same one, or one that is connected. */
function routeToOpenVpc(trace: OpenTrace, { subnetId, vpcId }: Place): RouteBetween {
  const because = `which VPC ${subnetId} is in is not known: ${vpcId}`;
  return {
    keepsGroups: 'unknown',
    mayNameGroups: false,
    there: () => leaveUnknown(trace, { component: 'vpcPeeringConnection', id: 'unknown' }, because),
    back: () => undefined,
  };
}

function editPeerOf(network: Network, place: Place, route: RouteBetween): EditPeer {
  const groupId = route.mayNameGroups && place.groupIds?.length ? ownGroup(network, place.groupIds) : undefined;
  return { ...(groupId !== undefined && { groupId }), cidr: cidrOf(network, place) };
}
