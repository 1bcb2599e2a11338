import type { AutoScalingGroupNamesType, AutoScalingGroupsType } from '@aws-sdk/client-auto-scaling';
import type { OperationContext } from '../../../control-plane/types.js';
import { takePage } from '../../page.js';
import { describeGroup, meetsFilters } from '../description.js';

/** Unknown names are left out, as on AWS. */
export function describeAutoScalingGroups(
  input: AutoScalingGroupNamesType,
  context: OperationContext,
): AutoScalingGroupsType {
  const names = input.AutoScalingGroupNames ?? [];
  const found = [...context.state.autoScaling.groups.values()].filter(
    ({ group }) =>
      (names.length === 0 || names.includes(group.AutoScalingGroupName!)) && meetsFilters(group, input.Filters),
  );
  const page = takePage(found, input.NextToken, input.MaxRecords ?? 50, 'InvalidNextToken');
  return {
    AutoScalingGroups: page.items.map((record) => describeGroup(record, input.IncludeInstances ?? true)),
    NextToken: page.next,
  };
}
