// tag images: what an image says of where it came from, so that `deploy --version` finds it and `status` can tell the commit.
import { CreateTagsCommand, DescribeImagesCommand } from '@aws-sdk/client-ec2';
import { type AwsClients, commitTag } from '@directrix/aws';
import { secretNamesTag, secretsTag } from '@directrix/preflight';
import type { BakedImage } from './bake-story.js';

const baseImageTag = 'directrix:base-image';
/** SHA-256 of the template's files, in the order of their names. */
const templateDigestTag = 'directrix:template-digest';

export interface ImageOrigin {
  readonly version: string;
  readonly commit?: string | undefined;
  readonly templateDigest: string;
  /** Where the release reads its secrets, or `none`. */
  readonly secretsPath?: string | undefined;
  readonly secretNames?: readonly string[] | undefined;
}

const longestTagValue = 256;

/** Tags the images of this region with `origin`, and with what EC2 says they were made of. Returns the base image of the first. */
export async function tagImages(
  clients: AwsClients,
  images: readonly BakedImage[],
  origin: ImageOrigin,
): Promise<{ readonly baseImageId: string | undefined; readonly areNamesTagged: boolean }> {
  const ids = images.map(({ imageId }) => imageId);
  const described = await clients.ec2.send(new DescribeImagesCommand({ ImageIds: ids }));
  const base = described.Images?.find(({ SourceImageId }) => SourceImageId !== undefined)?.SourceImageId;
  const names = origin.secretNames?.join(' ');
  // Too many for one tag: they stay in the manifest, which preflight reads.
  const areNamesTagged = names === undefined || names.length <= longestTagValue;
  const tags = {
    Version: origin.version,
    [commitTag]: origin.commit,
    [templateDigestTag]: origin.templateDigest,
    [baseImageTag]: base,
    [secretsTag]: origin.secretsPath,
    [secretNamesTag]: areNamesTagged ? names : undefined,
  };
  const Tags = Object.entries(tags).flatMap(([Key, Value]) => (Value === undefined ? [] : [{ Key, Value }]));
  await clients.ec2.send(new CreateTagsCommand({ Resources: ids, Tags }));
  return { baseImageId: base, areNamesTagged };
}
