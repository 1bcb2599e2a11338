import type { DeleteScheduledActionType } from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireGroup } from '../group.js';

export function deleteScheduledAction(input: DeleteScheduledActionType, context: OperationContext): object {
  const record = requireGroup(context.state, input.AutoScalingGroupName);
  if (!record.scheduledActions.delete(input.ScheduledActionName!)) {
    throw new AwsError('ValidationError', `Scheduled action name not found - ${input.ScheduledActionName}`);
  }
  return {};
}
