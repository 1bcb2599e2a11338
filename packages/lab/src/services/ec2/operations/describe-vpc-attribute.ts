import type { DescribeVpcAttributeRequest, DescribeVpcAttributeResult } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { invalidParameterValue, required } from '../refusals.js';
import { requireResource } from '../resources.js';

export function describeVpcAttribute(
  input: DescribeVpcAttributeRequest,
  context: OperationContext,
): DescribeVpcAttributeResult {
  const vpcId = requireResource('vpc', input.VpcId, context).VpcId!;
  const attribute = required(input.Attribute, 'attribute');
  const { enableDnsSupport, enableDnsHostnames } = context.state.ec2.vpcAttributes.get(vpcId)!;
  switch (attribute) {
    case 'enableDnsSupport':
      return { VpcId: vpcId, EnableDnsSupport: { Value: enableDnsSupport } };
    case 'enableDnsHostnames':
      return { VpcId: vpcId, EnableDnsHostnames: { Value: enableDnsHostnames } };
    case 'enableNetworkAddressUsageMetrics':
      return { VpcId: vpcId, EnableNetworkAddressUsageMetrics: { Value: false } };
    default:
      throw invalidParameterValue(`Value (${attribute}) for parameter attribute is invalid. Unknown attribute.`);
  }
}
