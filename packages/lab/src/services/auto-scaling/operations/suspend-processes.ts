import type { ScalingProcessQuery } from '@aws-sdk/client-auto-scaling';
import type { OperationContext } from '../../../control-plane/types.js';
import { isSuspended, requireGroup } from '../group.js';
import { requireProcesses } from '../processes.js';

/** Those that are named, or all of them. */
export function suspendProcesses(input: ScalingProcessQuery, context: OperationContext): object {
  const { group } = requireGroup(context.state, input.AutoScalingGroupName);
  const when = new Date(context.now).toISOString().replace(/\.\d+Z$/, 'Z');
  const added = requireProcesses(input.ScalingProcesses).filter((process) => !isSuspended(group, process));
  group.SuspendedProcesses = [
    ...(group.SuspendedProcesses ?? []),
    ...added.map((process) => ({ ProcessName: process, SuspensionReason: `User suspended at ${when}` })),
  ];
  return {};
}
