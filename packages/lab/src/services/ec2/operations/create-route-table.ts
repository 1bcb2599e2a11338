import type { CreateRouteTableRequest, CreateRouteTableResult } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { madeBefore, rememberMade } from '../client-tokens.js';
import { copyWithTags } from '../description.js';
import { requireResource } from '../resources.js';
import { newRouteTable } from '../route-tables.js';
import { putTags, tagsFor } from '../tags.js';

const operation = 'CreateRouteTable';

export function createRouteTable(input: CreateRouteTableRequest, context: OperationContext): CreateRouteTableResult {
  const { ec2 } = context.state;
  const madeEarlier = ec2.routeTables.get(madeBefore(operation, input, context) ?? '');
  if (madeEarlier !== undefined) return { RouteTable: copyWithTags('routeTable', madeEarlier, ec2) };
  const vpc = requireResource('vpc', input.VpcId, context);
  const tags = tagsFor('route-table', input.TagSpecifications);
  const table = newRouteTable(vpc, context);
  putTags(ec2, table.RouteTableId!, tags);
  rememberMade(operation, input, table.RouteTableId!, context);
  return { RouteTable: copyWithTags('routeTable', table, ec2) };
}
