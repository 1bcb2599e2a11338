import { DescribeImagesCommand, type Filter, type Image } from '@aws-sdk/client-ec2';
import type { AwsClients } from '../clients/aws-clients.js';
import { awsCodeOf } from '../clients/aws-failure.js';
import { chunk, collectPages } from '../clients/page.js';

/** Tag of an image that says which version of the application it holds. */
const versionTag = 'Version';

/** What the image holds, by its tag; undefined when nobody tagged it. */
export function versionOf(image: Image | undefined): string | undefined {
  return image?.Tags?.find(({ Key }) => Key === versionTag)?.Value || undefined;
}

/** The image, whoever owns it; undefined when AWS does not know it or does not show it to us. */
export async function describeImage(clients: AwsClients, imageId: string): Promise<Image | undefined> {
  try {
    const answer = await clients.ec2.send(new DescribeImagesCommand({ ImageIds: [imageId] }));
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
    for (const image of await listImages(clients, { Filters: [{ Name: 'image-id', Values }] }))
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
  const images = await listImages(clients, { Owners: ['self'], Filters: [{ Name: 'tag-key', Values: [versionTag] }] });
  return [...new Set(newestFirst(images).flatMap((image) => versionOf(image) ?? []))];
}

async function listImages(
  clients: AwsClients,
  question: { readonly Owners?: string[]; readonly Filters: Filter[] },
): Promise<Image[]> {
  return collectPages(async (NextToken) => {
    const page = await clients.ec2.send(new DescribeImagesCommand({ ...question, NextToken }));
    return { items: page.Images ?? [], next: page.NextToken };
  });
}

function newestFirst(images: readonly Image[]): Image[] {
  return [...images].sort((left, right) => (right.CreationDate ?? '').localeCompare(left.CreationDate ?? ''));
}
