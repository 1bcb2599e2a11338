import type { DeleteRouteRequest } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { invalidParameterValue } from '../refusals.js';
import { requireResource } from '../resources.js';
import { destinationFor } from '../route-requests.js';
import { destinationOf, requireRoute } from '../routes.js';

export function deleteRoute(input: DeleteRouteRequest, context: OperationContext): Record<string, never> {
  const table = requireResource('routeTable', input.RouteTableId, context);
  const text = destinationOf(destinationFor(input)) ?? '';
  const route = requireRoute(table, text);
  if (route.GatewayId === 'local') {
    throw invalidParameterValue(`cannot remove local route ${text} in route table ${table.RouteTableId}`);
  }
  if (route.GatewayId?.startsWith('vpce-') === true) {
    throw invalidParameterValue(
      `cannot remove VPC endpoint route ${text} in route table ${table.RouteTableId}; modify the endpoint instead`,
    );
  }
  table.Routes = table.Routes?.filter((one) => one !== route);
  return {};
}
