import { CreateLaunchTemplateVersionCommand, paginateDescribeLaunchTemplateVersions } from '@aws-sdk/client-ec2';
import type { RolloutRecord } from '@directrix/rollout';
import type { AwsClients } from '../clients/aws-clients.js';
import { collectPages } from '../clients/page.js';
import type { ApplyContext, DecisionOf } from './apply-context.js';
import { clientTokenFor } from './client-token.js';

/**
 * Finds the version that this rollout has made before, by its description, or makes it. EC2's client token covers only a short
 * time and only equal requests; the description is found by any machine at any time.
 */
export async function createLaunchTemplateVersion(
  { clients }: ApplyContext,
  record: RolloutRecord,
  decision: DecisionOf<'createLaunchTemplateVersion'>,
): Promise<{ readonly launchTemplateVersion: string }> {
  const launchTemplateId = record.original.launchTemplate.launchTemplateId;
  const made = await findMadeVersion(clients, launchTemplateId, record.rolloutId);
  if (made !== undefined) return { launchTemplateVersion: made };
  const answer = await clients.ec2.send(
    new CreateLaunchTemplateVersionCommand({
      LaunchTemplateId: launchTemplateId,
      SourceVersion: decision.sourceVersion,
      VersionDescription: descriptionOf(record.rolloutId),
      LaunchTemplateData: { ImageId: decision.imageId },
      ClientToken: clientTokenFor(record.rolloutId, decision.kind, decision.sourceVersion, decision.imageId),
    }),
  );
  return { launchTemplateVersion: String(answer.LaunchTemplateVersion?.VersionNumber) };
}

function descriptionOf(rolloutId: string): string {
  return `directrix ${rolloutId}`;
}

/** The number of the version that the rollout made; undefined where there is none. */
export async function findMadeVersion(
  clients: AwsClients,
  launchTemplateId: string,
  rolloutId: string,
): Promise<string | undefined> {
  const versions = await collectPages(
    paginateDescribeLaunchTemplateVersions(
      { client: clients.ec2 },
      { LaunchTemplateId: launchTemplateId, MaxResults: 200 },
    ),
    (page) => page.LaunchTemplateVersions,
  );
  const made = versions.find(({ VersionDescription }) => VersionDescription === descriptionOf(rolloutId));
  return made?.VersionNumber === undefined ? undefined : String(made.VersionNumber);
}
