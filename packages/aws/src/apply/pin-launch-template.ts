import { UpdateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import type { RolloutRecord } from '@directrix/rollout';
import { describeGroup, namingVersion } from '../observe/group.js';
import type { ApplyContext, DecisionOf } from './apply-context.js';

/** The group names this version from now on. Saying it twice changes nothing. */
export async function pinLaunchTemplate(
  { clients }: ApplyContext,
  record: RolloutRecord,
  decision: DecisionOf<'pinLaunchTemplate'>,
): Promise<undefined> {
  const { launchTemplateId, isOfPolicy } = record.original.launchTemplate;
  // AWS takes a mixed instances policy only as a whole.
  const group = isOfPolicy === true ? await describeGroup(clients, record.groupName) : {};
  await clients.autoScaling.send(
    new UpdateAutoScalingGroupCommand({
      AutoScalingGroupName: record.groupName,
      ...namingVersion(group, launchTemplateId, decision.version),
    }),
  );
}
