import type { DescribeRouteTablesRequest, DescribeRouteTablesResult, RouteTable } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { describe } from '../description.js';
import { describedBy, type FilterFields } from '../filters.js';

const fields: FilterFields<RouteTable> = describedBy('RouteTable', {
  'route-table-id': (t) => t.RouteTableId,
  'vpc-id': (t) => t.VpcId,
  'owner-id': (t) => t.OwnerId,
  'association.main': (t) => t.Associations?.map((one) => one.Main ?? false),
  'association.subnet-id': (t) => t.Associations?.map((one) => one.SubnetId),
  'association.route-table-association-id': (t) => t.Associations?.map((one) => one.RouteTableAssociationId),
  'association.route-table-id': (t) => t.Associations?.map((one) => one.RouteTableId),
  'route.destination-cidr-block': (t) => t.Routes?.map((route) => route.DestinationCidrBlock),
  'route.destination-prefix-list-id': (t) => t.Routes?.map((route) => route.DestinationPrefixListId),
  'route.gateway-id': (t) => t.Routes?.map((route) => route.GatewayId),
  'route.instance-id': (t) => t.Routes?.map((route) => route.InstanceId),
  'route.nat-gateway-id': (t) => t.Routes?.map((route) => route.NatGatewayId),
  'route.origin': (t) => t.Routes?.map((route) => route.Origin),
  'route.state': (t) => t.Routes?.map((route) => route.State),
  'route.vpc-peering-connection-id': (t) => t.Routes?.map((route) => route.VpcPeeringConnectionId),
});

export function describeRouteTables(
  input: DescribeRouteTablesRequest,
  context: OperationContext,
): DescribeRouteTablesResult {
  const { found, nextToken } = describe('routeTable', { ...input, ids: input.RouteTableIds }, fields, context);
  return { RouteTables: found, NextToken: nextToken };
}
