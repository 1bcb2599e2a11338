import type { DescribeWarmPoolAnswer, DescribeWarmPoolType } from '@aws-sdk/client-auto-scaling';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireGroup } from '../group.js';

/** Always none: PutWarmPool is not emulated. */
export function describeWarmPool(input: DescribeWarmPoolType, context: OperationContext): DescribeWarmPoolAnswer {
  requireGroup(context.state, input.AutoScalingGroupName);
  return { Instances: [] };
}
