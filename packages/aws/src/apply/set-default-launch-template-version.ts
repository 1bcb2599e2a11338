import { ModifyLaunchTemplateCommand } from '@aws-sdk/client-ec2';
import type { RolloutRecord } from '@directrix/rollout';
import type { ApplyContext, DecisionOf } from './apply-context.js';

/** `$Default` means this version from now on. */
export async function setDefaultLaunchTemplateVersion(
  { clients }: ApplyContext,
  record: RolloutRecord,
  decision: DecisionOf<'setDefaultLaunchTemplateVersion'>,
): Promise<undefined> {
  await clients.ec2.send(
    new ModifyLaunchTemplateCommand({
      LaunchTemplateId: record.original.launchTemplate.launchTemplateId,
      DefaultVersion: decision.version,
    }),
  );
}
