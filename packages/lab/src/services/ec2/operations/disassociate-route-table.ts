import type { DisassociateRouteTableRequest } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { invalidParameterValue, required } from '../refusals.js';
import { dropAssociation, requireAssociation } from '../route-tables.js';

/** The subnet follows the main table again. */
export function disassociateRouteTable(
  input: DisassociateRouteTableRequest,
  context: OperationContext,
): Record<string, never> {
  const id = required(input.AssociationId, 'associationId');
  const { table, association } = requireAssociation(id, context.state.ec2);
  if (association.Main === true) {
    throw invalidParameterValue(`cannot disassociate the main route table association ${id}`);
  }
  dropAssociation(table, association);
  return {};
}
