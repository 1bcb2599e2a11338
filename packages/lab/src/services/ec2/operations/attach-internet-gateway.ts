import type { AttachInternetGatewayRequest } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { invalidParameterValue } from '../refusals.js';
import { requireResource } from '../resources.js';

/** One gateway for each VPC, and one VPC for each gateway. */
export function attachInternetGateway(
  input: AttachInternetGatewayRequest,
  context: OperationContext,
): Record<string, never> {
  const { internetGateways } = context.state.ec2;
  const gateway = requireResource('internetGateway', input.InternetGatewayId, context);
  const vpcId = requireResource('vpc', input.VpcId, context).VpcId!;
  const [present] = gateway.Attachments ?? [];
  if (present !== undefined) {
    throw new AwsError(
      'Resource.AlreadyAssociated',
      `resource ${gateway.InternetGatewayId} is already attached to network ${present.VpcId}`,
    );
  }
  if ([...internetGateways.values()].some((other) => other.Attachments?.some((one) => one.VpcId === vpcId))) {
    throw invalidParameterValue(`Network ${vpcId} already has an internet gateway attached`);
  }
  // AWS spells the state of this attachment `available`, which the SDK's enum does not list.
  gateway.Attachments = [{ VpcId: vpcId, State: 'available' as 'attached' }];
  return {};
}
