import { ExitStandbyCommand } from '@aws-sdk/client-auto-scaling';
import type { RolloutRecord } from '@directrix/rollout';
import { chunk } from '../clients/page.js';
import { type ApplyContext, type DecisionOf, idsPerCall } from './apply-context.js';
import { describeMembers } from './members.js';

/** Back into service and into the desired capacity, which rises with each. Those that are back already are not named again. */
export async function exitStandby(
  { clients, renewLease }: ApplyContext,
  record: RolloutRecord,
  decision: DecisionOf<'enterStandby' | 'exitStandby'>,
): Promise<undefined> {
  const members = await describeMembers(clients, record.groupName);
  const warm = decision.instanceIds.filter((id) => members.get(id) === 'Standby');
  for (const InstanceIds of chunk(warm, idsPerCall)) {
    await renewLease();
    await clients.autoScaling.send(new ExitStandbyCommand({ AutoScalingGroupName: record.groupName, InstanceIds }));
  }
}
