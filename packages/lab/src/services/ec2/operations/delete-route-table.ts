import type { DeleteRouteTableRequest } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { dependencyViolation } from '../refusals.js';
import { requireResource } from '../resources.js';

export function deleteRouteTable(input: DeleteRouteTableRequest, context: OperationContext): Record<string, never> {
  const { ec2 } = context.state;
  const table = requireResource('routeTable', input.RouteTableId, context);
  if (table.Associations?.length) throw dependencyViolation('routeTable', table.RouteTableId!);
  for (const endpoint of ec2.vpcEndpoints.values()) {
    endpoint.RouteTableIds = endpoint.RouteTableIds?.filter((id) => id !== table.RouteTableId);
  }
  ec2.routeTables.delete(table.RouteTableId!);
  ec2.tags.delete(table.RouteTableId!);
  return {};
}
