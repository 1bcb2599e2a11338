import type { CompleteLifecycleActionAnswer, CompleteLifecycleActionType } from '@aws-sdk/client-auto-scaling';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireGroup } from '../group.js';
import { checkResult, requireWait } from '../lifecycle-hook.js';

export function completeLifecycleAction(
  input: CompleteLifecycleActionType,
  context: OperationContext,
): CompleteLifecycleActionAnswer {
  const record = requireGroup(context.state, input.AutoScalingGroupName);
  checkResult(input.LifecycleActionResult);
  const wait = requireWait(record, {
    hookName: input.LifecycleHookName,
    token: input.LifecycleActionToken,
    instanceId: input.InstanceId,
  });
  wait.result = input.LifecycleActionResult;
  return {};
}
