import { TerminateInstanceInAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import type { RolloutRecord } from '@directrix/rollout';
import { awsTextOf } from '../clients/aws-failure.js';
import type { ApplyContext, DecisionOf } from './apply-context.js';
import { describeMembers } from './members.js';

/** Those of the group that are not on their way out. Asking twice would lower the desired capacity twice. */
export async function terminate(
  { clients, renewLease }: ApplyContext,
  record: RolloutRecord,
  decision: DecisionOf<'terminate'>,
): Promise<undefined> {
  const members = await describeMembers(clients, record.groupName);
  const standing = decision.instanceIds.filter((id) => members.has(id) && !/^(Terminat|Detach)/.test(members.get(id)!));
  for (const InstanceId of standing) {
    await renewLease();
    try {
      await clients.autoScaling.send(
        new TerminateInstanceInAutoScalingGroupCommand({
          InstanceId,
          ShouldDecrementDesiredCapacity: decision.decrement,
        }),
      );
    } catch (error) {
      // Gone between the look and the call.
      if (!/No managed instance found|not found/i.test(awsTextOf(error))) throw error;
    }
  }
}
