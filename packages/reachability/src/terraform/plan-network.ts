// plan-network: the network that a plan of Terraform or OpenTofu would make, before it is applied.
//
//   P1. What cannot be told before it is applied is unknown, and named in `unresolved`; it is never left out.
import { isRecord } from '../template/intrinsics.js';
import { type Resource, textOf, textsOf } from '../template/properties.js';
import { readNetwork, type TemplateNetwork, type TemplateResourceFacts } from '../template/template-network.js';
import { type PlanResource, readPlan, type TerraformPlan } from './plan.js';
import { createReaders } from './reader.js';
import { createReferences } from './references.js';
import { CONVERTERS } from './to-resources.js';

export interface PlanOptions {
  /** In place of the provider's. Default: what the plan says, else what its zones say. */
  readonly region?: string | undefined;
  /** `address`: a resource goes by its address also where AWS gave it an id, so that what is replaced is the same before and after. */
  readonly names?: 'id' | 'address';
  /** Where none of those says it. */
  readonly defaultRegion?: string | undefined;
}

/**
 * Reads the JSON of `terraform show -json PLANFILE`, parsed. Ids are those that AWS gave; of what is not made yet, addresses
 * (`module.network.aws_subnet.private["a"]`). Throws TypeError for what is no plan.
 */
export function snapshotFromPlan(json: unknown, options: PlanOptions = {}): TemplateNetwork {
  const { resources, unresolved, region } = readResources(json, options);
  const { snapshot, launches } = readNetwork(resources, region);
  return { snapshot, launches, unresolved };
}

/** The network as it was when the plan was made: its prior state. Undefined for a state, which has none. Throws as snapshotFromPlan. */
export function snapshotBeforePlan(json: unknown, options: PlanOptions = {}): TemplateNetwork | undefined {
  if (!isRecord(json) || !('planned_values' in json)) return undefined;
  const { planned_values: _planned, resource_changes: _changes, prior_state: prior, ...rest } = json;
  const values = isRecord(prior) && isRecord(prior.values) ? prior.values : { root_module: {} };
  return snapshotFromPlan({ ...rest, values }, options);
}

/** Every resource that has a part in a network, with its properties as a template would have them. Throws as snapshotFromPlan. */
export function resourcesFromPlan(json: unknown, options: PlanOptions = {}): readonly TemplateResourceFacts[] {
  return readResources(json, options).resources;
}

/** Whether it is what `terraform show -json` writes, rather than a template. */
export function isPlan(json: unknown): boolean {
  return isRecord(json) && typeof json.format_version === 'string' && ('planned_values' in json || 'values' in json);
}

interface PlanResources {
  readonly resources: readonly Resource[];
  readonly unresolved: readonly string[];
  readonly region: string;
}

function readResources(json: unknown, options: PlanOptions): PlanResources {
  const plan = readPlan(json);
  const readers = createReaders(createReferences(plan), options.names ?? 'id');
  const converted = plan.resources.flatMap((one) => {
    if (one.isData && !READABLE_DATA.has(one.type)) return [];
    const made = CONVERTERS[one.type]?.(readers.of(one)) ?? [];
    return one.isData ? made.map(asPartial) : made;
  });
  const resources = foldAssociations(withDataRoutes(plan, converted));
  return {
    resources,
    unresolved: [...readers.unresolved, ...mixedRules(plan)].sort(),
    region: options.region ?? plan.region ?? regionOfZones(plan.resources) ?? options.defaultRegion ?? 'us-west-2',
  };
}

/** Data sources that tell all of what they name, but for a VPC, of which much may be elsewhere. */
const READABLE_DATA: ReadonlySet<string> = new Set([
  'aws_vpc',
  'aws_subnet',
  'aws_internet_gateway',
  'aws_nat_gateway',
  'aws_route_table',
  'aws_vpc_endpoint',
  'aws_prefix_list',
  'aws_ec2_managed_prefix_list',
  'aws_instance',
  'aws_launch_template',
]);

function asPartial(resource: Resource): Resource {
  if (resource.type !== 'AWS::EC2::VPC') return resource;
  return { ...resource, properties: { ...resource.properties, IsPartial: true } };
}

/** A data source calls a table's routes `routes`, and lists its associations. */
function withDataRoutes(plan: TerraformPlan, resources: readonly Resource[]): readonly Resource[] {
  const more = plan.resources
    .filter((one) => one.isData && one.type === 'aws_route_table')
    .flatMap(({ address, values }): readonly Resource[] => {
      const RouteTableId = textOf(values.id) ?? address;
      const routes = Array.isArray(values.routes) ? values.routes.filter(isRecord) : [];
      const associations = Array.isArray(values.associations) ? values.associations.filter(isRecord) : [];
      return [
        ...routes.map((route, index) => ({
          id: `${address}#${index}`,
          type: 'AWS::EC2::Route',
          properties: withoutEmpty({
            RouteTableId,
            DestinationCidrBlock: route.cidr_block,
            DestinationIpv6CidrBlock: route.ipv6_cidr_block,
            GatewayId: route.gateway_id,
            NatGatewayId: route.nat_gateway_id,
            VpcPeeringConnectionId: route.vpc_peering_connection_id,
            TransitGatewayId: route.transit_gateway_id,
            NetworkInterfaceId: route.network_interface_id,
            InstanceId: route.instance_id,
          }),
        })),
        ...associations.map((one, index) => ({
          id: `${address}#association${index}`,
          type: one.main === true ? 'AWS::EC2::MainRouteTableAssociation' : 'AWS::EC2::SubnetRouteTableAssociation',
          properties: withoutEmpty({ RouteTableId, SubnetId: one.subnet_id, VpcId: values.vpc_id }),
        })),
      ];
    });
  return [...resources, ...more];
}

function withoutEmpty(properties: Readonly<Record<string, unknown>>): Resource['properties'] {
  return Object.fromEntries(
    Object.entries(properties).filter(([, value]) => value !== undefined && value !== null && value !== ''),
  );
}

/** What stands alone in a plan, and is a part of another resource in a template. */
function foldAssociations(resources: readonly Resource[]): readonly Resource[] {
  const of = (type: string) => resources.filter((one) => one.type === type);
  return resources
    .filter((one) => one.type.startsWith('AWS::') || one.type === 'HostedZone::Association')
    .map((one): Resource => {
      switch (one.type) {
        case 'AWS::EC2::VPCEndpoint':
          return { ...one, properties: { ...one.properties, ...partsOfEndpoint(one, of) } };
        case 'AWS::EC2::VPCPeeringConnection': {
          const isAccepted = of('Peering::Accepter').some(
            ({ properties }) => properties.VpcPeeringConnectionId === one.id && properties.AutoAccept === true,
          );
          return isAccepted ? { ...one, properties: { ...one.properties, Status: 'active' } } : one;
        }
        case 'AWS::IAM::ManagedPolicy': {
          const roles = of('Role::Attachment').filter(({ properties }) => properties.PolicyArn === one.id);
          return {
            ...one,
            properties: { ...one.properties, Roles: roles.map(({ properties }) => properties.RoleName) },
          };
        }
        case 'AWS::IAM::Role': {
          const arns = of('Role::Attachment').filter(({ properties }) => properties.RoleName === one.id);
          const all = [
            ...textsOf(one.properties.ManagedPolicyArns),
            ...arns.map(({ properties }) => String(properties.PolicyArn)),
          ];
          return { ...one, properties: { ...one.properties, ManagedPolicyArns: all } };
        }
        default:
          return one;
      }
    });
}

function partsOfEndpoint(
  { id, properties }: Resource,
  of: (type: string) => readonly Resource[],
): Resource['properties'] {
  const added = (type: string, name: string) =>
    of(type)
      .filter((one) => one.properties.VpcEndpointId === id)
      .map((one) => textOf(one.properties[name]) ?? '');
  const policy = of('Endpoint::Policy').find((one) => one.properties.VpcEndpointId === id)?.properties.PolicyDocument;
  const groups = of('Endpoint::SecurityGroup').filter((one) => one.properties.VpcEndpointId === id);
  const own = textsOf(properties.SecurityGroupIds);
  // An endpoint without a group has the VPC's default one, and an association adds to it unless it replaces it.
  const isDefaultKept =
    own.length === 0 && groups.length > 0 && !groups.some((one) => one.properties.ReplacesDefault === true);
  return {
    SubnetIds: [...textsOf(properties.SubnetIds), ...added('Endpoint::Subnet', 'SubnetId')],
    RouteTableIds: [...textsOf(properties.RouteTableIds), ...added('Endpoint::RouteTable', 'RouteTableId')],
    SecurityGroupIds: [
      ...own,
      ...(isDefaultKept ? [`${String(properties.VpcId)}.DefaultSecurityGroup`] : []),
      ...groups.map((one) => textOf(one.properties.SecurityGroupId) ?? ''),
    ],
    ...(policy !== undefined && { PolicyDocument: policy }),
  };
}

/** Rules inside a group and rules that stand alone overwrite each other at every apply: which are there is not known. */
function mixedRules({ resources }: TerraformPlan): readonly string[] {
  const alone = resources.filter((one) => /^aws_(vpc_)?security_group_(ingress_|egress_)?rule$/.test(one.type));
  return resources
    .filter(({ type, configuration }) => {
      const expressions = isRecord(configuration.expressions) ? configuration.expressions : {};
      return type === 'aws_security_group' && ('ingress' in expressions || 'egress' in expressions);
    })
    .filter((group) => alone.some((rule) => refersTo(rule, group)))
    .map(({ address }) => `${address} has rules of its own and rules that stand alone, which overwrite each other`);
}

function refersTo(rule: PlanResource, group: PlanResource): boolean {
  if (typeof group.values.id === 'string') return rule.values.security_group_id === group.values.id;
  const expressions = isRecord(rule.configuration.expressions) ? rule.configuration.expressions : {};
  const { references } = isRecord(expressions.security_group_id) ? expressions.security_group_id : {};
  const name = `${group.type}.${group.name}`;
  return rule.module.address === group.module.address && Array.isArray(references) && references.includes(name);
}

function regionOfZones(resources: readonly PlanResource[]): string | undefined {
  for (const { values } of resources) {
    const zone = textOf(values.availability_zone);
    const [, region] = /^([a-z]{2}(?:-[a-z]+)+-\d)[a-z]$/.exec(zone ?? '') ?? [];
    if (region !== undefined) return region;
    const [, ofService] = /^(?:cn\.)?com\.amazonaws\.([a-z0-9-]+)\./.exec(textOf(values.service_name) ?? '') ?? [];
    if (ofService !== undefined) return ofService;
  }
  return undefined;
}
