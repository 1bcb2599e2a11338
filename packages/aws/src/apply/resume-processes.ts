import { ResumeProcessesCommand } from '@aws-sdk/client-auto-scaling';
import type { RolloutRecord } from '@directrix/rollout';
import type { ApplyContext, DecisionOf } from './apply-context.js';

/** Without names AWS would resume every process, those of others included (S6), so an empty list asks for nothing. */
export async function resumeProcesses(
  { clients }: ApplyContext,
  record: RolloutRecord,
  { processes }: DecisionOf<'suspendProcesses' | 'resumeProcesses'>,
): Promise<undefined> {
  if (processes.length === 0) return;
  await clients.autoScaling.send(
    new ResumeProcessesCommand({ AutoScalingGroupName: record.groupName, ScalingProcesses: [...processes] }),
  );
}
