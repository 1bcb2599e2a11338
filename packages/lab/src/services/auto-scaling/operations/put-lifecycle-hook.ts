import type { PutLifecycleHookType } from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireGroup } from '../group.js';
import { newLifecycleHook } from '../lifecycle-hook.js';

const MOST = 50;

/** A new hook, or changes to one that exists; what an instance already waits for keeps its own times. */
export function putLifecycleHook(input: PutLifecycleHookType, context: OperationContext): object {
  const { group, hooks } = requireGroup(context.state, input.AutoScalingGroupName);
  const index = hooks.findIndex((hook) => hook.LifecycleHookName === input.LifecycleHookName);
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
  const hook = newLifecycleHook(group.AutoScalingGroupName!, { ...hooks[index], ...given });
  if (index === -1 && hooks.length >= MOST) {
    throw new AwsError('LimitExceeded', `A group can have at most ${MOST} lifecycle hooks.`);
  }
  hooks.splice(index === -1 ? hooks.length : index, index === -1 ? 0 : 1, hook);
  return {};
}
