import type { DeleteNatGatewayRequest, DeleteNatGatewayResult } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { scheduleNatGatewayTimer } from '../nat-gateways.js';
import { requireResource } from '../resources.js';

/** Routes to it turn into black holes at once; its Elastic IP is free when it is deleted. */
export function deleteNatGateway(input: DeleteNatGatewayRequest, context: OperationContext): DeleteNatGatewayResult {
  const gateway = requireResource('natGateway', input.NatGatewayId, context);
  const id = gateway.NatGatewayId!;
  if (gateway.State === 'deleting' || gateway.State === 'deleted') return { NatGatewayId: id };
  gateway.State = 'deleting';
  scheduleNatGatewayTimer('natGatewayDeleting', id, context.timing.vpcEndpointPendingMs, context);
  return { NatGatewayId: id };
}
