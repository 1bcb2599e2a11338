import type { ReplaceRouteRequest, Route } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { invalidParameterValue } from '../refusals.js';
import { requireResource } from '../resources.js';
import { destinationFor, targetFor } from '../route-requests.js';
import { destinationOf } from '../routes.js';

export function replaceRoute(input: ReplaceRouteRequest, context: OperationContext): Record<string, never> {
  const table = requireResource('routeTable', input.RouteTableId, context);
  const destination = destinationFor(input);
  const text = destinationOf(destination);
  const present = table.Routes?.find((route) => destinationOf(route) === text);
  if (present === undefined) {
    throw invalidParameterValue(`There is no route defined for '${text}' in the route table. Use CreateRoute instead.`);
  }
  const target = input.LocalTarget === true ? { GatewayId: 'local' } : targetFor(input, table, context);
  const replacement: Route = { ...destination, ...target, Origin: present.Origin, State: 'active' };
  table.Routes = table.Routes?.map((route) => (route === present ? replacement : route));
  return {};
}
