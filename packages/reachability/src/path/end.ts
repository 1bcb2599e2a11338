// The two ends of a way, as rules, edits and sentences name them.

import { type Journey, manual, pass, type Stage, type Stop, stop } from '../journey.js';
import type { Network } from '../network.js';
import type { Place } from '../place.js';
import type { Hop } from '../question.js';
import type { Peer } from '../security-group.js';

/** The other end as edits name it. */
export interface EditPeer {
  readonly groupId?: string;
  readonly cidr: string;
  readonly prefixListId?: string;
}

/** The address of a place, or its subnet while that is not known. */
export function cidrOf(network: Network, place: Place): string {
  if (place.address !== undefined) return `${place.address}/32`;
  return network.subnets.get(place.subnetId)?.cidr ?? '0.0.0.0/0';
}

// One entry for a whole subnet: the next interface in it needs no other.
export function subnetCidr(network: Network, place: Place): string {
  return network.subnets.get(place.subnetId)?.cidr ?? cidrOf(network, place);
}

export function peerOf(place: Place, preservesGroups: boolean): Peer {
  return {
    addresses: place.addresses,
    groupIds: preservesGroups ? (place.groupIds ?? []) : [],
    ...(!preservesGroups && place.groupIds !== undefined && { hiddenGroupIds: place.groupIds }),
    ...(preservesGroups && isAnyGroupUnknown(place) && { groupsAreUnknown: true }),
  };
}

// A template may carry a group whose id nobody knows before it is deployed.
function isAnyGroupUnknown(place: Place): boolean {
  return place.groupIds?.some((id) => id.startsWith('unresolved:')) ?? true;
}

/** The other end in a sentence: by its groups, which are what a rule can name, else by what it is. */
export function describeEnd(place: Place): string {
  const isEndpoint = place.ownerId?.startsWith('vpce-') === true;
  const groups = place.groupIds?.join(', ') ?? '';
  if (isEndpoint) return groups === '' ? place.ownerId! : `${place.ownerId} (${groups})`;
  return groups === '' ? (place.ownerId ?? place.id) : groups;
}

export function describePlace(place: Place): string {
  const address = place.address ?? 'an address not known yet';
  const owner = place.ownerId === undefined ? '' : ` of ${place.ownerId}`;
  return `${address} in ${place.subnetId}${owner}`;
}

export function edge(place: Place): { readonly subnetId: string; readonly vpcId: string } {
  return { subnetId: place.subnetId, vpcId: place.vpcId };
}

/** Whether an instance in this state has left the network. One that shuts down still talks. */
export function isStopped(state: string | undefined): boolean {
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

/** Notes the source itself: its interface, and whether its instance runs. */
export function leave(journey: Journey, source: Place): void {
  const where: Omit<Hop, 'outcome' | 'detail'> = { component: 'networkInterface', id: source.id, direction: 'egress' };
  if (isStopped(source.instanceState)) {
    stop(journey, where, `its instance is ${source.instanceState}`, stoppedInstance(source, 'source'));
    return;
  }
  pass(journey, where, describePlace(source));
}

export function protocolText(journey: Journey): 'tcp' | 'udp' {
  return journey.question.protocol ?? 'tcp';
}
