import type { AutoScalingInstancesType, DescribeAutoScalingInstancesType } from '@aws-sdk/client-auto-scaling';
import type { OperationContext } from '../../../control-plane/types.js';
import { takePage } from '../../page.js';
import { instancesOf } from '../group.js';

export function describeAutoScalingInstances(
  input: DescribeAutoScalingInstancesType,
  context: OperationContext,
): AutoScalingInstancesType {
  const ids = input.InstanceIds ?? [];
  const found = [...context.state.autoScaling.groups.values()].flatMap((record) =>
    instancesOf(record)
      .filter((instance) => ids.length === 0 || ids.includes(instance.InstanceId!))
      .map((instance) => ({
        ...instance,
        HealthStatus: instance.HealthStatus?.toUpperCase(),
        AutoScalingGroupName: record.group.AutoScalingGroupName,
      })),
  );
  const page = takePage(found, input.NextToken, input.MaxRecords ?? 50, 'InvalidNextToken');
  return { AutoScalingInstances: [...page.items], NextToken: page.next };
}
