import type { DescribeAccountLimitsAnswer } from '@aws-sdk/client-auto-scaling';
import type { OperationContext } from '../../../control-plane/types.js';

export function describeAccountLimits(_input: object, context: OperationContext): DescribeAccountLimitsAnswer {
  return {
    MaxNumberOfAutoScalingGroups: 500,
    MaxNumberOfLaunchConfigurations: 200,
    NumberOfAutoScalingGroups: context.state.autoScaling.groups.size,
    NumberOfLaunchConfigurations: 0,
  };
}
