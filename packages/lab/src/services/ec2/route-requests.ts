import type { CreateRouteRequest, Route, RouteTable } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../control-plane/types.js';
import { requireIpv4Block } from './cidr.js';
import { invalidParameterValue, missingParameter, notEmulated } from './refusals.js';
import { requireResource } from './resources.js';

/** A destination in canonical form. IPv6 is refused by name. */
export function destinationFor(input: {
  readonly DestinationCidrBlock?: string | undefined;
  readonly DestinationIpv6CidrBlock?: string | undefined;
  readonly DestinationPrefixListId?: string | undefined;
}): Pick<Route, 'DestinationCidrBlock' | 'DestinationPrefixListId'> {
  if (input.DestinationIpv6CidrBlock !== undefined) throw notEmulated('IPv6 routes');
  if (input.DestinationPrefixListId !== undefined) return { DestinationPrefixListId: input.DestinationPrefixListId };
  if (input.DestinationCidrBlock === undefined) throw missingParameter('destinationCidrBlock');
  return { DestinationCidrBlock: requireIpv4Block(input.DestinationCidrBlock, 'destinationCidrBlock').text };
}

type TargetRequest = Omit<CreateRouteRequest, 'RouteTableId' | 'DryRun'>;

/** Where a new route leads to. Throws what AWS answers for a target that is missing, unknown or elsewhere. */
export function targetFor(input: TargetRequest, table: RouteTable, context: OperationContext): Partial<Route> {
  if (input.GatewayId !== undefined) return gatewayTarget(input.GatewayId, table, context);
  if (input.NatGatewayId !== undefined) {
    const nat = requireResource('natGateway', input.NatGatewayId, context);
    checkSameVpc(nat.VpcId, table, `network gateway ${nat.NatGatewayId}`);
    return { NatGatewayId: nat.NatGatewayId };
  }
  if (input.VpcPeeringConnectionId !== undefined) {
    const peering = requireResource('vpcPeeringConnection', input.VpcPeeringConnectionId, context);
    return { VpcPeeringConnectionId: peering.VpcPeeringConnectionId };
  }
  if (input.NetworkInterfaceId !== undefined) return interfaceTarget(input.NetworkInterfaceId, table, context);
  if (input.InstanceId !== undefined) {
    const instance = requireResource('instance', input.InstanceId, context);
    const [primary] = instance.NetworkInterfaces ?? [];
    return interfaceTarget(primary?.NetworkInterfaceId, table, context);
  }
  const others = ['TransitGatewayId', 'EgressOnlyInternetGatewayId', 'VpcEndpointId', 'CarrierGatewayId'] as const;
  const other = others.find((name) => input[name] !== undefined);
  throw other === undefined ? missingParameter('gatewayId') : notEmulated(`routes to a ${other}`);
}

function gatewayTarget(gatewayId: string, table: RouteTable, context: OperationContext): Partial<Route> {
  if (gatewayId === 'local') return { GatewayId: 'local' };
  const gateway = requireResource('internetGateway', gatewayId, context);
  const vpcIds = (gateway.Attachments ?? []).map((attachment) => attachment.VpcId);
  checkSameVpc(vpcIds[0], table, `network gateway ${gatewayId}`);
  return { GatewayId: gatewayId };
}

function interfaceTarget(id: string | undefined, table: RouteTable, context: OperationContext): Partial<Route> {
  const eni = requireResource('networkInterface', id, context);
  checkSameVpc(eni.VpcId, table, `interface ${eni.NetworkInterfaceId}`);
  const { InstanceId, InstanceOwnerId } = eni.Attachment ?? {};
  return { NetworkInterfaceId: eni.NetworkInterfaceId, InstanceId, InstanceOwnerId };
}

function checkSameVpc(vpcId: string | undefined, table: RouteTable, target: string): void {
  if (vpcId === table.VpcId) return;
  throw invalidParameterValue(`route table ${table.RouteTableId} and ${target} belong to different networks`);
}
