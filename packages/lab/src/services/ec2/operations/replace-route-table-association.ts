import type { ReplaceRouteTableAssociationRequest, ReplaceRouteTableAssociationResult } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { invalidParameterValue, required } from '../refusals.js';
import { requireResource } from '../resources.js';
import { dropAssociation, newAssociation, requireAssociation } from '../route-tables.js';

/** Of a subnet, or of the VPC's main table. The association gets a new id. */
export function replaceRouteTableAssociation(
  input: ReplaceRouteTableAssociationRequest,
  context: OperationContext,
): ReplaceRouteTableAssociationResult {
  const old = requireAssociation(required(input.AssociationId, 'associationId'), context.state.ec2);
  const table = requireResource('routeTable', input.RouteTableId, context);
  if (table.VpcId !== old.table.VpcId) {
    throw invalidParameterValue(
      `Route table ${table.RouteTableId} and association ${input.AssociationId} belong to different networks`,
    );
  }
  dropAssociation(old.table, old.association);
  const association = newAssociation(table, old.association.SubnetId, context);
  table.Associations?.push(association);
  return { NewAssociationId: association.RouteTableAssociationId, AssociationState: { State: 'associated' } };
}
