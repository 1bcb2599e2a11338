import { SuspendProcessesCommand } from '@aws-sdk/client-auto-scaling';
import type { RolloutRecord } from '@directrix/rollout';
import type { ApplyContext, DecisionOf } from './apply-context.js';

/** Without names AWS would suspend every process, so an empty list asks for nothing. */
export async function suspendProcesses(
  { clients }: ApplyContext,
  record: RolloutRecord,
  { processes }: DecisionOf<'suspendProcesses' | 'resumeProcesses'>,
): Promise<undefined> {
  if (processes.length === 0) return;
  await clients.autoScaling.send(
    new SuspendProcessesCommand({ AutoScalingGroupName: record.groupName, ScalingProcesses: [...processes] }),
  );
}
