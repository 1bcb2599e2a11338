// reader: the attributes and blocks of a planned resource, by what they should be.
import type { Properties } from '../template/properties.js';
import { type PlanResource, recordOf, recordsOf } from './plan.js';
import type { Joined, References } from './references.js';

const VPCS = ['aws_vpc', 'aws_default_vpc'];
export const KINDS = {
  vpc: VPCS,
  subnet: ['aws_subnet', 'aws_default_subnet'],
  group: ['aws_security_group', 'aws_default_security_group', ...VPCS],
  table: ['aws_route_table', 'aws_default_route_table', ...VPCS],
  acl: ['aws_network_acl', 'aws_default_network_acl', ...VPCS],
  internetGateway: ['aws_internet_gateway', 'aws_egress_only_internet_gateway'],
  gateway: ['aws_internet_gateway', 'aws_vpn_gateway', 'aws_vpc_endpoint'],
  nat: ['aws_nat_gateway'],
  endpoint: ['aws_vpc_endpoint'],
  peering: ['aws_vpc_peering_connection', 'aws_vpc_peering_connection_accepter'],
  transit: ['aws_ec2_transit_gateway'],
  attachment: ['aws_ec2_transit_gateway_vpc_attachment'],
  transitTable: ['aws_ec2_transit_gateway_route_table'],
  prefixList: ['aws_ec2_managed_prefix_list', 'aws_prefix_list', 'aws_vpc_endpoint'],
  interface: ['aws_network_interface', 'aws_instance'],
  instance: ['aws_instance'],
  dhcp: ['aws_vpc_dhcp_options'],
  zone: ['aws_route53_zone'],
  launchTemplate: ['aws_launch_template'],
  launchConfiguration: ['aws_launch_configuration'],
  profile: ['aws_iam_instance_profile'],
  role: ['aws_iam_role'],
  policy: ['aws_iam_policy'],
  targetGroup: ['aws_lb_target_group', 'aws_alb_target_group'],
  loadBalancer: ['aws_lb', 'aws_alb', 'aws_elb'],
  listener: ['aws_lb_listener', 'aws_alb_listener'],
  autoScalingGroup: ['aws_autoscaling_group'],
} as const;
export type Kind = keyof typeof KINDS;

export interface Reader {
  readonly resource: PlanResource;
  /** The name that others know it by: its id where AWS gave it one, else its address. */
  readonly id: string;
  /** A known value; undefined when it is absent or known after apply only. */
  value(name: string): unknown;
  text(name: string): string | undefined;
  /** Whether it is written and not known. */
  isDoubtful(name: string): boolean;
  /** The id that it holds; a marker `unresolved:…` when it cannot be told; undefined when it is absent. */
  idOf(name: string, kind: Kind): string | undefined;
  idsOf(name: string, kind: Kind): readonly string[] | undefined;
  blocks(name: string): readonly Reader[];
}

interface Readers {
  of(resource: PlanResource): Reader;
  /** What could not be told, by address and attribute. */
  readonly unresolved: Set<string>;
}

/** `names`: what a resource is called that AWS has given an id. */
export function createReaders(references: References, names: 'id' | 'address'): Readers {
  const unresolved = new Set<string>();
  const aliases = aliasesOf(references.all, names);
  const named = namesOf(references.all);
  const canonical = (id: string) => aliases.get(id) ?? id;
  /** Some things are referred to by their names, which are known before their ids are. */
  const meant = (id: string, kind: Kind) => {
    const found = KINDS[kind].map((type) => named.get(`${type} ${id}`)).find((one) => one !== undefined);
    return found === undefined ? canonical(id) : idOfResource(found);
  };

  function giveUp(resource: PlanResource, name: string): string {
    const what = `${resource.address}.${name}`;
    unresolved.add(what);
    return `unresolved:${what}`;
  }

  /** What a reference means: the resource itself, or something of it. */
  function idOfJoined(joined: Joined): string | undefined {
    if (joined.kind === 'unknown') return undefined;
    if (joined.kind === 'value') return typeof joined.value === 'string' ? canonical(joined.value) : undefined;
    const { resource, attribute } = joined;
    const own = idOfResource(resource);
    switch (attribute) {
      case 'default_security_group_id':
        return `${own}.DefaultSecurityGroup`;
      case 'default_network_acl_id':
        return `${own}.DefaultNetworkAcl`;
      case 'default_route_table_id':
      case 'main_route_table_id':
        return `${own}.MainRouteTable`;
      case 'vpc_id':
        return of(resource).idOf('vpc_id', 'vpc');
      case 'subnet_id':
        return of(resource).idOf('subnet_id', 'subnet');
      case 'route_table_id':
        return of(resource).idOf('route_table_id', 'table');
      case 'security_group_id':
        return of(resource).idOf('security_group_id', 'group');
      case 'prefix_list_id':
        return resource.type === 'aws_vpc_endpoint' ? `pl-of-${String(resource.values.service_name)}` : own;
      default:
        return own;
    }
  }

  function idOfResource(resource: PlanResource): string {
    const parent = {
      aws_default_security_group: 'vpc_id',
      aws_default_network_acl: 'default_network_acl_id',
      aws_default_route_table: 'default_route_table_id',
    }[resource.type];
    if (parent !== undefined) {
      const found = of(resource).idOf(
        parent,
        parent === 'vpc_id' ? 'vpc' : parent === 'default_network_acl_id' ? 'acl' : 'table',
      );
      if (found !== undefined) return parent === 'vpc_id' ? `${found}.DefaultSecurityGroup` : found;
    }
    const id = resource.values.id;
    if (typeof id === 'string' && (names === 'id' || resource.isData)) return canonical(id);
    // The accepter's side of a connection has the connection's id.
    const accepted =
      resource.type === 'aws_vpc_peering_connection_accepter'
        ? of(resource).idOf('vpc_peering_connection_id', 'peering')
        : undefined;
    return accepted ?? resource.address;
  }

  function makeReader(
    resource: PlanResource,
    id: () => string,
    values: Properties,
    unknown: unknown,
    expressions: unknown,
    path: string,
  ): Reader {
    const unknownOf = (name: string) => (unknown === true ? true : recordOf(unknown)[name]);
    const expressionOf = (name: string) => {
      const own = recordOf(expressions);
      // A block that is written as an attribute has one expression for all of it.
      return 'references' in own ? own : own[name];
    };
    const isDoubtful = (name: string) => hasTrue(unknownOf(name)) && expressionOf(name) !== undefined;
    const at = (name: string) => `${path}${name}`;
    return {
      resource,
      get id() {
        return id();
      },
      value: (name) => (hasTrue(unknownOf(name)) || values[name] === null ? undefined : values[name]),
      text(name) {
        const value = values[name];
        return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
      },
      isDoubtful,
      idOf(name, kind) {
        const value = values[name];
        if (typeof value === 'string' && value !== '') return meant(value, kind);
        if (!isDoubtful(name)) return undefined;
        return (
          idOfJoined(references.one(resource, name, expressionOf(name), KINDS[kind])) ?? giveUp(resource, at(name))
        );
      },
      idsOf(name, kind) {
        const value = values[name];
        const known = Array.isArray(value)
          ? value.filter((one) => typeof one === 'string' && one !== '').map((one) => meant(String(one), kind))
          : [];
        if (!hasTrue(unknownOf(name))) return Array.isArray(value) ? known : undefined;
        if (expressionOf(name) === undefined) return undefined;
        const joined = references.many(resource, expressionOf(name), KINDS[kind]);
        const ids = joined?.map(idOfJoined);
        if (ids === undefined || ids.some((one) => one === undefined)) return [...known, giveUp(resource, at(name))];
        return [...new Set([...known, ...(ids as string[])])];
      },
      blocks(name) {
        const list = recordsOf(
          Array.isArray(values[name]) ? values[name] : values[name] === undefined ? [] : [values[name]],
        );
        const unknowns = unknownOf(name);
        const written = expressionOf(name);
        const configured = Array.isArray(written) ? recordsOf(written) : undefined;
        if (list.length === 0 && unknowns === true && written !== undefined) {
          // Nothing of them is known: each block as it is written.
          if (configured !== undefined)
            return configured.map((one) =>
              makeReader(resource, id, constantsOf(one), unknownsOf(one), one, `${at(name)}.`),
            );
          giveUp(resource, at(name));
          return [];
        }
        const taken = new Set<Properties>();
        return list.map((one, index) => {
          const expression = configured === undefined ? written : blockFor(one, configured, taken);
          return makeReader(
            resource,
            id,
            one,
            Array.isArray(unknowns) ? unknowns[index] : unknowns,
            expression,
            `${at(name)}.`,
          );
        });
      },
    };
  }

  function of(resource: PlanResource): Reader {
    return makeReader(
      resource,
      () => idOfResource(resource),
      resource.values,
      resource.unknown,
      resource.configuration.expressions,
      '',
    );
  }

  return { of, unresolved };
}

/** A set has no order: the block that says what the element does. */
function blockFor(element: Properties, blocks: readonly Properties[], taken: Set<Properties>): Properties | undefined {
  const fits = (block: Properties) =>
    Object.entries(constantsOf(block)).every(
      ([name, value]) =>
        JSON.stringify(element[name]) === JSON.stringify(value) ||
        element[name] === undefined ||
        String(element[name]) === String(value),
    );
  const found = blocks.find((block) => !taken.has(block) && fits(block));
  if (found !== undefined) taken.add(found);
  return found ?? (blocks.length === 1 ? blocks[0] : undefined);
}

function constantsOf(block: Properties): Properties {
  const entries = Object.entries(block).flatMap(([name, expression]) => {
    const record = recordOf(expression);
    return 'constant_value' in record ? [[name, record.constant_value] as const] : [];
  });
  return Object.fromEntries(entries);
}

function unknownsOf(block: Properties): Properties {
  return Object.fromEntries(
    Object.entries(block).flatMap(([name, expression]) =>
      'constant_value' in recordOf(expression) ? [] : [[name, true] as const],
    ),
  );
}

function hasTrue(unknown: unknown): boolean {
  if (unknown === true) return true;
  if (typeof unknown !== 'object' || unknown === null) return false;
  return Object.values(unknown).some(hasTrue);
}

function namesOf(resources: readonly PlanResource[]): ReadonlyMap<string, PlanResource> {
  const byName = ['aws_iam_role', 'aws_iam_instance_profile', 'aws_launch_configuration', 'aws_autoscaling_group'];
  return new Map(
    resources
      .filter(({ type, isData, values }) => byName.includes(type) && !isData && typeof values.name === 'string')
      .map((one) => [`${one.type} ${String(one.values.name)}`, one]),
  );
}

/** Ids that AWS gave to what comes with a VPC, by the names that the network gives them; ARNs by their ids. */
function aliasesOf(resources: readonly PlanResource[], names: 'id' | 'address'): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const add = (alias: unknown, id: string) => {
    if (typeof alias === 'string' && alias !== '') found.set(alias, id);
  };
  for (const { type, values, address, isData } of resources) {
    if (typeof values.id !== 'string') continue;
    const own = names === 'address' && !isData ? address : values.id;
    if (own !== values.id) add(values.id, own);
    add(values.arn, own);
    if (!VPCS.includes(type)) continue;
    add(values.default_security_group_id, `${own}.DefaultSecurityGroup`);
    add(values.default_network_acl_id, `${own}.DefaultNetworkAcl`);
    add(values.default_route_table_id, `${own}.MainRouteTable`);
    add(values.main_route_table_id, `${own}.MainRouteTable`);
  }
  return found;
}
