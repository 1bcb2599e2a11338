import type { Route, RouteTable } from '@aws-sdk/client-ec2';
import { AwsError } from '../../control-plane/aws-error.js';
import type { Ec2State } from './state.js';

/** A route is a black hole while the thing that it leads to is not there, and active again when it comes back. */
export function refreshRouteStates(state: Ec2State): void {
  for (const table of state.routeTables.values()) {
    for (const route of table.Routes ?? []) {
      route.State = isTargetThere(route, table, state) ? 'active' : 'blackhole';
    }
  }
}

function isTargetThere(route: Route, table: RouteTable, state: Ec2State): boolean {
  if (route.GatewayId !== undefined) return isGatewayThere(route.GatewayId, table, state);
  if (route.NatGatewayId !== undefined) return state.natGateways.get(route.NatGatewayId)?.State === 'available';
  if (route.VpcPeeringConnectionId !== undefined) {
    return state.vpcPeeringConnections.get(route.VpcPeeringConnectionId)?.Status?.Code === 'active';
  }
  if (route.NetworkInterfaceId !== undefined) {
    return state.networkInterfaces.get(route.NetworkInterfaceId)?.Status === 'in-use';
  }
  return false;
}

function isGatewayThere(gatewayId: string, table: RouteTable, state: Ec2State): boolean {
  if (gatewayId === 'local') return true;
  if (gatewayId.startsWith('vpce-')) return state.vpcEndpoints.has(gatewayId);
  const attachments = state.internetGateways.get(gatewayId)?.Attachments ?? [];
  return attachments.some((attachment) => attachment.VpcId === table.VpcId);
}

export function localRoute(cidrBlock: string): Route {
  return { DestinationCidrBlock: cidrBlock, GatewayId: 'local', Origin: 'CreateRouteTable', State: 'active' };
}

/** Where a route goes to, as it is written: the CIDR block or the prefix list. */
export function destinationOf(
  route: Pick<Route, 'DestinationCidrBlock' | 'DestinationIpv6CidrBlock' | 'DestinationPrefixListId'>,
) {
  return route.DestinationCidrBlock ?? route.DestinationIpv6CidrBlock ?? route.DestinationPrefixListId;
}

/** Throws InvalidRoute.NotFound. */
export function requireRoute(table: RouteTable, destination: string): Route {
  const route = table.Routes?.find((one) => destinationOf(one) === destination);
  if (route !== undefined) return route;
  throw new AwsError(
    'InvalidRoute.NotFound',
    `no route with destination-cidr-block ${destination} in route table ${table.RouteTableId}`,
  );
}

/** The table that the subnets of a VPC follow when they have no association of their own. */
export function mainRouteTable(state: Ec2State, vpcId: string): RouteTable | undefined {
  return [...state.routeTables.values()].find(
    (table) => table.VpcId === vpcId && table.Associations?.some((association) => association.Main === true),
  );
}
