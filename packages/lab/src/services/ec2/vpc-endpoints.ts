// vpc-endpoints: what interface and gateway endpoints put into a VPC.
//
//   1. An interface endpoint has one network interface in each of its subnets, and at most one subnet in each zone.
//   2. In a VPC one endpoint at most holds a private DNS name, and only while both DNS attributes were on when it took it.
//   3. A gateway endpoint is a route to the service's prefix list in each of its tables, and nothing else.
import type { DnsEntry, RouteTable, State, Subnet, VpcEndpoint } from '@aws-sdk/client-ec2';
import { AwsError } from '../../control-plane/aws-error.js';
import type { ControlPlaneContext, OperationContext } from '../../control-plane/types.js';
import { type EndpointService, privateDnsNamesOf, requireEndpointService } from './endpoint-services.js';
import { createInterface, deleteInterface, groupIdentifiers } from './network-interfaces.js';
import { networkChanged } from './network-revision.js';
import { awsPrefixListId } from './prefix-lists.js';
import { requireResource } from './resources.js';
import type { Ec2State } from './state.js';

/** What AWS answers with; the SDK's enum spells the same words with a capital. */
export const endpointState = (name: 'pending' | 'available' | 'deleting'): State => name as State;

export const openPolicy = JSON.stringify({
  Statement: [{ Action: '*', Effect: 'Allow', Principal: '*', Resource: '*' }],
});

export function serviceOf(endpoint: VpcEndpoint, region: string): EndpointService {
  return requireEndpointService(
    endpoint.ServiceName ?? '',
    endpoint.VpcEndpointType as 'Interface' | 'Gateway',
    region,
  );
}

/** Throws InvalidParameter with AWS's texts when the VPC's attributes or another endpoint stand in the way. */
export function checkPrivateDns(
  service: EndpointService,
  vpcId: string,
  endpointId: string | undefined,
  context: OperationContext,
): void {
  const { ec2, region } = context.state;
  const attributes = ec2.vpcAttributes.get(vpcId);
  if (attributes?.enableDnsSupport !== true || attributes.enableDnsHostnames !== true) {
    throw new AwsError(
      'InvalidParameter',
      `Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for ${vpcId}`,
    );
  }
  for (const other of ec2.vpcEndpoints.values()) {
    if (other.VpcEndpointId === endpointId || other.VpcId !== vpcId || other.PrivateDnsEnabled !== true) continue;
    if (serviceOf(other, region).name !== service.name) continue;
    const name = privateDnsNamesOf(service, region)[0];
    throw new AwsError(
      'InvalidParameter',
      `private-dns-enabled cannot be set because there is already a conflicting DNS domain for ${name} in the VPC ${vpcId}`,
    );
  }
}

/** Throws InvalidParameter for a policy that is not a JSON object. */
export function checkPolicyDocument(text: string | undefined): void {
  if (text === undefined) return;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  } catch {
    // Refused below.
  }
  throw new AwsError('InvalidPolicyDocument', 'The policy document is not valid JSON.');
}

/** Throws InvalidGroup.NotFound, and InvalidParameter for a group of another VPC. */
export function requireGroupsOfVpc(groupIds: readonly string[], vpcId: string, context: OperationContext): string[] {
  for (const id of groupIds) {
    if (requireResource('securityGroup', id, context).VpcId === vpcId) continue;
    throw new AwsError('InvalidParameter', `Security group ${id} and VPC ${vpcId} belong to different networks.`);
  }
  return [...new Set(groupIds)];
}

/** The subnets, checked: of this VPC, and one at most in each zone. `taken` are those that the endpoint has already. */
export function endpointSubnets(
  subnetIds: readonly string[],
  vpcId: string,
  taken: readonly string[],
  context: OperationContext,
): Subnet[] {
  const zones = new Set(taken.map((id) => context.state.ec2.subnets.get(id)?.AvailabilityZone));
  return [...new Set(subnetIds)].map((id) => {
    const subnet = requireResource('subnet', id, context);
    if (subnet.VpcId !== vpcId) throw new AwsError('InvalidParameter', `Subnet ${id} does not belong to VPC ${vpcId}.`);
    if (zones.has(subnet.AvailabilityZone)) {
      throw new AwsError(
        'DuplicateSubnetsInSameZone',
        `Found another VPC endpoint subnet in the availability zone of ${id}. VPC endpoint subnets should be in different availability zones supported by the VPC endpoint service.`,
      );
    }
    zones.add(subnet.AvailabilityZone);
    return subnet;
  });
}

export function addEndpointInterfaces(
  endpoint: VpcEndpoint,
  subnets: readonly Subnet[],
  context: OperationContext,
): void {
  for (const subnet of subnets) {
    const eni = createInterface(
      {
        subnet,
        groupIds: (endpoint.Groups ?? []).map((group) => group.GroupId ?? ''),
        description: `VPC Endpoint Interface ${endpoint.VpcEndpointId}`,
        interfaceType: 'vpc_endpoint',
        requesterId: 'amazon-vpce',
      },
      context,
    );
    eni.Status = 'in-use';
    eni.Attachment = {
      AttachmentId: context.ids.hex('ela-attach-', 17),
      DeleteOnTermination: false,
      DeviceIndex: 1,
      InstanceOwnerId: 'amazon-aws',
      Status: 'attached',
    };
    endpoint.NetworkInterfaceIds?.push(eni.NetworkInterfaceId!);
    endpoint.SubnetIds?.push(subnet.SubnetId!);
  }
}

export function removeEndpointSubnets(endpoint: VpcEndpoint, subnetIds: readonly string[], state: Ec2State): void {
  const leaving = (endpoint.NetworkInterfaceIds ?? []).filter((id) =>
    subnetIds.includes(state.networkInterfaces.get(id)?.SubnetId ?? ''),
  );
  for (const id of leaving) deleteInterface(id, state);
  endpoint.NetworkInterfaceIds = endpoint.NetworkInterfaceIds?.filter((id) => !leaving.includes(id));
  endpoint.SubnetIds = endpoint.SubnetIds?.filter((id) => !subnetIds.includes(id));
}

export function setEndpointGroups(endpoint: VpcEndpoint, groupIds: readonly string[], state: Ec2State): void {
  endpoint.Groups = groupIdentifiers(groupIds, state);
  for (const id of endpoint.NetworkInterfaceIds ?? []) {
    const eni = state.networkInterfaces.get(id);
    if (eni !== undefined) eni.Groups = groupIdentifiers(groupIds, state);
  }
}

/** The names of an interface endpoint: its own, one for each zone, and the service's when private DNS is on. */
export function showDnsEntries(endpoint: VpcEndpoint, context: ControlPlaneContext): void {
  const { ec2, region } = context.state;
  const service = serviceOf(endpoint, region);
  const hash = endpoint.DnsEntries?.[0]?.DnsName?.split('.')[0]?.split('-').at(-1) ?? context.ids.hex('', 8);
  const suffix = `${service.hosts[0]}.${region}.vpce.amazonaws.com`;
  const own = `${endpoint.VpcEndpointId}-${hash}`;
  const zones = (endpoint.SubnetIds ?? []).map((id) => ec2.subnets.get(id)?.AvailabilityZone ?? '');
  const entries: DnsEntry[] = [own, ...zones.map((zone) => `${own}-${zone}`)].map((label) => ({
    DnsName: `${label}.${suffix}`,
    HostedZoneId: 'Z1YSA3EXCYUU9Z',
  }));
  if (endpoint.PrivateDnsEnabled === true) {
    entries.push(...privateDnsNamesOf(service, region).map((DnsName) => ({ DnsName, HostedZoneId: 'ZONEIDPENDING' })));
  }
  endpoint.DnsEntries = entries;
}

/** Throws what AWS answers for a table of another VPC, or one that leads to the service already. */
export function endpointRouteTables(
  routeTableIds: readonly string[],
  endpoint: Pick<VpcEndpoint, 'VpcId' | 'ServiceName'>,
  context: OperationContext,
): RouteTable[] {
  const prefixListId = awsPrefixListId(endpoint.ServiceName ?? '', context);
  return [...new Set(routeTableIds)].map((id) => {
    const table = requireResource('routeTable', id, context);
    if (table.VpcId !== endpoint.VpcId) {
      throw new AwsError('InvalidParameter', `Route table ${id} does not belong to VPC ${endpoint.VpcId}`);
    }
    if (table.Routes?.some((route) => route.DestinationPrefixListId === prefixListId)) {
      throw new AwsError(
        'RouteAlreadyExists',
        `route table ${id} already has a route with destination-prefix-list-id ${prefixListId}`,
      );
    }
    return table;
  });
}

export function addGatewayRoutes(
  endpoint: VpcEndpoint,
  tables: readonly RouteTable[],
  context: OperationContext,
): void {
  const prefixListId = awsPrefixListId(endpoint.ServiceName ?? '', context);
  for (const table of tables) {
    table.Routes?.push({
      DestinationPrefixListId: prefixListId,
      GatewayId: endpoint.VpcEndpointId,
      Origin: 'CreateRoute',
      State: 'active',
    });
    endpoint.RouteTableIds?.push(table.RouteTableId!);
  }
}

export function removeGatewayRoutes(endpoint: VpcEndpoint, routeTableIds: readonly string[], state: Ec2State): void {
  for (const id of routeTableIds) {
    const table = state.routeTables.get(id);
    if (table === undefined) continue;
    table.Routes = table.Routes?.filter((route) => route.GatewayId !== endpoint.VpcEndpointId);
  }
  endpoint.RouteTableIds = endpoint.RouteTableIds?.filter((id) => !routeTableIds.includes(id));
}

/** Called by the timer that CreateVpcEndpoint set. */
export function finishVpcEndpointPending(endpointId: string, context: ControlPlaneContext): void {
  const endpoint = context.state.ec2.vpcEndpoints.get(endpointId);
  if (endpoint?.State !== endpointState('pending')) return;
  endpoint.State = endpointState('available');
  // AWS's own hosted zone has an id only when the endpoint is there.
  for (const entry of endpoint.DnsEntries ?? []) {
    if (entry.HostedZoneId === 'ZONEIDPENDING') entry.HostedZoneId = 'Z0LABPRIVATEDNS';
  }
  networkChanged(context);
}

export function finishVpcEndpointDeletion(endpointId: string, context: ControlPlaneContext): void {
  const { ec2 } = context.state;
  const endpoint = ec2.vpcEndpoints.get(endpointId);
  if (endpoint?.State !== endpointState('deleting')) return;
  for (const id of endpoint.NetworkInterfaceIds ?? []) deleteInterface(id, ec2);
  ec2.vpcEndpoints.delete(endpointId);
  ec2.tags.delete(endpointId);
  networkChanged(context);
}
