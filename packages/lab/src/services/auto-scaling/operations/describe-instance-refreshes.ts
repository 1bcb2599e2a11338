import type { DescribeInstanceRefreshesAnswer, DescribeInstanceRefreshesType } from '@aws-sdk/client-auto-scaling';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireGroup } from '../group.js';

/** Always none: StartInstanceRefresh is not emulated. */
export function describeInstanceRefreshes(
  input: DescribeInstanceRefreshesType,
  context: OperationContext,
): DescribeInstanceRefreshesAnswer {
  requireGroup(context.state, input.AutoScalingGroupName);
  return { InstanceRefreshes: [] };
}
