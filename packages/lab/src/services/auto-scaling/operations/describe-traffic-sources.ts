import type { DescribeTrafficSourcesRequest, DescribeTrafficSourcesResponse } from '@aws-sdk/client-auto-scaling';
import type { OperationContext } from '../../../control-plane/types.js';
import { takePage } from '../../page.js';
import { requireGroup } from '../group.js';

export function describeTrafficSources(
  input: DescribeTrafficSourcesRequest,
  context: OperationContext,
): DescribeTrafficSourcesResponse {
  const { trafficSourceStates } = requireGroup(context.state, input.AutoScalingGroupName);
  const isAsked = input.TrafficSourceType === undefined || input.TrafficSourceType === 'elbv2';
  const sources = isAsked ? [...trafficSourceStates] : [];
  const page = takePage(sources, input.NextToken, input.MaxRecords ?? 50, 'InvalidNextToken');
  return {
    TrafficSources: page.items.map(([arn, State]) => ({ TrafficSource: arn, Identifier: arn, Type: 'elbv2', State })),
    NextToken: page.next,
  };
}
