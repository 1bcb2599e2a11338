import type { DeleteLifecycleHookType } from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireGroup } from '../group.js';
import { releaseDeletedHook } from '../lifecycle-hook.js';

/** Instances that wait for it go on: launches as with CONTINUE, terminations end. */
export function deleteLifecycleHook(input: DeleteLifecycleHookType, context: OperationContext): object {
  const record = requireGroup(context.state, input.AutoScalingGroupName);
  const index = record.hooks.findIndex((hook) => hook.LifecycleHookName === input.LifecycleHookName);
  if (index === -1) {
    throw new AwsError(
      'ValidationError',
      `No Lifecycle Hook found for Auto Scaling group ${input.AutoScalingGroupName} and hook ${input.LifecycleHookName}`,
    );
  }
  record.hooks.splice(index, 1);
  releaseDeletedHook(record, input.LifecycleHookName!);
  return {};
}
