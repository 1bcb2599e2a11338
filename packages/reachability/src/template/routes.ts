// Route tables, gateways and network ACLs of a template.
import type {
  InternetGateway,
  NatGateway,
  NetworkAcl,
  NetworkAclEntry,
  Route,
  RouteTable,
  VpcEndpoint,
} from '@aws-sdk/client-ec2';
import { isUnresolved } from './intrinsics.js';
import {
  flagOf,
  knownText,
  numberOf,
  type Properties,
  type Resource,
  recordOf,
  textOf,
  textsOf,
} from './properties.js';

const ofType = (resources: readonly Resource[], type: string) => resources.filter((one) => one.type === type);

/** The prefix list of a gateway endpoint's service: AWS knows its real id. */
export function prefixListIdOf(serviceName: string): string {
  return `pl-of-${serviceName}`;
}

export function readRouteTables(
  resources: readonly Resource[],
  vpcIds: readonly string[],
  endpoints: readonly VpcEndpoint[],
): readonly RouteTable[] {
  const mains = mainTables(resources);
  const own = ofType(resources, 'AWS::EC2::RouteTable').map(
    (one): RouteTable => ({
      RouteTableId: one.id,
      VpcId: textOf(one.properties.VpcId),
      Routes: [...routesOf(resources, one.id), ...endpointRoutes(endpoints, one.id)],
      Associations: [...(associationsOf(resources, one.id) ?? []), ...(mains.has(one.id) ? [{ Main: true }] : [])],
    }),
  );
  const replaced = new Set(own.filter((table) => mains.has(table.RouteTableId ?? '')).map((table) => table.VpcId));
  const main = vpcIds
    .filter((vpcId) => !replaced.has(vpcId))
    .map(
      (vpcId): RouteTable => ({
        RouteTableId: `${vpcId}.MainRouteTable`,
        VpcId: vpcId,
        Routes: [],
        Associations: [{ Main: true }],
      }),
    );
  return [...own, ...main, ...tablesElsewhere(resources, new Set(own.map((table) => table.RouteTableId)))];
}

/** The tables that subnets without one of their own follow, where somebody says so: the VPC's own one, taken over, or another. */
function mainTables(resources: readonly Resource[]): ReadonlySet<string> {
  const chosen = ofType(resources, 'AWS::EC2::MainRouteTableAssociation');
  const vpcIds = new Set(chosen.map((one) => one.properties.VpcId));
  const taken = ofType(resources, 'AWS::EC2::RouteTable').filter(
    (one) => one.id.endsWith('.MainRouteTable') && !vpcIds.has(one.properties.VpcId),
  );
  return new Set([...chosen.map((one) => textOf(one.properties.RouteTableId) ?? ''), ...taken.map((one) => one.id)]);
}

function associationsOf(resources: readonly Resource[], tableId: string): RouteTable['Associations'] {
  return ofType(resources, 'AWS::EC2::SubnetRouteTableAssociation')
    .filter((one) => one.properties.RouteTableId === tableId)
    .map((one) => ({ RouteTableId: tableId, SubnetId: textOf(one.properties.SubnetId), Main: false }));
}

// A subnet tied to a table that is not in the template: every route of it is unknown, and the main table is not its own.
function tablesElsewhere(
  resources: readonly Resource[],
  known: ReadonlySet<string | undefined>,
): readonly RouteTable[] {
  return ofType(resources, 'AWS::EC2::SubnetRouteTableAssociation')
    .filter((one) => !known.has(textOf(one.properties.RouteTableId)))
    .map((one): RouteTable => {
      const id = textOf(one.properties.RouteTableId) ?? `unresolved:${one.id}`;
      return {
        RouteTableId: id,
        Routes: [{ DestinationPrefixListId: `unresolved:the routes of ${id}`, GatewayId: id }],
        Associations: [{ RouteTableId: id, SubnetId: textOf(one.properties.SubnetId), Main: false }],
      };
    });
}

function routesOf(resources: readonly Resource[], tableId: string): readonly Route[] {
  return ofType(resources, 'AWS::EC2::Route')
    .filter((one) => one.properties.RouteTableId === tableId && one.properties.DestinationIpv6CidrBlock === undefined)
    .map((one) => routeOf(one.properties));
}

const TARGETS = [
  'GatewayId',
  'NatGatewayId',
  'VpcPeeringConnectionId',
  'TransitGatewayId',
  'NetworkInterfaceId',
  'InstanceId',
  'CarrierGatewayId',
  'LocalGatewayId',
] as const;

function routeOf(properties: Properties): Route {
  const cidr = textOf(properties.DestinationCidrBlock);
  const isKnown = cidr !== undefined && !isUnresolved(cidr);
  const target = TARGETS.find((key) => properties[key] !== undefined);
  const endpoint = textOf(properties.VpcEndpointId);
  return {
    ...(isKnown
      ? { DestinationCidrBlock: cidr }
      : { DestinationPrefixListId: cidr ?? textOf(properties.DestinationPrefixListId) }),
    ...(target !== undefined && { [target]: textOf(properties[target]) }),
    // A route to an endpoint by its CIDR leads to a Gateway Load Balancer: what it does with packets is not in a template.
    ...(endpoint !== undefined && { NetworkInterfaceId: endpoint }),
    State: 'active',
    Origin: 'CreateRoute',
  };
}

function endpointRoutes(endpoints: readonly VpcEndpoint[], tableId: string): readonly Route[] {
  return endpoints
    .filter((endpoint) => endpoint.VpcEndpointType === 'Gateway' && (endpoint.RouteTableIds ?? []).includes(tableId))
    .map((endpoint) => ({
      DestinationPrefixListId: prefixListIdOf(endpoint.ServiceName ?? ''),
      GatewayId: endpoint.VpcEndpointId,
      State: 'active',
      Origin: 'CreateRoute',
    }));
}

export function readInternetGateways(resources: readonly Resource[]): readonly InternetGateway[] {
  const attachments = ofType(resources, 'AWS::EC2::VPCGatewayAttachment');
  return ofType(resources, 'AWS::EC2::InternetGateway').map((one) => ({
    InternetGatewayId: one.id,
    Attachments: attachments
      .filter((item) => item.properties.InternetGatewayId === one.id)
      .map((item) => ({ VpcId: textOf(item.properties.VpcId), State: 'attached' })),
  }));
}

export function readNatGateways(
  resources: readonly Resource[],
  vpcOfSubnet: (subnetId: string) => string | undefined,
): readonly NatGateway[] {
  return ofType(resources, 'AWS::EC2::NatGateway').map((one) => {
    const subnetId = textOf(one.properties.SubnetId) ?? '';
    return {
      NatGatewayId: one.id,
      SubnetId: subnetId,
      VpcId: vpcOfSubnet(subnetId),
      ConnectivityType: one.properties.ConnectivityType === 'private' ? 'private' : 'public',
      State: 'available',
      NatGatewayAddresses: [],
    };
  });
}

export function readNetworkAcls(resources: readonly Resource[], vpcIds: readonly string[]): readonly NetworkAcl[] {
  const own = ofType(resources, 'AWS::EC2::NetworkAcl').map(
    (one): NetworkAcl => ({
      NetworkAclId: one.id,
      VpcId: textOf(one.properties.VpcId),
      IsDefault: one.id.endsWith('.DefaultNetworkAcl'),
      Associations: aclAssociations(resources, one.id),
      Entries: ofType(resources, 'AWS::EC2::NetworkAclEntry')
        .filter((entry) => entry.properties.NetworkAclId === one.id || isUnresolved(entry.properties.NetworkAclId))
        .map((entry) => entryOf(entry.properties)),
    }),
  );
  const taken = new Set(own.filter((acl) => acl.IsDefault).map((acl) => acl.NetworkAclId));
  const defaults = vpcIds
    .filter((vpcId) => !taken.has(`${vpcId}.DefaultNetworkAcl`))
    .map(
      (vpcId): NetworkAcl => ({
        NetworkAclId: `${vpcId}.DefaultNetworkAcl`,
        VpcId: vpcId,
        IsDefault: true,
        Associations: [],
        Entries: [false, true].map((Egress) => ({
          RuleNumber: 100,
          Egress,
          Protocol: '-1',
          RuleAction: 'allow',
          CidrBlock: '0.0.0.0/0',
        })),
      }),
    );
  return [...own, ...defaults, ...aclsElsewhere(resources, new Set(own.map((acl) => acl.NetworkAclId)))];
}

function aclAssociations(resources: readonly Resource[], aclId: string): NetworkAcl['Associations'] {
  return ofType(resources, 'AWS::EC2::SubnetNetworkAclAssociation')
    .filter((one) => one.properties.NetworkAclId === aclId)
    .map((one) => ({ NetworkAclId: aclId, SubnetId: textOf(one.properties.SubnetId) }));
}

function aclsElsewhere(resources: readonly Resource[], known: ReadonlySet<string | undefined>): readonly NetworkAcl[] {
  return ofType(resources, 'AWS::EC2::SubnetNetworkAclAssociation')
    .filter(
      (one) =>
        !known.has(textOf(one.properties.NetworkAclId)) &&
        !String(one.properties.NetworkAclId).endsWith('.DefaultNetworkAcl'),
    )
    .map((one): NetworkAcl => {
      const id = textOf(one.properties.NetworkAclId) ?? `unresolved:${one.id}`;
      return {
        NetworkAclId: id,
        Associations: [{ NetworkAclId: id, SubnetId: textOf(one.properties.SubnetId) }],
        Entries: unknownEntries(),
      };
    });
}

/** An entry without a range: nobody can tell what such an ACL does. */
function unknownEntries(): NetworkAclEntry[] {
  return [false, true].map((Egress) => ({ RuleNumber: 1, Egress, Protocol: '-1', RuleAction: 'allow' }));
}

function entryOf(properties: Properties): NetworkAclEntry {
  const range = recordOf(properties.PortRange);
  const from = numberOf(range.From);
  const isDoubtful = [
    properties.RuleNumber,
    properties.Protocol,
    properties.RuleAction,
    properties.Egress,
    properties.NetworkAclId,
    range.From,
    range.To,
  ].some(isUnresolved);
  const cidr = isDoubtful ? undefined : knownText(properties.CidrBlock);
  return {
    RuleNumber: numberOf(properties.RuleNumber) ?? 1,
    Egress: flagOf(properties.Egress, false) ?? false,
    Protocol: knownText(properties.Protocol) ?? '-1',
    RuleAction: properties.RuleAction === 'allow' ? 'allow' : 'deny',
    ...(cidr !== undefined && { CidrBlock: cidr }),
    ...(textOf(properties.Ipv6CidrBlock) !== undefined && { Ipv6CidrBlock: textOf(properties.Ipv6CidrBlock) }),
    ...(from !== undefined && { PortRange: { From: from, To: numberOf(range.To) ?? from } }),
  };
}

export function subnetIdsOf(properties: Properties): readonly string[] {
  return textsOf(properties.SubnetIds ?? properties.Subnets ?? properties.VPCZoneIdentifier);
}
