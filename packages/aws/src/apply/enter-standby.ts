import { EnterStandbyCommand } from '@aws-sdk/client-auto-scaling';
import type { RolloutRecord } from '@directrix/rollout';
import { chunk } from '../clients/page.js';
import { describeGroup } from '../observe/group.js';
import { type ApplyContext, type DecisionOf, idsPerCall } from './apply-context.js';
import { refuseOtherCapacity } from './other-capacity.js';

/**
 * AWS refuses the whole batch when one of it is in Standby already, so only those in service are named. Throws
 * DESIRED_CAPACITY_CHANGED as setSizes does.
 */
export async function enterStandby(
  { clients, renewLease }: ApplyContext,
  record: RolloutRecord,
  { instanceIds, ifDesiredCapacity }: DecisionOf<'enterStandby' | 'exitStandby'>,
): Promise<undefined> {
  const { Instances = [], DesiredCapacity } = await describeGroup(clients, record.groupName);
  const inService = instanceIds.filter((id) =>
    Instances.some(({ InstanceId, LifecycleState }) => InstanceId === id && LifecycleState === 'InService'),
  );
  if (inService.length > 0 && ifDesiredCapacity !== undefined)
    refuseOtherCapacity(record.groupName, DesiredCapacity, ifDesiredCapacity);
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
