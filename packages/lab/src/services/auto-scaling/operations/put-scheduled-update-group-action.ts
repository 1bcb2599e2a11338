import type { PutScheduledUpdateGroupActionType, ScheduledUpdateGroupAction } from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireGroup } from '../group.js';
import { checkRecurrence, scheduleAction } from '../scheduled-action.js';

export function putScheduledUpdateGroupAction(
  input: PutScheduledUpdateGroupActionType,
  context: OperationContext,
): object {
  const record = requireGroup(context.state, input.AutoScalingGroupName);
  const { region, accountId } = context.state;
  const name = input.ScheduledActionName!;
  const startTime = input.StartTime ?? input.Time;
  if (startTime && startTime.getTime() < context.now) {
    throw new AwsError('ValidationError', 'Given start time is in the past');
  }
  if (input.Recurrence !== undefined) checkRecurrence(input.Recurrence, input.TimeZone);
  else if (!startTime) throw new AwsError('ValidationError', 'Either StartTime or Recurrence must be specified');
  if ([input.MinSize, input.MaxSize, input.DesiredCapacity].every((size) => size === undefined)) {
    throw new AwsError('ValidationError', 'At least one of DesiredCapacity, MinSize and MaxSize must be specified');
  }
  const action: ScheduledUpdateGroupAction = {
    AutoScalingGroupName: input.AutoScalingGroupName,
    ScheduledActionName: name,
    ScheduledActionARN: `arn:aws:autoscaling:${region}:${accountId}:scheduledUpdateGroupAction:${context.ids.uuid()}:autoScalingGroupName/${input.AutoScalingGroupName}:scheduledActionName/${name}`,
    StartTime: startTime,
    EndTime: input.EndTime,
    Recurrence: input.Recurrence,
    MinSize: input.MinSize,
    MaxSize: input.MaxSize,
    DesiredCapacity: input.DesiredCapacity,
    TimeZone: input.TimeZone,
  };
  record.scheduledActions.set(name, action);
  scheduleAction(record, action, context);
  return {};
}
