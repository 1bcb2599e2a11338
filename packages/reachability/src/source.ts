// The interfaces that a source has, or would have.
import { addressOf, type Network } from './network.js';
import { LINUX_EPHEMERAL_PORTS, type Place } from './place.js';
import type { Source } from './question.js';

/** One place, or one a subnet for a launch. A sentence when the snapshot cannot tell. */
export function placesOf(network: Network, source: Source): readonly Place[] | string {
  switch (source.kind) {
    case 'instance':
      return found(network.places.byInstance.get(source.instanceId), source.instanceId);
    case 'networkInterface':
      return found(placeById(network, source.networkInterfaceId), source.networkInterfaceId);
    case 'launch':
      if (source.subnetIds.length === 0) return `${source.name} names no subnet`;
      for (const id of source.subnetIds) if (!network.subnets.has(id)) return `${id} is not in the snapshot`;
      return source.subnetIds.map((id) => placeOfLaunch(network, source, id));
  }
}

function found(place: Place | undefined, id: string): readonly Place[] | string {
  return place === undefined ? `${id} is not in the snapshot` : [place];
}

/** An interface by its id; one of an endpoint as its endpoint knows it. */
export function placeById(network: Network, id: string): Place | undefined {
  const entry = network.endpoints.byPlace.get(id);
  return entry?.places.find((place) => place.id === id) ?? network.places.byId.get(id);
}

// It carries the given groups already, so rules that name them match it although it does not exist.
function placeOfLaunch(network: Network, source: Source & { readonly kind: 'launch' }, subnetId: string): Place {
  const entry = network.subnets.get(subnetId);
  const isPublic = source.associatePublicIpAddress ?? entry?.subnet.MapPublicIpOnLaunch;
  const groupIds = groupsOfLaunch(network, source, entry?.vpcId);
  return {
    id: `${source.name}/${subnetId}`,
    vpcId: entry?.vpcId ?? '',
    subnetId,
    ...addressOf(undefined, subnetId, network.subnets),
    ...(groupIds !== undefined && { groupIds }),
    ...(isPublic !== undefined && { hasPublicAddress: isPublic }),
    ephemeralPorts: LINUX_EPHEMERAL_PORTS,
    launchName: source.name,
    ownerId: source.name,
  };
}

/** A launch that names no group gets the default one of the VPC. */
function groupsOfLaunch(
  network: Network,
  source: Source & { readonly kind: 'launch' },
  vpcId: string | undefined,
): readonly string[] | undefined {
  if (source.securityGroupIds.length > 0) return source.securityGroupIds;
  const fallback = network.groups?.defaultByVpc.get(vpcId ?? '');
  return fallback === undefined ? undefined : [fallback];
}
