import type { DescribeScheduledActionsType, ScheduledActionsType } from '@aws-sdk/client-auto-scaling';
import type { OperationContext } from '../../../control-plane/types.js';
import { takePage } from '../../page.js';

export function describeScheduledActions(
  input: DescribeScheduledActionsType,
  context: OperationContext,
): ScheduledActionsType {
  const names = input.ScheduledActionNames ?? [];
  const found = [...context.state.autoScaling.groups.values()]
    .filter(({ group }) => [undefined, group.AutoScalingGroupName].includes(input.AutoScalingGroupName))
    .flatMap((record) => [...record.scheduledActions.values()])
    .filter((action) => names.length === 0 || names.includes(action.ScheduledActionName!))
    .filter((action) => isWithin(action.StartTime, input.StartTime, input.EndTime));
  const page = takePage(found, input.NextToken, input.MaxRecords ?? 50, 'InvalidNextToken');
  return { ScheduledUpdateGroupActions: page.items.map((action) => ({ ...action })), NextToken: page.next };
}

function isWithin(time: Date | undefined, start: Date | undefined, end: Date | undefined): boolean {
  if (time === undefined) return true;
  return (start === undefined || time >= start) && (end === undefined || time <= end);
}
