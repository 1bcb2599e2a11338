import { RegisterImageCommand } from '@aws-sdk/client-ec2';
import type { AwsClients } from '../clients/aws-clients.js';

interface NewImage {
  readonly name: string;
  /** Where its manifest is: of a lab, an absolute directory. */
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** Returns the id. Throws what AWS says of it. */
export async function registerImage({ ec2 }: AwsClients, { name, location, tags }: NewImage): Promise<string> {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const { ImageId = '' } = await ec2.send(
    new RegisterImageCommand({
      Name: name,
      ImageLocation: location,
      Architecture: 'x86_64',
      TagSpecifications: Tags.length === 0 ? undefined : [{ ResourceType: 'image', Tags }],
    }),
  );
  return ImageId;
}
