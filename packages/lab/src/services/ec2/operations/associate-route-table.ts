import type { AssociateRouteTableRequest, AssociateRouteTableResult } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { invalidParameterValue, notEmulated } from '../refusals.js';
import { requireResource } from '../resources.js';
import { associationOfSubnet, newAssociation } from '../route-tables.js';

/** A subnet follows one table; associating it with the same one again gives the same association. */
export function associateRouteTable(
  input: AssociateRouteTableRequest,
  context: OperationContext,
): AssociateRouteTableResult {
  if (input.GatewayId !== undefined) throw notEmulated('gateway route tables');
  const table = requireResource('routeTable', input.RouteTableId, context);
  const subnet = requireResource('subnet', input.SubnetId, context);
  if (subnet.VpcId !== table.VpcId) {
    throw invalidParameterValue(
      `Route table ${table.RouteTableId} and subnet ${subnet.SubnetId} belong to different networks`,
    );
  }
  const present = associationOfSubnet(subnet.SubnetId!, context.state.ec2);
  if (present !== undefined && present.RouteTableId !== table.RouteTableId) {
    throw new AwsError(
      'Resource.AlreadyAssociated',
      `the specified association for route table ${table.RouteTableId} conflicts with an existing association`,
    );
  }
  const association = present ?? newAssociation(table, subnet.SubnetId, context);
  if (present === undefined) table.Associations?.push(association);
  return { AssociationId: association.RouteTableAssociationId, AssociationState: { State: 'associated' } };
}
