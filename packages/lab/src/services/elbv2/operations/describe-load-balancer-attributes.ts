import type {
  DescribeLoadBalancerAttributesInput,
  DescribeLoadBalancerAttributesOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireLoadBalancer } from '../lookup.js';

export function describeLoadBalancerAttributes(
  input: DescribeLoadBalancerAttributesInput,
  context: OperationContext,
): DescribeLoadBalancerAttributesOutput {
  const { attributes } = requireLoadBalancer(context.state.elbv2, input.LoadBalancerArn);
  return { Attributes: [...attributes.values()] };
}
