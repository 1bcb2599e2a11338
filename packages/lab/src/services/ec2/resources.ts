import type {
  Address,
  DhcpOptions,
  Image,
  Instance,
  InternetGateway,
  KeyPairInfo,
  LaunchTemplate,
  ManagedPrefixList,
  NatGateway,
  NetworkAcl,
  NetworkInterface,
  ResourceType,
  RouteTable,
  SecurityGroup,
  SecurityGroupRule,
  Snapshot,
  Subnet,
  Volume,
  Vpc,
  VpcEndpoint,
  VpcPeeringConnection,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../control-plane/aws-error.js';
import { required } from './refusals.js';
import type { Ec2State } from './state.js';

/** What EC2 says of one kind of resource: its type in tags, its id's prefix, and its errors. */
interface Kind<T> {
  readonly type: ResourceType;
  readonly prefix: string;
  readonly parameter: string;
  readonly notFound: string;
  readonly malformed: string;
  readonly text: (id: string) => string;
  readonly get: (state: Ec2State, id: string) => T | undefined;
  readonly all: (state: Ec2State) => T[];
  readonly idOf: (resource: T) => string;
}

type Words = Pick<Kind<unknown>, 'type' | 'prefix' | 'parameter' | 'notFound' | 'malformed' | 'text'>;

function keptAsIs<T>(
  words: Words,
  books: (state: Ec2State) => Map<string, T>,
  idOf: (resource: T) => unknown,
): Kind<T> {
  return {
    ...words,
    get: (state, id) => books(state).get(id),
    all: (state) => [...books(state).values()],
    idOf: (resource) => String(idOf(resource)),
  };
}

function words(type: ResourceType, prefix: string, noun: string, code: string, text?: (id: string) => string): Words {
  return {
    type,
    prefix,
    parameter: `${noun}Id`,
    notFound: `${code}.NotFound`,
    malformed: `${code}.Malformed`,
    text: text ?? ((id) => `The ${noun} ID '${id}' does not exist`),
  };
}

const resourceKinds = {
  vpc: keptAsIs<Vpc>(
    words('vpc', 'vpc-', 'vpc', 'InvalidVpcID'),
    (s) => s.vpcs,
    (r) => r.VpcId,
  ),
  subnet: keptAsIs<Subnet>(
    words('subnet', 'subnet-', 'subnet', 'InvalidSubnetID'),
    (s) => s.subnets,
    (r) => r.SubnetId,
  ),
  routeTable: keptAsIs<RouteTable>(
    words('route-table', 'rtb-', 'routeTable', 'InvalidRouteTableID'),
    (s) => s.routeTables,
    (r) => r.RouteTableId,
  ),
  internetGateway: keptAsIs<InternetGateway>(
    words('internet-gateway', 'igw-', 'internetGateway', 'InvalidInternetGatewayID'),
    (s) => s.internetGateways,
    (r) => r.InternetGatewayId,
  ),
  natGateway: keptAsIs<NatGateway>(
    {
      ...words('natgateway', 'nat-', 'natGateway', 'NatGateway', (id) => `The Nat Gateway ${id} was not found`),
      notFound: 'NatGatewayNotFound',
      malformed: 'NatGatewayMalformed',
    },
    (s) => s.natGateways,
    (r) => r.NatGatewayId,
  ),
  address: keptAsIs<Address>(
    words('elastic-ip', 'eipalloc-', 'allocation', 'InvalidAllocationID'),
    (s) => s.addresses,
    (r) => r.AllocationId,
  ),
  networkAcl: keptAsIs<NetworkAcl>(
    words('network-acl', 'acl-', 'networkAcl', 'InvalidNetworkAclID'),
    (s) => s.networkAcls,
    (r) => r.NetworkAclId,
  ),
  securityGroup: keptAsIs<SecurityGroup>(
    {
      ...words('security-group', 'sg-', 'group', 'InvalidGroup', (id) => `The security group '${id}' does not exist`),
      malformed: 'InvalidGroupId.Malformed',
    },
    (s) => s.securityGroups,
    (r) => r.GroupId,
  ),
  securityGroupRule: keptAsIs<SecurityGroupRule>(
    words(
      'security-group-rule',
      'sgr-',
      'securityGroupRule',
      'InvalidSecurityGroupRuleId',
      (id) => `The security group rule ID '${id}' does not exist`,
    ),
    (s) => s.securityGroupRules,
    (r) => r.SecurityGroupRuleId,
  ),
  dhcpOptions: keptAsIs<DhcpOptions>(
    words('dhcp-options', 'dopt-', 'dhcpOption', 'InvalidDhcpOptionID'),
    (s) => s.dhcpOptions,
    (r) => r.DhcpOptionsId,
  ),
  vpcEndpoint: keptAsIs<VpcEndpoint>(
    words(
      'vpc-endpoint',
      'vpce-',
      'vpcEndpoint',
      'InvalidVpcEndpointId',
      (id) => `The Vpc Endpoint Id '${id}' does not exist`,
    ),
    (s) => s.vpcEndpoints,
    (r) => r.VpcEndpointId,
  ),
  vpcPeeringConnection: keptAsIs<VpcPeeringConnection>(
    words('vpc-peering-connection', 'pcx-', 'vpcPeeringConnection', 'InvalidVpcPeeringConnectionID'),
    (s) => s.vpcPeeringConnections,
    (r) => r.VpcPeeringConnectionId,
  ),
  networkInterface: keptAsIs<NetworkInterface>(
    words('network-interface', 'eni-', 'networkInterface', 'InvalidNetworkInterfaceID'),
    (s) => s.networkInterfaces,
    (r) => r.NetworkInterfaceId,
  ),
  image: keptAsIs<Image>(
    words('image', 'ami-', 'image', 'InvalidAMIID', (id) => `The image id '[${id}]' does not exist`),
    (s) => s.images,
    (r) => r.ImageId,
  ),
  snapshot: keptAsIs<Snapshot>(
    {
      ...words('snapshot', 'snap-', 'snapshot', 'InvalidSnapshot', (id) => `The snapshot '${id}' does not exist.`),
      malformed: 'InvalidSnapshotID.Malformed',
    },
    (s) => s.snapshots,
    (r) => r.SnapshotId,
  ),
  volume: keptAsIs<Volume>(
    {
      ...words('volume', 'vol-', 'volume', 'InvalidVolume', (id) => `The volume '${id}' does not exist.`),
      malformed: 'InvalidVolumeID.Malformed',
    },
    (s) => s.volumes,
    (r) => r.VolumeId,
  ),
  keyPair: keptAsIs<KeyPairInfo>(
    {
      ...words('key-pair', 'key-', 'keyPair', 'InvalidKeyPair', (id) => `The key pair '${id}' does not exist`),
      malformed: 'InvalidKeyPair.Malformed',
    },
    (s) => s.keyPairs,
    (r) => r.KeyPairId,
  ),
  prefixList: {
    ...words('prefix-list', 'pl-', 'prefixList', 'InvalidPrefixListID'),
    get: (state, id) => state.prefixLists.get(id)?.list,
    all: (state) => [...state.prefixLists.values()].map((record) => record.list),
    idOf: (resource) => String(resource.PrefixListId),
  } satisfies Kind<ManagedPrefixList> as Kind<ManagedPrefixList>,
  launchTemplate: {
    ...words(
      'launch-template',
      'lt-',
      'launchTemplate',
      'InvalidLaunchTemplateId',
      (id) => `The specified launch template, with template ID ${id}, does not exist.`,
    ),
    get: (state, id) => state.launchTemplates.get(id)?.template,
    all: (state) => [...state.launchTemplates.values()].map((record) => record.template),
    idOf: (resource) => String(resource.LaunchTemplateId),
  } satisfies Kind<LaunchTemplate> as Kind<LaunchTemplate>,
  instance: {
    ...words('instance', 'i-', 'instance', 'InvalidInstanceID'),
    get: (state, id) => state.instances.get(id)?.instance,
    all: (state) => [...state.instances.values()].map((record) => record.instance),
    idOf: (resource) => String(resource.InstanceId),
  } satisfies Kind<Instance> as Kind<Instance>,
};

export type ResourceKind = keyof typeof resourceKinds;
export type ResourceOf<K extends ResourceKind> = (typeof resourceKinds)[K] extends Kind<infer T> ? T : never;

export function kindOf<K extends ResourceKind>(kind: K): Kind<ResourceOf<K>> {
  return resourceKinds[kind] as unknown as Kind<ResourceOf<K>>;
}

/** The resource itself, for operations to change. Throws AWS's errors for a missing, malformed or unknown id. */
export function requireResource<K extends ResourceKind>(
  kind: K,
  id: string | undefined,
  context: { readonly state: { readonly ec2: Ec2State } },
): ResourceOf<K> {
  const { parameter, prefix, malformed, notFound, text, get } = kindOf(kind);
  const given = required(id, parameter);
  if (!given.startsWith(prefix)) throw new AwsError(malformed, `Invalid id: "${given}" (expecting "${prefix}...")`);
  const found = get(context.state.ec2, given);
  if (found === undefined) throw new AwsError(notFound, text(given));
  return found;
}

/** The kind of resource that an id names, by its prefix; undefined for ids of kinds that the lab does not keep. */
export function kindOfId(id: string): ResourceKind | undefined {
  const names = Object.keys(resourceKinds) as ResourceKind[];
  return names.find((name) => id.startsWith(resourceKinds[name].prefix));
}
