import type {
  DescribeLoadBalancerTargetGroupsRequest,
  DescribeLoadBalancerTargetGroupsResponse,
} from '@aws-sdk/client-auto-scaling';
import type { OperationContext } from '../../../control-plane/types.js';
import { takePage } from '../../page.js';
import { requireGroup } from '../group.js';

export function describeLoadBalancerTargetGroups(
  input: DescribeLoadBalancerTargetGroupsRequest,
  context: OperationContext,
): DescribeLoadBalancerTargetGroupsResponse {
  const { trafficSourceStates } = requireGroup(context.state, input.AutoScalingGroupName);
  const page = takePage([...trafficSourceStates], input.NextToken, input.MaxRecords ?? 100, 'InvalidNextToken');
  return {
    LoadBalancerTargetGroups: page.items.map(([arn, state]) => ({ LoadBalancerTargetGroupARN: arn, State: state })),
    NextToken: page.next,
  };
}
