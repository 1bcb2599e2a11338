import { DescribeLaunchTemplateVersionsCommand } from '@aws-sdk/client-ec2';
import type { AwsClients } from '../clients/aws-clients.js';
import { awsCodeOf } from '../clients/aws-failure.js';

/** The image of one version of a launch template; undefined when the version (or an image in it) does not exist. */
export async function findLaunchTemplateImage(
  clients: AwsClients,
  launchTemplateId: string,
  version: string,
): Promise<string | undefined> {
  try {
    const answer = await clients.ec2.send(
      new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: launchTemplateId, Versions: [version] }),
    );
    return answer.LaunchTemplateVersions?.[0]?.LaunchTemplateData?.ImageId;
  } catch (error) {
    if (/^InvalidLaunchTemplate/.test(awsCodeOf(error) ?? '')) return undefined;
    throw error;
  }
}
