// network: a snapshot, indexed.
//
// Built once, asked often. Each list of the snapshot is indexed by itself and the index is kept with the list, so a snapshot that
// differs from another in one list (as applyEdit makes them) costs the indexing of that list only.
//
//   N1. Holds nothing that the snapshot does not: two networks of one snapshot answer alike.
//   N2. Of a list that was not looked at the index is undefined, and stays apart from an empty one.
import type {
  Instance,
  InternetGateway,
  NatGateway,
  NetworkInterface,
  Subnet,
  TransitGatewayVpcAttachment,
  Vpc,
  VpcEndpoint,
  VpcPeeringConnection,
} from '@aws-sdk/client-ec2';
import { EVERY_ADDRESS, type Interval, overlaps, parseAddress, parseCidr } from './address.js';
import { keepIndex, take } from './kept-index.js';
import { type AclTable, compileAcls } from './network-acl.js';
import { ALL_EPHEMERAL_PORTS, LINUX_EPHEMERAL_PORTS, type Place, WINDOWS_EPHEMERAL_PORTS } from './place.js';
import { type PrefixListTable, readPrefixLists } from './prefix-list.js';
import { compileRouteTables, type RouteTables } from './route-table.js';
import { compileGroups, type GroupTable } from './security-group.js';
import type { NetworkSnapshot, TransitRouteTable } from './snapshot.js';

interface SubnetEntry {
  readonly subnet: Subnet;
  readonly subnetId: string;
  readonly vpcId: string;
  readonly zone?: string;
  readonly cidr?: string;
  readonly range?: Interval;
}

interface VpcEntry {
  readonly vpc: Vpc;
  readonly ranges: readonly Interval[];
  readonly cidrs: readonly string[];
}

/** A snapshot ready to be asked. Made by {@link buildNetwork}; holds no state of its own. */
export interface Network {
  readonly snapshot: NetworkSnapshot;
  readonly vpcs: ReadonlyMap<string, VpcEntry>;
  readonly subnets: ReadonlyMap<string, SubnetEntry>;
  readonly groups?: GroupTable;
  readonly acls?: AclTable;
  readonly routes?: RouteTables;
  readonly prefixLists: PrefixListTable;
  readonly places: PlaceTable;
  readonly endpoints: EndpointTable;
  readonly natGateways: ReadonlyMap<string, NatGateway>;
  readonly internetGateways: ReadonlyMap<string, InternetGateway>;
  readonly peerings: ReadonlyMap<string, VpcPeeringConnection>;
  readonly transit?: TransitTable;
}

/** Of transit gateways: their attachments, and the route tables that each attachment follows. */
export interface TransitTable {
  readonly attachments: readonly TransitGatewayVpcAttachment[];
  /** Undefined: not looked at. */
  readonly tables?: readonly TransitRouteTable[];
}

interface PlaceTable {
  readonly byId: ReadonlyMap<string, Place>;
  readonly byInstance: ReadonlyMap<string, Place>;
  readonly byAddress: ReadonlyMap<number, readonly Place[]>;
  readonly byPublicAddress: ReadonlyMap<string, Place>;
  readonly instances: ReadonlyMap<string, Instance>;
}

export interface EndpointEntry {
  readonly endpoint: VpcEndpoint;
  readonly id: string;
  readonly vpcId: string;
  readonly serviceName: string;
  readonly type: string;
  readonly state: string;
  /** One a subnet. Empty for gateway endpoints. */
  readonly places: readonly Place[];
}

interface EndpointTable {
  readonly byId: ReadonlyMap<string, EndpointEntry>;
  readonly byVpc: ReadonlyMap<string, readonly EndpointEntry[]>;
  readonly byPlace: ReadonlyMap<string, EndpointEntry>;
}

/** Indexes a snapshot. The snapshot must not be changed afterwards; make another one with applyEdit. */
export function buildNetwork(snapshot: NetworkSnapshot): Network {
  const vpcs = indexVpcs(snapshot.vpcs ?? NOTHING);
  const subnets = indexSubnets(snapshot.subnets ?? NOTHING);
  const groups = snapshot.securityGroups && compileGroups(snapshot.securityGroups);
  const places = indexPlaces(snapshot.networkInterfaces ?? NOTHING, snapshot.instances ?? NOTHING, subnets);
  return {
    snapshot,
    vpcs,
    subnets,
    places,
    ...(groups && { groups }),
    ...(snapshot.networkAcls && { acls: compileAcls(snapshot.networkAcls) }),
    ...(snapshot.routeTables && { routes: compileRouteTables(snapshot.routeTables) }),
    prefixLists: readPrefixLists(snapshot),
    endpoints: indexEndpoints(snapshot.vpcEndpoints ?? NOTHING, places, subnets, groups),
    natGateways: indexNatGateways(snapshot.natGateways ?? NOTHING),
    internetGateways: indexInternetGateways(snapshot.internetGateways ?? NOTHING),
    peerings: indexPeerings(snapshot.vpcPeeringConnections ?? NOTHING),
    ...(snapshot.transitGatewayAttachments && {
      transit: {
        attachments: snapshot.transitGatewayAttachments,
        ...(snapshot.transitGatewayRouteTables && { tables: snapshot.transitGatewayRouteTables }),
      },
    }),
  };
}

const NOTHING: readonly never[] = [];

const indexVpcs = keepIndex((vpcs: readonly Vpc[]): ReadonlyMap<string, VpcEntry> => {
  return new Map(
    vpcs.map((vpc) => {
      const cidrs = vpcCidrs(vpc);
      const ranges = cidrs.map(parseCidr).filter((range) => range !== undefined);
      return [vpc.VpcId ?? '', { vpc, cidrs, ranges }] as const;
    }),
  );
});

function vpcCidrs(vpc: Vpc): readonly string[] {
  const associated = (vpc.CidrBlockAssociationSet ?? [])
    .filter((association) => (association.CidrBlockState?.State ?? 'associated') === 'associated')
    .map((association) => association.CidrBlock);
  const all = [vpc.CidrBlock, ...associated].filter((cidr) => cidr !== undefined);
  return [...new Set(all)];
}

const indexSubnets = keepIndex((subnets: readonly Subnet[]): ReadonlyMap<string, SubnetEntry> => {
  return new Map(
    subnets.map((subnet) => {
      const subnetId = subnet.SubnetId ?? '';
      const range = subnet.CidrBlock === undefined ? undefined : parseCidr(subnet.CidrBlock);
      return [
        subnetId,
        {
          subnet,
          subnetId,
          vpcId: subnet.VpcId ?? '',
          ...(subnet.AvailabilityZone !== undefined && { zone: subnet.AvailabilityZone }),
          ...(subnet.CidrBlock !== undefined && { cidr: subnet.CidrBlock }),
          ...(range !== undefined && { range }),
        },
      ] as const;
    }),
  );
});

const indexNatGateways = keepIndex(
  (list: readonly NatGateway[]): ReadonlyMap<string, NatGateway> =>
    new Map(list.map((gateway) => [gateway.NatGatewayId ?? '', gateway])),
);
const indexInternetGateways = keepIndex(
  (list: readonly InternetGateway[]): ReadonlyMap<string, InternetGateway> =>
    new Map(list.map((gateway) => [gateway.InternetGatewayId ?? '', gateway])),
);
const indexPeerings = keepIndex(
  (list: readonly VpcPeeringConnection[]): ReadonlyMap<string, VpcPeeringConnection> =>
    new Map(list.map((peering) => [peering.VpcPeeringConnectionId ?? '', peering])),
);

type Subnets = ReadonlyMap<string, SubnetEntry>;

const keptPlaces = new WeakMap<object, WeakMap<object, WeakMap<object, PlaceTable>>>();

function indexPlaces(
  interfaces: readonly NetworkInterface[],
  instances: readonly Instance[],
  subnets: Subnets,
): PlaceTable {
  const byInstances = take(keptPlaces, interfaces, () => new WeakMap<object, WeakMap<object, PlaceTable>>());
  const bySubnets = take(byInstances, instances, () => new WeakMap<object, PlaceTable>());
  return take(bySubnets, subnets, () => computePlaces(interfaces, instances, subnets));
}

function computePlaces(
  interfaces: readonly NetworkInterface[],
  instances: readonly Instance[],
  subnets: Subnets,
): PlaceTable {
  const byId = new Map<string, Place>();
  const byInstance = new Map<string, Place>();
  const instancesById = new Map(instances.map((instance) => [instance.InstanceId ?? '', instance]));
  for (const item of interfaces) {
    const instanceId = item.Attachment?.InstanceId;
    const instance = instanceId === undefined ? undefined : instancesById.get(instanceId);
    const place = placeOfInterface(item, subnets, instance, instanceId);
    byId.set(place.id, place);
    if (instanceId !== undefined && ((item.Attachment?.DeviceIndex ?? 0) === 0 || !byInstance.has(instanceId))) {
      byInstance.set(instanceId, place);
    }
  }
  for (const instance of instances) {
    const instanceId = instance.InstanceId ?? '';
    if (byInstance.has(instanceId)) continue;
    const place = placeOfInstance(instance, instanceId, subnets);
    if (place === undefined) continue;
    byInstance.set(instanceId, place);
    byId.set(place.id, place);
  }
  const all = [...byId.values()];
  return {
    byId,
    byInstance,
    byAddress: groupByAddress(all, interfaces),
    byPublicAddress: new Map(
      all.filter((place) => place.publicAddress !== undefined).map((place) => [place.publicAddress!, place]),
    ),
    instances: instancesById,
  };
}

function groupByAddress(
  places: readonly Place[],
  interfaces: readonly NetworkInterface[],
): ReadonlyMap<number, readonly Place[]> {
  const found = new Map<number, Place[]>();
  const add = (text: string | undefined, place: Place) => {
    const address = text === undefined ? undefined : parseAddress(text);
    if (address === undefined) return;
    const list = found.get(address);
    if (list === undefined) found.set(address, [place]);
    else if (!list.includes(place)) list.push(place);
  };
  const byId = new Map(places.map((place) => [place.id, place]));
  for (const place of places) add(place.address, place);
  for (const item of interfaces) {
    const place = byId.get(item.NetworkInterfaceId ?? '');
    if (place === undefined) continue;
    // A secondary address is the same interface by another number.
    for (const secondary of item.PrivateIpAddresses ?? []) {
      if (secondary.PrivateIpAddress !== place.address)
        add(secondary.PrivateIpAddress, withAddress(place, secondary.PrivateIpAddress));
    }
  }
  return found;
}

function withAddress(place: Place, address: string | undefined): Place {
  const number = address === undefined ? undefined : parseAddress(address);
  return number === undefined ? place : { ...place, address: address!, addresses: [[number, number]] };
}

function placeOfInterface(
  item: NetworkInterface,
  subnets: Subnets,
  instance: Instance | undefined,
  instanceId: string | undefined,
): Place {
  const publicAddress = item.Association?.PublicIp;
  const ownerId = instanceId ?? item.Description;
  const groupIds = item.Groups?.map((group) => group.GroupId ?? '');
  return {
    id: item.NetworkInterfaceId ?? '',
    vpcId: item.VpcId ?? subnets.get(item.SubnetId ?? '')?.vpcId ?? '',
    subnetId: item.SubnetId ?? '',
    ...addressOf(item.PrivateIpAddress, item.SubnetId, subnets),
    ...(groupIds !== undefined && { groupIds }),
    hasPublicAddress: publicAddress !== undefined || item.Association?.AllocationId !== undefined,
    ...(publicAddress !== undefined && { publicAddress }),
    ephemeralPorts: ephemeralPortsOf(item.InterfaceType, instance),
    ...(ownerId !== undefined && { ownerId }),
    ...(instance?.State?.Name !== undefined && { instanceState: instance.State.Name }),
  };
}

function placeOfInstance(instance: Instance, instanceId: string, subnets: Subnets): Place | undefined {
  const own = instance.NetworkInterfaces?.find((item) => (item.Attachment?.DeviceIndex ?? 0) === 0);
  const subnetId = own?.SubnetId ?? instance.SubnetId;
  // A terminated instance has left its network.
  if (subnetId === undefined) return undefined;
  const publicAddress = own?.Association?.PublicIp ?? instance.PublicIpAddress;
  const groups = own?.Groups ?? instance.SecurityGroups;
  return {
    id: own?.NetworkInterfaceId ?? `${instanceId}/eth0`,
    vpcId: own?.VpcId ?? instance.VpcId ?? subnets.get(subnetId)?.vpcId ?? '',
    subnetId,
    ...addressOf(own?.PrivateIpAddress ?? instance.PrivateIpAddress, subnetId, subnets),
    ...(groups !== undefined && { groupIds: groups.map((group) => group.GroupId ?? '') }),
    // Without its interfaces, an instance that names no public address says nothing about one.
    ...((publicAddress !== undefined || own !== undefined) && { hasPublicAddress: publicAddress !== undefined }),
    ...(publicAddress !== undefined && { publicAddress }),
    ephemeralPorts: ephemeralPortsOf('interface', instance),
    ownerId: instanceId,
    ...(instance.State?.Name !== undefined && { instanceState: instance.State.Name }),
  };
}

function ephemeralPortsOf(type: string | undefined, instance: Instance | undefined): Interval {
  if (/^(nat|load_balancer|gateway|network_load|lambda)/i.test(type ?? '')) return ALL_EPHEMERAL_PORTS;
  if (instance?.Platform?.toLowerCase() === 'windows') return WINDOWS_EPHEMERAL_PORTS;
  return LINUX_EPHEMERAL_PORTS;
}

/** The known address, or everywhere in the subnet while it is not known. */
export function addressOf(
  text: string | undefined,
  subnetId: string | undefined,
  subnets: Subnets,
): Pick<Place, 'addresses' | 'address'> {
  const address = text === undefined ? undefined : parseAddress(text);
  if (address !== undefined) return { addresses: [[address, address]], address: text! };
  const range = subnets.get(subnetId ?? '')?.range;
  return { addresses: [range ?? EVERY_ADDRESS] };
}

function indexEndpoints(
  endpoints: readonly VpcEndpoint[],
  places: PlaceTable,
  subnets: Subnets,
  groups: GroupTable | undefined,
): EndpointTable {
  const byId = new Map<string, EndpointEntry>();
  const byVpc = new Map<string, EndpointEntry[]>();
  const byPlace = new Map<string, EndpointEntry>();
  for (const endpoint of endpoints) {
    const entry: EndpointEntry = {
      endpoint,
      id: endpoint.VpcEndpointId ?? '',
      vpcId: endpoint.VpcId ?? '',
      serviceName: endpoint.ServiceName ?? '',
      // The API answers `Interface`; what it was not told, it makes a gateway.
      type: endpoint.VpcEndpointType ?? 'Gateway',
      state: (endpoint.State ?? 'available').toLowerCase(),
      places: placesOfEndpoint(endpoint, places, subnets, groups),
    };
    byId.set(entry.id, entry);
    const ofVpc = byVpc.get(entry.vpcId);
    if (ofVpc === undefined) byVpc.set(entry.vpcId, [entry]);
    else ofVpc.push(entry);
    for (const place of entry.places) byPlace.set(place.id, entry);
  }
  return { byId, byVpc, byPlace };
}

function placesOfEndpoint(
  endpoint: VpcEndpoint,
  places: PlaceTable,
  subnets: Subnets,
  groups: GroupTable | undefined,
): readonly Place[] {
  if ((endpoint.VpcEndpointType ?? 'Gateway') === 'Gateway') return [];
  const known = (endpoint.NetworkInterfaceIds ?? [])
    .map((id) => places.byId.get(id))
    .filter((place) => place !== undefined);
  const covered = new Set(known.map((place) => place.subnetId));
  const id = endpoint.VpcEndpointId ?? '';
  const groupIds = groupsOfEndpoint(endpoint, groups);
  const made = (endpoint.SubnetIds ?? [])
    .filter((subnetId) => !covered.has(subnetId))
    .map(
      (subnetId): Place => ({
        id: `${id}/${subnetId}`,
        vpcId: endpoint.VpcId ?? '',
        subnetId,
        ...addressOf(undefined, subnetId, subnets),
        ...(groupIds !== undefined && { groupIds }),
        hasPublicAddress: false,
        ephemeralPorts: LINUX_EPHEMERAL_PORTS,
        ownerId: id,
      }),
    );
  // An interface that lists no group of its own has its endpoint's.
  const whole = known.map((place) => {
    const carried = place.groupIds?.length ? place.groupIds : groupIds;
    return { ...place, ownerId: id, ...(carried !== undefined && { groupIds: carried }) };
  });
  return [...whole, ...made];
}

/** An endpoint that was given no group carries its VPC's default group. */
function groupsOfEndpoint(endpoint: VpcEndpoint, groups: GroupTable | undefined): readonly string[] | undefined {
  const own = endpoint.Groups?.map((group) => group.GroupId ?? '');
  if (own !== undefined && own.length > 0) return own;
  const fallback = groups?.defaultByVpc.get(endpoint.VpcId ?? '');
  return fallback === undefined ? undefined : [fallback];
}

/** Whether an address lies in a range of the VPC. */
export function isInVpc(network: Network, vpcId: string, address: Interval): boolean {
  return network.vpcs.get(vpcId)?.ranges.some((range) => overlaps(range, address)) ?? false;
}
