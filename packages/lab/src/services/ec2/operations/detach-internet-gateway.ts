import type { DetachInternetGatewayRequest } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireResource } from '../resources.js';

/** Refused while something in the VPC has a public address. */
export function detachInternetGateway(
  input: DetachInternetGatewayRequest,
  context: OperationContext,
): Record<string, never> {
  const gateway = requireResource('internetGateway', input.InternetGatewayId, context);
  const vpcId = requireResource('vpc', input.VpcId, context).VpcId!;
  if (!gateway.Attachments?.some((attachment) => attachment.VpcId === vpcId)) {
    throw new AwsError(
      'Gateway.NotAttached',
      `resource ${gateway.InternetGatewayId} is not attached to network ${vpcId}`,
    );
  }
  const interfaces = [...context.state.ec2.networkInterfaces.values()];
  if (interfaces.some((eni) => eni.VpcId === vpcId && eni.Association !== undefined)) {
    throw new AwsError(
      'DependencyViolation',
      `Network ${vpcId} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`,
    );
  }
  gateway.Attachments = [];
  return {};
}
