import type { ModifyVpcAttributeRequest } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { invalidParameterCombination, missingParameter } from '../refusals.js';
import { requireResource } from '../resources.js';

/** One attribute in each call, as in AWS. */
export function modifyVpcAttribute(input: ModifyVpcAttributeRequest, context: OperationContext): Record<string, never> {
  const vpcId = requireResource('vpc', input.VpcId, context).VpcId!;
  const support = input.EnableDnsSupport?.Value;
  const hostnames = input.EnableDnsHostnames?.Value;
  if (support !== undefined && hostnames !== undefined) {
    throw invalidParameterCombination('Only one attribute may be modified at a time.');
  }
  if (support === undefined && hostnames === undefined)
    throw missingParameter('enableDnsSupport or enableDnsHostnames');
  const attributes = context.state.ec2.vpcAttributes.get(vpcId)!;
  attributes.enableDnsSupport = support ?? attributes.enableDnsSupport;
  attributes.enableDnsHostnames = hostnames ?? attributes.enableDnsHostnames;
  return {};
}
