import type { DeleteVpcPeeringConnectionRequest, DeleteVpcPeeringConnectionResult } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireResource } from '../resources.js';

/** It stays visible as deleted; routes over it turn into black holes. */
export function deleteVpcPeeringConnection(
  input: DeleteVpcPeeringConnectionRequest,
  context: OperationContext,
): DeleteVpcPeeringConnectionResult {
  const peering = requireResource('vpcPeeringConnection', input.VpcPeeringConnectionId, context);
  if (peering.Status?.Code === 'deleted') {
    throw new AwsError(
      'InvalidStateTransition',
      `Invalid state transition for ${peering.VpcPeeringConnectionId}, attempted to transition from deleted to deleting`,
    );
  }
  peering.Status = { Code: 'deleted', Message: `Deleted by ${context.state.accountId}` };
  return { Return: true };
}
