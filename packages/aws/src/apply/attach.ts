import { AttachInstancesCommand } from '@aws-sdk/client-auto-scaling';
import type { RolloutRecord } from '@directrix/rollout';
import { chunk } from '../clients/page.js';
import { type ApplyContext, type DecisionOf, idsPerCall } from './apply-context.js';
import { describeMembers } from './members.js';

/** Into the group and into its desired capacity, which rises with each. Those that are in it already are not named again. */
export async function attach(
  { clients, renewLease }: ApplyContext,
  record: RolloutRecord,
  { instanceIds }: DecisionOf<'attach'>,
): Promise<undefined> {
  const members = await describeMembers(clients, record.groupName);
  const outside = instanceIds.filter((id) => !members.has(id));
  for (const InstanceIds of chunk(outside, idsPerCall)) {
    await renewLease();
    await clients.autoScaling.send(new AttachInstancesCommand({ AutoScalingGroupName: record.groupName, InstanceIds }));
  }
}
