import {
  CreateLaunchTemplateVersionCommand,
  DescribeLaunchTemplateVersionsCommand,
  type LaunchTemplateVersion,
} from '@aws-sdk/client-ec2';
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
  const description = `directrix ${record.rolloutId}`;
  const made = await findByDescription(clients, launchTemplateId, description);
  if (made?.VersionNumber !== undefined) return { launchTemplateVersion: String(made.VersionNumber) };
  const answer = await clients.ec2.send(
    new CreateLaunchTemplateVersionCommand({
      LaunchTemplateId: launchTemplateId,
      SourceVersion: decision.sourceVersion,
      VersionDescription: description,
      LaunchTemplateData: { ImageId: decision.imageId },
      ClientToken: clientTokenFor(record.rolloutId, decision.kind, decision.sourceVersion, decision.imageId),
    }),
  );
  return { launchTemplateVersion: String(answer.LaunchTemplateVersion?.VersionNumber) };
}

async function findByDescription(
  clients: AwsClients,
  launchTemplateId: string,
  description: string,
): Promise<LaunchTemplateVersion | undefined> {
  const versions = await collectPages(async (NextToken) => {
    const page = await clients.ec2.send(
      new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: launchTemplateId, MaxResults: 200, NextToken }),
    );
    return { items: page.LaunchTemplateVersions ?? [], next: page.NextToken };
  });
  return versions.find(({ VersionDescription }) => VersionDescription === description);
}
