import type {
  BatchPutScheduledUpdateGroupActionAnswer,
  BatchPutScheduledUpdateGroupActionType,
  FailedScheduledUpdateGroupActionRequest,
} from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireGroup } from '../group.js';
import { putScheduledUpdateGroupAction } from './put-scheduled-update-group-action.js';

/** Each action for itself: what is refused is listed, and the others are made. */
export function batchPutScheduledUpdateGroupAction(
  input: BatchPutScheduledUpdateGroupActionType,
  context: OperationContext,
): BatchPutScheduledUpdateGroupActionAnswer {
  const { AutoScalingGroupName } = input;
  requireGroup(context.state, AutoScalingGroupName);
  const failed = (input.ScheduledUpdateGroupActions ?? []).flatMap(
    (action): FailedScheduledUpdateGroupActionRequest[] => {
      try {
        putScheduledUpdateGroupAction({ ...action, AutoScalingGroupName }, context);
        return [];
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        return [
          { ScheduledActionName: action.ScheduledActionName, ErrorCode: error.code, ErrorMessage: error.message },
        ];
      }
    },
  );
  return { FailedScheduledUpdateGroupActions: failed };
}
