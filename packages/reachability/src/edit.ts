// edit: what an edit makes of a snapshot.
//
//   E1. Nothing that is given is changed; lists that an edit does not touch stay the same object.
//   E2. Applying an edit twice is applying it once.
import type {
  IpPermission,
  NetworkAclEntry,
  NetworkInterface,
  Route,
  SecurityGroup,
  VpcEndpoint,
} from '@aws-sdk/client-ec2';
import type { Edit } from './question.js';
import type { NetworkSnapshot } from './snapshot.js';

/** The snapshot after the edit. A `manual` edit, or one whose resource is not there, changes nothing. */
export function applyEdit(snapshot: NetworkSnapshot, edit: Edit): NetworkSnapshot {
  switch (edit.kind) {
    case 'authorizeSecurityGroup':
      return {
        ...snapshot,
        securityGroups: changeItems(
          snapshot.securityGroups,
          (group) => group.GroupId === edit.groupId,
          (group) => withRule(group, edit),
        ),
      };
    case 'enablePrivateDns':
      return changeEndpoint(snapshot, edit.vpcEndpointId, (endpoint) => ({ ...endpoint, PrivateDnsEnabled: true }));
    case 'setVpcAttribute':
      return {
        ...snapshot,
        vpcAttributes: {
          ...snapshot.vpcAttributes,
          [edit.vpcId]: { ...snapshot.vpcAttributes?.[edit.vpcId], [edit.attribute]: edit.value },
        },
      };
    case 'createNetworkAclEntry':
      return {
        ...snapshot,
        networkAcls: changeItems(
          snapshot.networkAcls,
          (acl) => acl.NetworkAclId === edit.networkAclId,
          (acl) => ({ ...acl, Entries: withEntry(acl.Entries ?? [], edit) }),
        ),
      };
    case 'createRoute':
    case 'replaceRoute':
      return changeRoutes(snapshot, edit.routeTableId, (routes) => [
        ...routes.filter((route) => route.DestinationCidrBlock !== edit.destinationCidr),
        routeOf(edit),
      ]);
    case 'acceptVpcPeeringConnection':
      return acceptPeering(snapshot, edit.vpcPeeringConnectionId);
    case 'attachInternetGateway':
      return attachGateway(snapshot, edit);
    case 'deleteRoute':
      return changeRoutes(snapshot, edit.routeTableId, (routes) =>
        routes.filter(
          (route) => (route.DestinationCidrBlock ?? route.DestinationPrefixListId) !== edit.destinationCidr,
        ),
      );
    case 'createSecurityGroup':
      return addGroup(snapshot, edit);
    case 'createInterfaceEndpoint':
      return addEndpoint(snapshot, interfaceEndpoint(edit));
    case 'createGatewayEndpoint':
      return addGatewayRoutes(
        addEndpoint(snapshot, gatewayEndpoint(edit)),
        newEndpointId(edit.serviceName),
        edit.routeTableIds,
      );
    case 'addEndpointRouteTable':
      return addGatewayRoutes(snapshot, edit.vpcEndpointId, [edit.routeTableId]);
    case 'addEndpointSubnet':
      return changeEndpoint(snapshot, edit.vpcEndpointId, (endpoint) => ({
        ...endpoint,
        SubnetIds: [...new Set([...(endpoint.SubnetIds ?? []), edit.subnetId])],
      }));
    case 'putPrivateRecord':
      return putRecord(snapshot, edit);
    case 'associatePublicAddress':
      return givePublicAddress(snapshot, edit.networkInterfaceId);
    case 'allowInEndpointPolicy':
      return changeEndpoint(snapshot, edit.vpcEndpointId, (endpoint) => ({
        ...endpoint,
        PolicyDocument: withStatement(endpoint.PolicyDocument, edit.statement),
      }));
    case 'manual':
      return snapshot;
  }
}

/** All of them, in order. */
export function applyEdits(snapshot: NetworkSnapshot, edits: readonly Edit[]): NetworkSnapshot {
  return edits.reduce(applyEdit, snapshot);
}

type OfKind<K extends Edit['kind']> = Extract<Edit, { readonly kind: K }>;

/** The list with those items changed; a list that was not looked at stays so. */
function changeItems<T>(
  list: readonly T[] | undefined,
  isIt: (item: T) => boolean,
  change: (item: T) => T,
): readonly T[] | undefined {
  return list?.map((item) => (isIt(item) ? change(item) : item));
}

function withRule(group: SecurityGroup, edit: OfKind<'authorizeSecurityGroup'>): SecurityGroup {
  const rule: IpPermission = {
    IpProtocol: edit.protocol,
    FromPort: edit.fromPort,
    ToPort: edit.toPort,
    ...('groupId' in edit.peer && { UserIdGroupPairs: [{ GroupId: edit.peer.groupId }] }),
    ...('cidr' in edit.peer && { IpRanges: [{ CidrIp: edit.peer.cidr }] }),
    ...('prefixListId' in edit.peer && { PrefixListIds: [{ PrefixListId: edit.peer.prefixListId }] }),
  };
  const key = edit.direction === 'ingress' ? 'IpPermissions' : 'IpPermissionsEgress';
  const rules = group[key] ?? [];
  const text = JSON.stringify(rule);
  if (rules.some((one) => JSON.stringify(one) === text)) return group;
  return { ...group, [key]: [...rules, rule] };
}

function withEntry(entries: readonly NetworkAclEntry[], edit: OfKind<'createNetworkAclEntry'>): NetworkAclEntry[] {
  const others = entries.filter(
    (entry) => entry.RuleNumber !== edit.ruleNumber || (entry.Egress ?? false) !== edit.egress,
  );
  const entry: NetworkAclEntry = {
    RuleNumber: edit.ruleNumber,
    Egress: edit.egress,
    RuleAction: 'allow',
    Protocol: edit.protocol,
    CidrBlock: edit.cidr,
    PortRange: { From: edit.fromPort, To: edit.toPort },
  };
  return [...others, entry];
}

function routeOf(edit: OfKind<'createRoute' | 'replaceRoute'>): Route {
  const { target } = edit;
  return {
    DestinationCidrBlock: edit.destinationCidr,
    State: 'active',
    Origin: 'CreateRoute',
    ...('gatewayId' in target && { GatewayId: target.gatewayId }),
    ...('natGatewayId' in target && { NatGatewayId: target.natGatewayId }),
    ...('vpcPeeringConnectionId' in target && { VpcPeeringConnectionId: target.vpcPeeringConnectionId }),
    ...('transitGatewayId' in target && { TransitGatewayId: target.transitGatewayId }),
  };
}

/** A route leads into a blackhole only as long as its target is not there. */
function reviveRoutes(snapshot: NetworkSnapshot, isIt: (route: Route) => boolean): NetworkSnapshot {
  const hasDead = (routes: readonly Route[] = []) => routes.some((one) => isIt(one) && one.State === 'blackhole');
  return {
    ...snapshot,
    routeTables: changeItems(
      snapshot.routeTables,
      (table) => hasDead(table.Routes),
      (table) => ({
        ...table,
        Routes: table.Routes?.map((route) => (isIt(route) ? { ...route, State: 'active' } : route)),
      }),
    ),
  };
}

function acceptPeering(snapshot: NetworkSnapshot, id: string): NetworkSnapshot {
  const accepted = {
    ...snapshot,
    vpcPeeringConnections: changeItems(
      snapshot.vpcPeeringConnections,
      (one) => one.VpcPeeringConnectionId === id,
      (one) => ({ ...one, Status: { Code: 'active' as const } }),
    ),
  };
  return reviveRoutes(accepted, (route) => route.VpcPeeringConnectionId === id);
}

function attachGateway(snapshot: NetworkSnapshot, edit: OfKind<'attachInternetGateway'>): NetworkSnapshot {
  const attached = {
    ...snapshot,
    internetGateways: changeItems(
      snapshot.internetGateways,
      (one) => one.InternetGatewayId === edit.internetGatewayId,
      (one) => ({ ...one, Attachments: [{ VpcId: edit.vpcId, State: 'available' as never }] }),
    ),
  };
  return reviveRoutes(attached, (route) => route.GatewayId === edit.internetGatewayId);
}

function changeRoutes(
  snapshot: NetworkSnapshot,
  tableId: string,
  change: (routes: readonly Route[]) => Route[],
): NetworkSnapshot {
  return {
    ...snapshot,
    routeTables: changeItems(
      snapshot.routeTables,
      (table) => table.RouteTableId === tableId,
      (table) => ({ ...table, Routes: change(table.Routes ?? []) }),
    ),
  };
}

function changeEndpoint(
  snapshot: NetworkSnapshot,
  id: string,
  change: (endpoint: VpcEndpoint) => VpcEndpoint,
): NetworkSnapshot {
  return {
    ...snapshot,
    vpcEndpoints: changeItems(snapshot.vpcEndpoints, (endpoint) => endpoint.VpcEndpointId === id, change),
  };
}

/** What a group that an edit creates is called until AWS names it. */
export function newGroupId(vpcId: string, groupName: string): string {
  return `sg-new-${groupName}-in-${vpcId}`;
}

/** The group that such a name means; undefined for a group that is there. */
export function readNewGroupId(id: string): { readonly groupName: string; readonly vpcId: string } | undefined {
  const [, groupName, vpcId] = /^sg-new-(.+)-in-(.+?)$/.exec(id) ?? [];
  return groupName === undefined || vpcId === undefined ? undefined : { groupName, vpcId };
}

function addGroup(snapshot: NetworkSnapshot, edit: OfKind<'createSecurityGroup'>): NetworkSnapshot {
  const GroupId = newGroupId(edit.vpcId, edit.groupName);
  if (snapshot.securityGroups === undefined) return snapshot;
  if (snapshot.securityGroups.some((group) => group.GroupId === GroupId)) return snapshot;
  const made: SecurityGroup = {
    GroupId,
    GroupName: edit.groupName,
    VpcId: edit.vpcId,
    IpPermissions: [],
    IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
  };
  return { ...snapshot, securityGroups: [...snapshot.securityGroups, made] };
}

/** What an endpoint that an edit creates is called until AWS names it. */
function newEndpointId(serviceName: string): string {
  return `vpce-new-${serviceName.split('.').at(-1)}`;
}

function interfaceEndpoint(edit: OfKind<'createInterfaceEndpoint'>): VpcEndpoint {
  return {
    VpcEndpointId: newEndpointId(edit.serviceName),
    VpcEndpointType: 'Interface',
    VpcId: edit.vpcId,
    ServiceName: edit.serviceName,
    State: 'available' as VpcEndpoint['State'],
    SubnetIds: [...edit.subnetIds],
    Groups: edit.securityGroupIds.map((GroupId) => ({ GroupId })),
    PrivateDnsEnabled: edit.privateDnsEnabled,
  };
}

function gatewayEndpoint(edit: OfKind<'createGatewayEndpoint'>): VpcEndpoint {
  return {
    VpcEndpointId: newEndpointId(edit.serviceName),
    VpcEndpointType: 'Gateway',
    VpcId: edit.vpcId,
    ServiceName: edit.serviceName,
    State: 'available' as VpcEndpoint['State'],
    RouteTableIds: [],
  };
}

function addEndpoint(snapshot: NetworkSnapshot, endpoint: VpcEndpoint): NetworkSnapshot {
  const others = (snapshot.vpcEndpoints ?? []).filter((one) => one.VpcEndpointId !== endpoint.VpcEndpointId);
  return { ...snapshot, vpcEndpoints: [...others, endpoint] };
}

/** The prefix list of a service; a made-up id while the snapshot has none. */
function servicePrefixListId(snapshot: NetworkSnapshot, serviceName: string): string {
  const listed = snapshot.prefixLists?.find(({ list }) => list.PrefixListName === serviceName)?.list.PrefixListId;
  return listed ?? routedListId(snapshot, serviceName) ?? `pl-of-${serviceName}`;
}

function routedListId(snapshot: NetworkSnapshot, serviceName: string): string | undefined {
  const ids = new Set(
    (snapshot.vpcEndpoints ?? []).filter((one) => one.ServiceName === serviceName).map((one) => one.VpcEndpointId),
  );
  return snapshot.routeTables
    ?.flatMap((table) => table.Routes ?? [])
    .find((route) => route.DestinationPrefixListId !== undefined && ids.has(route.GatewayId))?.DestinationPrefixListId;
}

function addGatewayRoutes(snapshot: NetworkSnapshot, id: string, tableIds: readonly string[]): NetworkSnapshot {
  const serviceName = snapshot.vpcEndpoints?.find((one) => one.VpcEndpointId === id)?.ServiceName;
  if (serviceName === undefined) return snapshot;
  const listId = servicePrefixListId(snapshot, serviceName);
  const route: Route = { DestinationPrefixListId: listId, GatewayId: id, State: 'active', Origin: 'CreateRoute' };
  const routed = tableIds.reduce(
    (next, tableId) =>
      changeRoutes(next, tableId, (routes) => [
        ...routes.filter((one) => one.DestinationPrefixListId !== listId),
        route,
      ]),
    snapshot,
  );
  return changeEndpoint(routed, id, (endpoint) => ({
    ...endpoint,
    RouteTableIds: [...new Set([...(endpoint.RouteTableIds ?? []), ...tableIds])],
  }));
}

function putRecord(snapshot: NetworkSnapshot, edit: OfKind<'putPrivateRecord'>): NetworkSnapshot {
  const values = [...edit.addresses];
  return {
    ...snapshot,
    privateHostedZones: changeItems(
      snapshot.privateHostedZones,
      (zone) => zone.id === edit.hostedZoneId,
      (zone) => ({
        ...zone,
        records: [
          ...(zone.records ?? []).filter((record) => record.name.toLowerCase().replace(/\.$/, '') !== edit.name),
          { name: edit.name, type: 'A' as const, values },
        ],
      }),
    ),
  };
}

// 203.0.113.0/24 is for documentation (RFC 5737): the real address comes when AWS gives it, and is nobody else's.
const HOSTS_TO_COME = Array.from({ length: 254 }, (_, index) => `203.0.113.${index + 1}`);

function addressToCome({ networkInterfaces }: NetworkSnapshot): string {
  const taken = new Set(networkInterfaces?.map(({ Association }) => Association?.PublicIp));
  return HOSTS_TO_COME.find((address) => !taken.has(address)) ?? '203.0.113.1';
}

function givePublicAddress(snapshot: NetworkSnapshot, id: string | undefined): NetworkSnapshot {
  if (id === undefined) return snapshot;
  const isIt = (item: NetworkInterface) => item.NetworkInterfaceId === id;
  const PublicIp = addressToCome(snapshot);
  const Association = { PublicIp };
  return {
    ...snapshot,
    networkInterfaces: changeItems(snapshot.networkInterfaces, isIt, (item) => ({ ...item, Association })),
    instances: changeItems(
      snapshot.instances,
      (item) =>
        `${item.InstanceId}/eth0` === id || (item.NetworkInterfaces ?? []).some((one) => one.NetworkInterfaceId === id),
      (item) => ({
        ...item,
        PublicIpAddress: PublicIp,
        NetworkInterfaces: item.NetworkInterfaces?.map((one) =>
          one.NetworkInterfaceId === id ? { ...one, Association } : one,
        ),
      }),
    ),
  };
}

function withStatement(document: string | undefined, statement: string): string {
  const added: unknown = JSON.parse(statement);
  const policy: unknown =
    document === undefined || document === '' ? { Version: '2012-10-17', Statement: [] } : JSON.parse(document);
  const whole = typeof policy === 'object' && policy !== null ? policy : {};
  const current: unknown = 'Statement' in whole ? whole.Statement : [];
  const statements: readonly unknown[] = Array.isArray(current) ? current : [current];
  if (statements.some((one) => JSON.stringify(one) === JSON.stringify(added))) return document ?? '';
  return JSON.stringify({ ...whole, Statement: [...statements, added] });
}
