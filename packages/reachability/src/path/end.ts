// The two ends of a path, as rules, edits and sentences name them.

import { take } from '../kept-index.js';
import type { Network } from '../network.js';
import { manual, type OpenTrace, pass, type Stage, type Stop, stopHop } from '../open-trace.js';
import type { Place } from '../place.js';
import type { Hop } from '../question.js';
import type { Peer } from '../security-group.js';
import type { GroupsKept } from './route-between.js';

/** The other end as edits name it. */
export interface EditPeer {
  readonly groupId?: string;
  readonly cidr: string;
  readonly prefixListId?: string;
}

/** Of the groups that somebody carries, the one that fewest others carry; never the default group when there is another. */
export function ownGroup(network: Network, groupIds: readonly string[]): string {
  const defaults = new Set(network.groups?.defaultByVpc.values());
  const weight = (id: string) => (defaults.has(id) ? Number.POSITIVE_INFINITY : (carriersOf(network).get(id) ?? 0));
  return groupIds.toSorted((a, b) => (weight(a) === weight(b) ? 0 : weight(a) - weight(b)))[0]!;
}

const keptCarriers = new WeakMap<object, ReadonlyMap<string, number>>();

function carriersOf(network: Network): ReadonlyMap<string, number> {
  return take(keptCarriers, network.places, () => {
    const counts = new Map<string, number>();
    for (const { groupIds = [] } of network.places.byId.values())
      for (const id of groupIds) counts.set(id, (counts.get(id) ?? 0) + 1);
    return counts;
  });
}

/** The address of a place, or its subnet while that is not known. */
export function cidrOf(network: Network, place: Place): string {
  if (place.address !== undefined) return `${place.address}/32`;
  return network.subnets.get(place.subnetId)?.cidr ?? '0.0.0.0/0';
}

export function peerOf(place: Place, kept: GroupsKept): Peer {
  const { addresses, groupIds } = place;
  switch (kept) {
    case 'yes':
      return { addresses, groupIds: groupIds ?? [], ...(isAnyGroupUnknown(place) && { groupsAreUnknown: true }) };
    case 'no':
      return { addresses, groupIds: [], ...(groupIds && { hiddenGroupIds: groupIds }) };
    case 'unknown':
      return { addresses, groupIds: [], ...(groupIds ? { doubtfulGroupIds: groupIds } : { groupsAreUnknown: true }) };
  }
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
export function leave(trace: OpenTrace, source: Place): void {
  const where: Omit<Hop, 'outcome' | 'detail'> = { component: 'networkInterface', id: source.id, direction: 'egress' };
  if (isStopped(source.instanceState)) {
    stopHop(trace, where, `its instance is ${source.instanceState}`, stoppedInstance(source, 'source'));
    return;
  }
  pass(trace, where, describePlace(source));
}

export function protocolText(trace: OpenTrace): 'tcp' | 'udp' {
  return trace.question.protocol ?? 'tcp';
}
