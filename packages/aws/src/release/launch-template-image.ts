import { paginateDescribeLaunchTemplateVersions } from '@aws-sdk/client-ec2';
import type { AwsClients } from '../clients/aws-clients.js';
import { awsCodeOf } from '../clients/aws-failure.js';
import { collectPages } from '../clients/page.js';
import { describeLaunchTemplateData } from '../observe/places.js';

/** The image of one version of a launch template; undefined when the version (or an image in it) does not exist. */
export async function findLaunchTemplateImage(
  clients: AwsClients,
  launchTemplateId: string,
  version: string,
): Promise<string | undefined> {
  try {
    return (await describeLaunchTemplateData(clients, launchTemplateId, version))?.ImageId;
  } catch (error) {
    if (/^InvalidLaunchTemplate/.test(awsCodeOf(error) ?? '')) return undefined;
    throw error;
  }
}

/** The newest version of the launch template with the image; undefined when none has it. */
export async function findVersionOfImage(
  clients: AwsClients,
  launchTemplateId: string,
  imageId: string,
): Promise<string | undefined> {
  const versions = await collectPages(
    paginateDescribeLaunchTemplateVersions(
      { client: clients.ec2 },
      { LaunchTemplateId: launchTemplateId, Filters: [{ Name: 'image-id', Values: [imageId] }] },
    ),
    (page) => page.LaunchTemplateVersions,
  );
  const numbers = versions.flatMap(({ VersionNumber }) => VersionNumber ?? []);
  return numbers.length === 0 ? undefined : String(Math.max(...numbers));
}
