import type { DeleteNetworkInterfaceRequest } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { deleteInterface } from '../network-interfaces.js';
import { requireResource } from '../resources.js';

export function deleteNetworkInterface(
  input: DeleteNetworkInterfaceRequest,
  context: OperationContext,
): Record<string, never> {
  const eni = requireResource('networkInterface', input.NetworkInterfaceId, context);
  const id = eni.NetworkInterfaceId!;
  if (eni.Status !== 'available') {
    throw new AwsError('InvalidParameterValue', `Network interface '${id}' is currently in use.`);
  }
  deleteInterface(id, context.state.ec2);
  return {};
}
