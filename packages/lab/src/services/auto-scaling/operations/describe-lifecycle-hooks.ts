import type { DescribeLifecycleHooksAnswer, DescribeLifecycleHooksType } from '@aws-sdk/client-auto-scaling';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireGroup } from '../group.js';

export function describeLifecycleHooks(
  input: DescribeLifecycleHooksType,
  context: OperationContext,
): DescribeLifecycleHooksAnswer {
  const { hooks } = requireGroup(context.state, input.AutoScalingGroupName);
  const names = input.LifecycleHookNames ?? [];
  return {
    LifecycleHooks: hooks
      .filter((hook) => names.length === 0 || names.includes(hook.LifecycleHookName!))
      .map((hook) => ({ ...hook })),
  };
}
