// template-network: the network that a CloudFormation template would make, before it is made.
//
//   T1. What cannot be resolved without an account is unknown, and named in `unresolved`; it is never left out.
//   T3. Defaults are CloudFormation's: an endpoint is a Gateway with private DNS off, a group lets everything out, a VPC has DNS
//       support but no DNS host names.
import type {
  DhcpOptions,
  ManagedPrefixList,
  PrefixListEntry,
  Subnet,
  Vpc,
  VpcEndpoint,
  VpcPeeringConnection,
} from '@aws-sdk/client-ec2';
import type { Source } from '../question.js';
import type { NetworkSnapshot, PrivateHostedZone } from '../snapshot.js';
import { endpointName, evaluate, evaluateCondition, isRecord, type Scope } from './intrinsics.js';
import { readMachines, type SubnetFacts } from './machines.js';
import { flagOf, knownText, type Resource, recordOf, recordsOf, textOf, textsOf } from './properties.js';
import { prefixListIdOf, readInternetGateways, readNatGateways, readNetworkAcls, readRouteTables } from './routes.js';
import { readSecurityGroups } from './security-groups.js';
import { openScopes } from './stacks.js';
import { readTransitGateways } from './transit-gateways.js';

export interface TemplateOptions {
  /** Values of the template's parameters; what has neither a value nor a default is unknown. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** What AWS::Region stands for. Default: the first stack's, else us-west-2. */
  readonly region?: string;
}

export interface TemplateNetwork {
  /** Ids are the logical ids of the template. */
  readonly snapshot: NetworkSnapshot;
  /** One launch an Auto Scaling group, and one a launch template that none of them has: the sources to ask questions for. */
  readonly launches: readonly Source[];
  /** What could not be resolved, in words, sorted. */
  readonly unresolved: readonly string[];
}

/**
 * Reads a template, JSON already parsed (of YAML its long forms), or several stacks together. Throws TypeError for what is no template
 * (no `Resources`).
 */
export function snapshotFromTemplate(template: unknown, options: TemplateOptions = {}): TemplateNetwork {
  const scopes = openScopes(template, options);
  const { snapshot, launches } = readNetwork(scopes.flatMap(readResources), scopes[0]!.region);
  return { snapshot, launches, unresolved: [...new Set(scopes.flatMap(({ unresolved }) => [...unresolved]))].sort() };
}

/** A resource that the template makes. A `Ref` and any attribute that is an id is a logical id; what is unknown contains `unresolved:`. */
export interface TemplateResourceFacts {
  readonly id: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Every resource with its properties worked out, for readers of what is no network. Throws as snapshotFromTemplate. */
export function resourcesFromTemplate(
  template: unknown,
  options: TemplateOptions = {},
): readonly TemplateResourceFacts[] {
  return openScopes(template, options).flatMap(readResources);
}

function readResources(scope: Scope): readonly Resource[] {
  return Object.entries(scope.template.Resources ?? {}).flatMap(([name, raw]): readonly Resource[] => {
    const id = `${scope.prefix}${name}`;
    const exists = raw.Condition === undefined ? true : evaluateCondition(scope, raw.Condition);
    if (exists === false) return [];
    const properties = evaluate(scope, raw.Properties ?? {});
    const own = isRecord(properties) ? properties : {};
    if (exists === true) return [{ id, type: raw.Type, properties: own }];
    const why = `whether ${id} exists (condition ${raw.Condition})`;
    scope.unresolved.add(why);
    return [{ id, type: raw.Type, properties: { ...own, ...blur(raw.Type, why) } }];
  });
}

/** What makes each resource's effect unknown, for one that may not exist at all. Others are taken as if they did. */
const DECIDING_PROPERTY: Readonly<Record<string, string>> = {
  'AWS::EC2::SecurityGroupIngress': 'IpProtocol',
  'AWS::EC2::SecurityGroupEgress': 'IpProtocol',
  'AWS::EC2::NetworkAclEntry': 'RuleNumber',
  'AWS::EC2::Route': 'DestinationCidrBlock',
  'AWS::EC2::VPCEndpoint': 'ServiceName',
};

function blur(type: string, why: string): Readonly<Record<string, string>> {
  const property = DECIDING_PROPERTY[type];
  return property === undefined ? {} : { [property]: `unresolved:${why}` };
}

/** The network that resources make, whoever wrote them down. */
export function readNetwork(
  resources: readonly Resource[],
  region: string,
): { readonly snapshot: NetworkSnapshot; readonly launches: readonly Source[] } {
  const vpcs = ofType(resources, 'AWS::EC2::VPC').map((one) => readVpc(resources, one));
  const vpcIds = vpcs.map((vpc) => vpc.VpcId ?? '');
  const subnets = ofType(resources, 'AWS::EC2::Subnet').map(readSubnet);
  const facts = new Map(subnets.map((subnet) => [subnet.SubnetId ?? '', factsOf(subnet)]));
  const vpcEndpoints = ofType(resources, 'AWS::EC2::VPCEndpoint').map(readEndpoint);
  const machines = readMachines(resources, facts);
  const partial = ofType(resources, 'AWS::EC2::VPC').flatMap((one) =>
    one.properties.IsPartial === true ? [one.id] : [],
  );
  const snapshot: NetworkSnapshot = {
    region,
    vpcs,
    vpcAttributes: Object.fromEntries(ofType(resources, 'AWS::EC2::VPC').map((one) => [one.id, attributesOf(one)])),
    subnets,
    routeTables: readRouteTables(resources, vpcIds, vpcEndpoints),
    networkAcls: readNetworkAcls(resources, vpcIds),
    securityGroups: readSecurityGroups(resources, vpcIds),
    networkInterfaces: machines.networkInterfaces,
    instances: machines.instances,
    internetGateways: readInternetGateways(resources),
    natGateways: readNatGateways(resources, (subnetId) => facts.get(subnetId)?.vpcId),
    vpcEndpoints,
    vpcPeeringConnections: ofType(resources, 'AWS::EC2::VPCPeeringConnection').map(readPeering),
    ...readTransitGateways(resources, vpcs),
    ...(partial.length > 0 && { partialVpcIds: partial }),
    dhcpOptions: ofType(resources, 'AWS::EC2::DHCPOptions').map(readDhcpOptions),
    prefixLists: [...ofType(resources, 'AWS::EC2::PrefixList').map(readPrefixList), ...awsPrefixLists(vpcEndpoints)],
    privateHostedZones: ofType(resources, 'AWS::Route53::HostedZone').flatMap((one) => readZone(resources, one)),
  };
  return { snapshot, launches: machines.launches };
}

function ofType(resources: readonly Resource[], type: string): readonly Resource[] {
  return resources.filter((one) => one.type === type);
}

function readVpc(resources: readonly Resource[], { id, properties }: Resource): Vpc {
  const more = ofType(resources, 'AWS::EC2::VPCCidrBlock').filter((one) => one.properties.VpcId === id);
  const options = ofType(resources, 'AWS::EC2::VPCDHCPOptionsAssociation').find((one) => one.properties.VpcId === id);
  const cidr = knownText(properties.CidrBlock);
  return {
    VpcId: id,
    ...(cidr !== undefined && { CidrBlock: cidr }),
    CidrBlockAssociationSet: more.map((one) => ({ CidrBlock: knownText(one.properties.CidrBlock) })),
    ...(options !== undefined && { DhcpOptionsId: textOf(options.properties.DhcpOptionsId) }),
  };
}

function attributesOf({ properties }: Resource): {
  readonly enableDnsSupport?: boolean;
  readonly enableDnsHostnames?: boolean;
} {
  return {
    enableDnsSupport: flagOf(properties.EnableDnsSupport, true),
    enableDnsHostnames: flagOf(properties.EnableDnsHostnames, false),
  };
}

function readSubnet({ id, properties }: Resource): Subnet {
  const cidr = knownText(properties.CidrBlock);
  return {
    SubnetId: id,
    VpcId: textOf(properties.VpcId),
    ...(cidr !== undefined && { CidrBlock: cidr }),
    // Two subnets whose zones are unknown are not in the same one.
    AvailabilityZone: knownText(properties.AvailabilityZone) ?? `zone of ${id}`,
    MapPublicIpOnLaunch: flagOf(properties.MapPublicIpOnLaunch, false),
  };
}

function factsOf(subnet: Subnet): SubnetFacts {
  return {
    ...(subnet.VpcId !== undefined && { vpcId: subnet.VpcId }),
    ...(subnet.MapPublicIpOnLaunch !== undefined && { isPublic: subnet.MapPublicIpOnLaunch }),
  };
}

function readEndpoint({ id, properties }: Resource): VpcEndpoint {
  const type = knownText(properties.VpcEndpointType) ?? 'Gateway';
  return {
    VpcEndpointId: id,
    VpcEndpointType: type as VpcEndpoint['VpcEndpointType'],
    VpcId: textOf(properties.VpcId),
    ServiceName: textOf(properties.ServiceName),
    State: 'available' as VpcEndpoint['State'],
    PrivateDnsEnabled: flagOf(properties.PrivateDnsEnabled, false),
    SubnetIds: [...textsOf(properties.SubnetIds)],
    RouteTableIds: [...textsOf(properties.RouteTableIds)],
    Groups: textsOf(properties.SecurityGroupIds).map((GroupId) => ({ GroupId })),
    DnsEntries: type === 'Gateway' ? [] : [{ DnsName: endpointName(id) }],
    ...(properties.PolicyDocument !== undefined && { PolicyDocument: policyText(properties.PolicyDocument) }),
  };
}

// Whichever account it will be, it is the same for whoever asks.
function policyText(policy: unknown): string {
  const text = typeof policy === 'string' ? policy : JSON.stringify(policy);
  return text.replaceAll('unresolved:AWS::AccountId', '*');
}

// Within an account and a region the connection is accepted when it is made.
function readPeering({ id, properties }: Resource): VpcPeeringConnection {
  return {
    VpcPeeringConnectionId: id,
    RequesterVpcInfo: { VpcId: textOf(properties.VpcId) },
    AccepterVpcInfo: { VpcId: textOf(properties.PeerVpcId), Region: textOf(properties.PeerRegion) },
    Status: { Code: (textOf(properties.Status) ?? 'active') as 'active' },
  };
}

function readDhcpOptions({ id, properties }: Resource): DhcpOptions {
  return {
    DhcpOptionsId: id,
    DhcpConfigurations: [
      { Key: 'domain-name-servers', Values: textsOf(properties.DomainNameServers).map((Value) => ({ Value })) },
    ],
  };
}

interface PrefixListWithEntries {
  readonly list: ManagedPrefixList;
  readonly entries: readonly PrefixListEntry[];
}

function readPrefixList({ id, properties }: Resource): PrefixListWithEntries {
  const entries = recordsOf(properties.Entries).map((entry) => ({ Cidr: textOf(entry.Cidr) }));
  return { list: { PrefixListId: id, PrefixListName: textOf(properties.PrefixListName) }, entries };
}

function awsPrefixLists(endpoints: readonly VpcEndpoint[]): readonly PrefixListWithEntries[] {
  const services = new Set(
    endpoints.filter((one) => one.VpcEndpointType === 'Gateway').map((one) => one.ServiceName ?? ''),
  );
  return [...services].map((service) => ({
    list: { PrefixListId: prefixListIdOf(service), PrefixListName: service },
    entries: [],
  }));
}

function readZone(resources: readonly Resource[], { id, properties }: Resource): readonly PrivateHostedZone[] {
  const associated = ofType(resources, 'HostedZone::Association').filter((one) => one.properties.HostedZoneId === id);
  const vpcIds = [
    ...recordsOf(properties.VPCs).map((one) => textOf(one.VPCId) ?? ''),
    ...associated.map((one) => textOf(one.properties.VpcId) ?? ''),
  ];
  const name = knownText(properties.Name);
  if (vpcIds.length === 0 || name === undefined) return [];
  const records = ofType(resources, 'AWS::Route53::RecordSet').filter(
    (one) =>
      one.properties.HostedZoneId === id ||
      textOf(one.properties.HostedZoneName)?.replace(/\.$/, '') === name.replace(/\.$/, ''),
  );
  return [{ id, name, vpcIds, records: records.flatMap(readRecord) }];
}

function readRecord({ properties }: Resource): NonNullable<PrivateHostedZone['records']> {
  const type = textOf(properties.Type);
  if (type !== 'A' && type !== 'AAAA' && type !== 'CNAME') return [];
  const name = textOf(properties.Name) ?? '';
  const { DNSName, endpoint } = recordOf(properties.AliasTarget);
  // An alias is followed as a CNAME would be. One to an endpoint that is made with it names the endpoint.
  const alias = textOf(recordOf(DNSName).endpoint ?? endpoint);
  if (alias !== undefined) return [{ name, type: 'CNAME', values: [endpointName(alias)] }];
  if (typeof DNSName === 'string') return [{ name, type: 'CNAME', values: [DNSName] }];
  return [{ name, type, values: textsOf(properties.ResourceRecords) }];
}
