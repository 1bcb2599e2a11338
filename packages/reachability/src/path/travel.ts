// travel: one way through the network, from a place to a place, every check on it made, none skipped (J1).
//
// A middlebox (NAT gateway, appliance) between two subnets hides the client's security groups, so a rule that names a group no
// longer matches behind it.
import type { AddressSet } from '../address.js';
import type { Journey } from '../journey.js';
import type { Network } from '../network.js';
import type { Place } from '../place.js';
import { crossing } from './acl-check.js';
import { wayBetweenVpcs } from './between-vpcs.js';
import { cidrOf, describeEnd, type EditPeer, peerOf } from './end.js';
import { checkGroups } from './group-check.js';
import { wayWithinVpc } from './within-vpc.js';

/** How the packets get from one place to another. */
export interface Way {
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
