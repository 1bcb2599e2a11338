import { DescribeImagesCommand, type Filter, type Image, paginateDescribeImages } from '@aws-sdk/client-ec2';
import type { AwsClients } from '../clients/aws-clients.js';
import { awsCodeOf } from '../clients/aws-failure.js';
import { chunk, collectPages } from '../clients/page.js';

/** Tag of an image that says which version of the application it holds. */
const versionTag = 'Version';

/** What the image holds, by its tag; undefined when nobody tagged it. */
export function versionOf(image: Image | undefined): string | undefined {
  return image?.Tags?.find(({ Key }) => Key === versionTag)?.Value || undefined;
}

/** Tag of an image: the commit that it was baked from; `-dirty` behind it when files differed. */
export const commitTag = 'directrix:commit';

/** The commit that the image was baked from, by its tag; undefined when nobody tagged it. */
export function commitOf(image: Image | undefined): string | undefined {
  return image?.Tags?.find(({ Key }) => Key === commitTag)?.Value || undefined;
}

/** The image, whoever owns it, a disabled one too; undefined when AWS does not know it or does not show it to us. */
export async function describeImage(clients: AwsClients, imageId: string): Promise<Image | undefined> {
  try {
    const answer = await clients.ec2.send(new DescribeImagesCommand({ ImageIds: [imageId], IncludeDisabled: true }));
    return answer.Images?.[0];
  } catch (error) {
    if (awsCodeOf(error)?.startsWith('InvalidAMIID')) return undefined;
    throw error;
  }
}

/** Those of the images that AWS still knows: one may be deregistered while its instances run. */
export async function describeImages(
  clients: AwsClients,
  imageIds: readonly string[],
): Promise<ReadonlyMap<string, Image>> {
  const found = new Map<string, Image>();
  for (const Values of chunk([...new Set(imageIds)], 200))
    for (const image of await listImages(clients, { IncludeDisabled: true, Filters: [{ Name: 'image-id', Values }] }))
      found.set(image.ImageId ?? '', image);
  return found;
}

/** This account's images that are tagged with the version, newest first. */
export async function findImagesOfVersion(clients: AwsClients, version: string): Promise<Image[]> {
  const images = await listImages(clients, {
    Owners: ['self'],
    Filters: [{ Name: `tag:${versionTag}`, Values: [version] }],
  });
  // A filter takes * and ? as wildcards, and a version may hold them.
  return newestFirst(images.filter((image) => versionOf(image) === version));
}

/** The versions that this account has images of, newest image first. */
export async function listVersions(clients: AwsClients): Promise<string[]> {
  const images = await listReleaseImages(clients);
  return [...new Set(images.flatMap((image) => versionOf(image) ?? []))];
}

/** This account's images that have a version, newest first. */
export async function listReleaseImages(clients: AwsClients): Promise<Image[]> {
  return newestFirst(
    await listImages(clients, { Owners: ['self'], Filters: [{ Name: 'tag-key', Values: [versionTag] }] }),
  );
}

async function listImages(
  clients: AwsClients,
  question: { readonly Owners?: string[]; readonly IncludeDisabled?: boolean; readonly Filters: Filter[] },
): Promise<Image[]> {
  return collectPages(paginateDescribeImages({ client: clients.ec2 }, { ...question }), (page) => page.Images);
}

function newestFirst(images: readonly Image[]): Image[] {
  return [...images].sort((left, right) => (right.CreationDate ?? '').localeCompare(left.CreationDate ?? ''));
}
