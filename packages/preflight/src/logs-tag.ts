import type { Image } from '@aws-sdk/client-ec2';

/** Tag of an image: the log group that its instances ship their journal to. `none`: they do not. */
export const logsTag = 'directrix:logs';

/** Where the instances of the image ship their journal, by its tag; undefined when it does not say that they do. */
export function logGroupOf(image: Image | undefined): string | undefined {
  const name = image?.Tags?.find(({ Key }) => Key === logsTag)?.Value?.trim();
  return name === undefined || name === '' || name === 'none' ? undefined : name;
}
