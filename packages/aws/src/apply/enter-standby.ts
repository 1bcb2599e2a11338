import { EnterStandbyCommand } from '@aws-sdk/client-auto-scaling';
import type { RolloutRecord } from '@directrix/rollout';
import { chunk } from '../clients/page.js';
import { type ApplyContext, type DecisionOf, idsPerCall } from './apply-context.js';
import { describeMembers } from './members.js';

/** AWS refuses the whole batch when one of it is in Standby already, so only those in service are named. */
export async function enterStandby(
  { clients, renewLease }: ApplyContext,
  record: RolloutRecord,
  decision: DecisionOf<'enterStandby' | 'exitStandby'>,
): Promise<undefined> {
  const members = await describeMembers(clients, record.groupName);
  const inService = decision.instanceIds.filter((id) => members.get(id) === 'InService');
  for (const InstanceIds of chunk(inService, idsPerCall)) {
    await renewLease();
    await clients.autoScaling.send(
      new EnterStandbyCommand({
        AutoScalingGroupName: record.groupName,
        InstanceIds,
        ShouldDecrementDesiredCapacity: true,
      }),
    );
  }
}
