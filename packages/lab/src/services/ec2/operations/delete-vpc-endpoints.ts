import type { DeleteVpcEndpointsRequest, DeleteVpcEndpointsResult, UnsuccessfulItem } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { missingParameter } from '../refusals.js';
import { kindOf } from '../resources.js';
import { endpointState, finishVpcEndpointDeletion, removeGatewayRoutes } from '../vpc-endpoints.js';

/** What exists is deleted; what does not is listed. */
export function deleteVpcEndpoints(
  input: DeleteVpcEndpointsRequest,
  context: OperationContext,
): DeleteVpcEndpointsResult {
  if (!input.VpcEndpointIds?.length) throw missingParameter('VpcEndpointId');
  const unsuccessful: UnsuccessfulItem[] = [];
  for (const id of new Set(input.VpcEndpointIds)) {
    if (context.state.ec2.vpcEndpoints.has(id)) beginDeletion(id, context);
    else {
      const { text } = kindOf('vpcEndpoint');
      unsuccessful.push({ ResourceId: id, Error: { Code: 'InvalidVpcEndpoint.NotFound', Message: text(id) } });
    }
  }
  return { Unsuccessful: unsuccessful };
}

/** Its interfaces and names stay until it is gone, a gateway's routes do not. */
function beginDeletion(id: string, context: OperationContext): void {
  const { ec2 } = context.state;
  const endpoint = ec2.vpcEndpoints.get(id)!;
  if (endpoint.State === endpointState('deleting')) return;
  endpoint.State = endpointState('deleting');
  if (endpoint.VpcEndpointType === 'Gateway') {
    removeGatewayRoutes(endpoint, endpoint.RouteTableIds ?? [], ec2);
    finishVpcEndpointDeletion(id, context);
    return;
  }
  const event = { service: 'ec2', type: 'timer', name: 'vpcEndpointDeleting', id } as const;
  context.schedule(context.now + context.timing.vpcEndpointPendingMs, event);
}
