// restore image: the way back of every step but the last: enabled again, or out of the Recycle Bin with its snapshots.
import {
  DeleteTagsCommand,
  paginateListSnapshotsInRecycleBin,
  RestoreImageFromRecycleBinCommand,
  RestoreSnapshotFromRecycleBinCommand,
} from '@aws-sdk/client-ec2';
import { type AwsClients, awsCodeOf, chunk, collectPages } from '@directrix/aws';
import { DirectrixError } from '@directrix/rollout';
import { accountsIn, disabledAtTag, imageTag, orphanedAtTag, sharedWithTag, tagOf } from './marks.js';
import { enableAndShare, findImage } from './perform-step.js';
import { imageOfSnapshot } from './plan.js';
import { readSnapshots } from './read-account.js';

export type Restored =
  /** It had been disabled, and can launch again. */
  | { readonly kind: 'enabled'; readonly imageId: string; readonly sharedWith: readonly string[] }
  /** It had been deregistered; `snapshotIds` came out of the Recycle Bin with it. */
  | { readonly kind: 'recovered'; readonly imageId: string; readonly snapshotIds: readonly string[] }
  /** It was available all the time. */
  | { readonly kind: 'unchanged'; readonly imageId: string };

/** Throws IMAGE_NOT_FOUND when neither EC2 nor the Recycle Bin has it. */
export async function restoreImage(clients: AwsClients, imageId: string): Promise<Restored> {
  const image = await findImage(clients, imageId).catch((error: unknown) => {
    if (awsCodeOf(error)?.startsWith('InvalidAMIID')) return undefined;
    throw error;
  });
  if (image === undefined) return recoverImage(clients, imageId);
  const isMarked = tagOf(image.Tags, disabledAtTag) !== undefined;
  if (image.State !== 'disabled' && !isMarked) return { kind: 'unchanged', imageId };
  const sharedWith = accountsIn(image.Tags);
  await enableAndShare(clients, imageId, sharedWith);
  return { kind: 'enabled', imageId, sharedWith };
}

/** Snapshots first: an image comes back only with its disks. */
async function recoverImage(clients: AwsClients, imageId: string): Promise<Restored> {
  const recycled = await collectPages(
    paginateListSnapshotsInRecycleBin({ client: clients.ec2 }, { MaxResults: 1000 }),
    (page) => page.Snapshots,
  );
  const snapshotIds = recycled
    .filter(({ Description }) => imageOfSnapshot({ Description }) === imageId)
    .map(({ SnapshotId = '' }) => SnapshotId);
  for (const SnapshotId of snapshotIds)
    await clients.ec2.send(new RestoreSnapshotFromRecycleBinCommand({ SnapshotId }));
  try {
    await clients.ec2.send(new RestoreImageFromRecycleBinCommand({ ImageId: imageId }));
  } catch (error) {
    if (!awsCodeOf(error)?.startsWith('InvalidAMIID')) throw error;
    throw new DirectrixError('IMAGE_NOT_FOUND', `There is no image ${imageId}, and the Recycle Bin does not keep it.`, {
      kind: 'missing',
      source: '--restore',
      hint: 'bake it anew; a retention rule of the Recycle Bin keeps images that are deregistered from now on',
      cause: error,
    });
  }
  const kept = (await readSnapshots(clients)).filter(({ Tags }) => tagOf(Tags, imageTag) === imageId);
  for (const Resources of chunk([imageId, ...kept.map(({ SnapshotId = '' }) => SnapshotId)], 500))
    await clients.ec2.send(
      new DeleteTagsCommand({
        Resources,
        Tags: [{ Key: disabledAtTag }, { Key: sharedWithTag }, { Key: orphanedAtTag }, { Key: imageTag }],
      }),
    );
  return { kind: 'recovered', imageId, snapshotIds };
}
