import type {
  RecordLifecycleActionHeartbeatAnswer,
  RecordLifecycleActionHeartbeatType,
} from '@aws-sdk/client-auto-scaling';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireGroup } from '../group.js';
import { extendWait, requireWait } from '../lifecycle-hook.js';

/** Starts the hook's heartbeat timeout anew, up to its global timeout. */
export function recordLifecycleActionHeartbeat(
  input: RecordLifecycleActionHeartbeatType,
  context: OperationContext,
): RecordLifecycleActionHeartbeatAnswer {
  const record = requireGroup(context.state, input.AutoScalingGroupName);
  const wait = requireWait(record, {
    hookName: input.LifecycleHookName,
    token: input.LifecycleActionToken,
    instanceId: input.InstanceId,
  });
  extendWait(record, wait, context);
  return {};
}
