import type { CreateRouteRequest, CreateRouteResult } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireResource } from '../resources.js';
import { destinationFor, targetFor } from '../route-requests.js';
import { destinationOf } from '../routes.js';

export function createRoute(input: CreateRouteRequest, context: OperationContext): CreateRouteResult {
  const table = requireResource('routeTable', input.RouteTableId, context);
  const destination = destinationFor(input);
  if (destination.DestinationPrefixListId !== undefined) {
    requireResource('prefixList', destination.DestinationPrefixListId, context);
  }
  const target = targetFor(input, table, context);
  const text = destinationOf(destination);
  if (table.Routes?.some((route) => destinationOf(route) === text)) {
    throw new AwsError('RouteAlreadyExists', `The route identified by ${text} already exists.`);
  }
  table.Routes?.push({ ...destination, ...target, Origin: 'CreateRoute', State: 'active' });
  return { Return: true };
}
