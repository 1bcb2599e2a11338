import { type AwsClients, describeImages } from '@directrix/aws';
import { logGroupOf } from '@directrix/preflight';

/** The log group of each image that names one. */
export async function readLogGroups(
  clients: AwsClients,
  imageIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const images = await describeImages(clients, imageIds);
  return new Map(
    [...images].flatMap(([id, image]) => {
      const name = logGroupOf(image);
      return name === undefined ? [] : [[id, name] as const];
    }),
  );
}
