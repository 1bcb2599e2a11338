import type { AcceptVpcPeeringConnectionRequest, AcceptVpcPeeringConnectionResult } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { copyWithTags } from '../description.js';
import { requireResource } from '../resources.js';

export function acceptVpcPeeringConnection(
  input: AcceptVpcPeeringConnectionRequest,
  context: OperationContext,
): AcceptVpcPeeringConnectionResult {
  const peering = requireResource('vpcPeeringConnection', input.VpcPeeringConnectionId, context);
  if (peering.Status?.Code !== 'pending-acceptance' && peering.Status?.Code !== 'active') {
    throw new AwsError(
      'InvalidStateTransition',
      `Invalid state transition for ${peering.VpcPeeringConnectionId}, attempted to transition from ${peering.Status?.Code} to provisioning`,
    );
  }
  peering.Status = { Code: 'active', Message: 'Active' };
  peering.ExpirationTime = undefined;
  return { VpcPeeringConnection: copyWithTags('vpcPeeringConnection', peering, context.state.ec2) };
}
