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
import { evaluate, evaluateCondition, isRecord, isUnresolved, type Scope, type Template } from './intrinsics.js';
import { readMachines, type SubnetFacts } from './machines.js';
import { flagOf, knownText, type Resource, recordsOf, textOf, textsOf } from './properties.js';
import { prefixListIdOf, readInternetGateways, readNatGateways, readNetworkAcls, readRouteTables } from './routes.js';
import { readSecurityGroups } from './security-groups.js';

export interface TemplateOptions {
  /** Values of the template's parameters; what has neither a value nor a default is unknown. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** What AWS::Region stands for. Default us-west-2. */
  readonly region?: string;
}

export interface TemplateNetwork {
  /** Ids are the logical ids of the template. */
  readonly snapshot: NetworkSnapshot;
  /** One launch an Auto Scaling group: the sources to ask questions for. */
  readonly launches: readonly Source[];
  /** What could not be resolved, in words, sorted. */
  readonly unresolved: readonly string[];
}

/**
 * Reads a template as `cdk synth` writes it: JSON already parsed. Throws TypeError for what is no template (no `Resources`).
 */
export function snapshotFromTemplate(template: unknown, options: TemplateOptions = {}): TemplateNetwork {
  if (!isTemplate(template)) throw new TypeError('This is no CloudFormation template: it has no Resources.');
  const region = options.region ?? 'us-west-2';
  const scope: Scope = { template, region, parameters: options.parameters ?? {}, unresolved: new Set(), depth: 0 };
  const resources = readResources(scope);
  const { snapshot, launches } = readNetwork(resources, region);
  return { snapshot, launches, unresolved: [...scope.unresolved].sort() };
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
  if (!isTemplate(template)) throw new TypeError('This is no CloudFormation template: it has no Resources.');
  const region = options.region ?? 'us-west-2';
  return readResources({ template, region, parameters: options.parameters ?? {}, unresolved: new Set(), depth: 0 });
}

function isTemplate(value: unknown): value is Template {
  return isRecord(value) && isRecord(value.Resources);
}

function readResources(scope: Scope): readonly Resource[] {
  return Object.entries(scope.template.Resources ?? {}).flatMap(([id, raw]): readonly Resource[] => {
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

function readNetwork(
  resources: readonly Resource[],
  region: string,
): { readonly snapshot: NetworkSnapshot; readonly launches: readonly Source[] } {
  const vpcs = ofType(resources, 'AWS::EC2::VPC').map((one) => readVpc(resources, one));
  const vpcIds = vpcs.map((vpc) => vpc.VpcId ?? '');
  const subnets = ofType(resources, 'AWS::EC2::Subnet').map(readSubnet);
  const facts = new Map(subnets.map((subnet) => [subnet.SubnetId ?? '', factsOf(subnet)]));
  const vpcEndpoints = ofType(resources, 'AWS::EC2::VPCEndpoint').map(readEndpoint);
  const machines = readMachines(resources, facts);
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
    ...(properties.PolicyDocument !== undefined && { PolicyDocument: policyText(properties.PolicyDocument) }),
  };
}

function policyText(policy: unknown): string {
  return typeof policy === 'string' ? policy : JSON.stringify(policy);
}

// Within an account and a region the connection is accepted when it is made.
function readPeering({ id, properties }: Resource): VpcPeeringConnection {
  return {
    VpcPeeringConnectionId: id,
    RequesterVpcInfo: { VpcId: textOf(properties.VpcId) },
    AccepterVpcInfo: { VpcId: textOf(properties.PeerVpcId), Region: textOf(properties.PeerRegion) },
    Status: { Code: 'active' },
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
  const vpcIds = recordsOf(properties.VPCs).map((one) => textOf(one.VPCId) ?? '');
  const name = knownText(properties.Name);
  if (vpcIds.length === 0 || name === undefined) return [];
  const records = ofType(resources, 'AWS::Route53::RecordSet').filter(
    (one) =>
      one.properties.HostedZoneId === id ||
      textOf(one.properties.HostedZoneName)?.replace(/\.$/, '') === name.replace(/\.$/, ''),
  );
  return [{ id, name, vpcIds, records: records.flatMap(readRecord) }];
}

function readRecord({ properties }: Resource): PrivateHostedZone['records'] {
  const type = textOf(properties.Type);
  const values = textsOf(properties.ResourceRecords).filter((value) => !isUnresolved(value));
  if (type !== 'A' && type !== 'AAAA' && type !== 'CNAME') return [];
  return [{ name: textOf(properties.Name) ?? '', type, values }];
}
