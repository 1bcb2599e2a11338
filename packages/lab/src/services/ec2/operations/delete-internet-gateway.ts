import type { DeleteInternetGatewayRequest } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { dependencyViolation } from '../refusals.js';
import { requireResource } from '../resources.js';

export function deleteInternetGateway(
  input: DeleteInternetGatewayRequest,
  context: OperationContext,
): Record<string, never> {
  const { ec2 } = context.state;
  const gateway = requireResource('internetGateway', input.InternetGatewayId, context);
  const id = gateway.InternetGatewayId!;
  if (gateway.Attachments?.length) throw dependencyViolation('internetGateway', id);
  ec2.internetGateways.delete(id);
  ec2.tags.delete(id);
  return {};
}
