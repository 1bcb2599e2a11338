import { DeleteLaunchTemplateVersionsCommand } from '@aws-sdk/client-ec2';
import { DirectrixError, type RolloutRecord } from '@directrix/rollout';
import type { ApplyContext, DecisionOf } from './apply-context.js';

/** Deletes a version that this rollout has made. One that is gone already is as wanted. */
export async function deleteLaunchTemplateVersion(
  { clients }: ApplyContext,
  record: RolloutRecord,
  decision: DecisionOf<'deleteLaunchTemplateVersion'>,
): Promise<undefined> {
  const { launchTemplateId } = record.original.launchTemplate;
  const answer = await clients.ec2.send(
    new DeleteLaunchTemplateVersionsCommand({ LaunchTemplateId: launchTemplateId, Versions: [decision.version] }),
  );
  const failure = answer.UnsuccessfullyDeletedLaunchTemplateVersions?.[0]?.ResponseError;
  if (failure === undefined || /VersionDoesNotExist|NotFound/i.test(failure.Code ?? '')) return;
  throw new DirectrixError(
    'AWS_REFUSED',
    `Version ${decision.version} of ${launchTemplateId} was not deleted: ${failure.Code}: ${failure.Message}`,
    { source: 'ec2:DeleteLaunchTemplateVersions' },
  );
}
