import type { ScalingProcessQuery } from '@aws-sdk/client-auto-scaling';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireGroup } from '../group.js';
import { requireProcesses } from '../processes.js';

/** Those that are named, or all of them. What was held back begins at once. */
export function resumeProcesses(input: ScalingProcessQuery, context: OperationContext): object {
  const record = requireGroup(context.state, input.AutoScalingGroupName);
  const resumed: readonly string[] = requireProcesses(input.ScalingProcesses);
  record.group.SuspendedProcesses = (record.group.SuspendedProcesses ?? []).filter(
    (process) => !resumed.includes(process.ProcessName!),
  );
  if (resumed.includes('Launch')) record.launchRetryAt = undefined;
  return {};
}
