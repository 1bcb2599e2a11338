import { UpdateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import type { RolloutRecord } from '@directrix/rollout';
import type { ApplyContext, DecisionOf } from './apply-context.js';

/** The group names this version from now on. Saying it twice changes nothing. */
export async function pinLaunchTemplate(
  { clients }: ApplyContext,
  record: RolloutRecord,
  decision: DecisionOf<'pinLaunchTemplate'>,
): Promise<undefined> {
  await clients.autoScaling.send(
    new UpdateAutoScalingGroupCommand({
      AutoScalingGroupName: record.groupName,
      LaunchTemplate: {
        LaunchTemplateId: record.original.launchTemplate.launchTemplateId,
        Version: decision.version,
      },
    }),
  );
}
