import { UpdateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import type { RolloutRecord } from '@directrix/rollout';
import { describeGroup } from '../observe/group.js';
import type { ApplyContext, DecisionOf } from './apply-context.js';
import { refuseOtherCapacity } from './other-capacity.js';

/**
 * The sizes that the decision names, in one call, so that AWS never sees a desired capacity outside of its bounds. With
 * `ifDesiredCapacity`, throws DESIRED_CAPACITY_CHANGED, having changed nothing, when somebody else has set it meanwhile, be it
 * to what is wanted: it was not us (S6). AWS has no compare-and-set for it: what remains is the moment between the look and the call.
 */
export async function setSizes(
  { clients }: ApplyContext,
  record: RolloutRecord,
  { minSize, maxSize, desiredCapacity, ifDesiredCapacity }: DecisionOf<'setSizes'>,
): Promise<undefined> {
  if (ifDesiredCapacity !== undefined) {
    const { DesiredCapacity: present } = await describeGroup(clients, record.groupName);
    refuseOtherCapacity(record.groupName, present, ifDesiredCapacity);
  }
  await clients.autoScaling.send(
    new UpdateAutoScalingGroupCommand({
      AutoScalingGroupName: record.groupName,
      MinSize: minSize,
      MaxSize: maxSize,
      DesiredCapacity: desiredCapacity,
    }),
  );
}
