import type {
  BatchDeleteScheduledActionAnswer,
  BatchDeleteScheduledActionType,
  FailedScheduledUpdateGroupActionRequest,
} from '@aws-sdk/client-auto-scaling';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireGroup } from '../group.js';

/** Each action for itself: those that do not exist are listed, and the others are deleted. */
export function batchDeleteScheduledAction(
  input: BatchDeleteScheduledActionType,
  context: OperationContext,
): BatchDeleteScheduledActionAnswer {
  const record = requireGroup(context.state, input.AutoScalingGroupName);
  const failed = (input.ScheduledActionNames ?? []).flatMap((name): FailedScheduledUpdateGroupActionRequest[] =>
    record.scheduledActions.delete(name)
      ? []
      : [{ ScheduledActionName: name, ErrorCode: 'ValidationError', ErrorMessage: 'Scheduled action name not found' }],
  );
  return { FailedScheduledActions: failed };
}
