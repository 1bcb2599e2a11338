import type { ReplaceRouteRequest, Route } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { networkChanged } from '../network-revision.js';
import { invalidParameterValue, refuseDryRun } from '../refusals.js';
import { requireResource } from '../resources.js';
import { destinationFor, targetFor } from '../route-requests.js';
import { destinationOf } from '../routes.js';

export function replaceRoute(input: ReplaceRouteRequest, context: OperationContext): Record<string, never> {
  const table = requireResource('routeTable', input.RouteTableId, context);
  const destination = destinationFor(input);
  const text = destinationOf(destination);
  const index = table.Routes?.findIndex((route) => destinationOf(route) === text) ?? -1;
  if (index < 0) {
    throw invalidParameterValue(`There is no route defined for '${text}' in the route table. Use CreateRoute instead.`);
  }
  const target = input.LocalTarget === true ? { GatewayId: 'local' } : targetFor(input, table, context);
  refuseDryRun(input);
  const { Origin } = table.Routes?.[index] as Route;
  table.Routes?.splice(index, 1, { ...destination, ...target, Origin, State: 'active' });
  networkChanged(context);
  return {};
}
