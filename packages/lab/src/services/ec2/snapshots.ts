// snapshots: what an image's disks are kept as.
//
//   pending -> completed -> deleted, or into the Recycle Bin where a retention rule says so
//
// A snapshot that a registered image uses, a disabled one too, cannot be deleted.
import type { Image, Snapshot, Tag } from '@aws-sdk/client-ec2';
import { AwsError } from '../../control-plane/aws-error.js';
import type { ControlPlaneContext } from '../../control-plane/types.js';
import { recycle } from './recycle-bin.js';
import type { Ec2State } from './state.js';
import { putTags, tagsOf } from './tags.js';

const gibibyte = 2 ** 30;

/** The volume id that AWS shows of a snapshot whose volume it does not know, for example of a copy. */
export const unknownVolumeId = 'vol-ffffffff';

interface SnapshotOf {
  readonly volumeId: string;
  /** GiB. */
  readonly size: number;
  readonly description: string;
  readonly encrypted?: boolean | undefined;
  readonly kmsKeyId?: string | undefined;
  readonly tags: readonly Tag[];
}

export function startSnapshot(of: SnapshotOf, context: ControlPlaneContext): Snapshot {
  const { ec2, accountId } = context.state;
  const snapshotId = context.ids.hex('snap-', 17);
  const snapshot: Snapshot = {
    SnapshotId: snapshotId,
    VolumeId: of.volumeId,
    VolumeSize: of.size,
    Description: of.description,
    Encrypted: of.encrypted ?? false,
    ...(of.kmsKeyId === undefined ? {} : { KmsKeyId: of.kmsKeyId }),
    OwnerId: accountId,
    Progress: '0%',
    StartTime: new Date(context.now),
    State: 'pending',
    StorageTier: 'standard',
  };
  ec2.snapshots.set(snapshotId, snapshot);
  putTags(ec2, snapshotId, of.tags);
  const event = { service: 'ec2', type: 'timer', name: 'snapshotPending', id: snapshotId } as const;
  context.schedule(context.now + context.timing.imagePendingMs, event);
  return snapshot;
}

/** Called by the timer that `startSnapshot` set. */
export function finishSnapshotPending(snapshotId: string, context: ControlPlaneContext): void {
  const snapshot = context.state.ec2.snapshots.get(snapshotId);
  if (snapshot?.State !== 'pending') return;
  snapshot.State = 'completed';
  snapshot.Progress = '100%';
  snapshot.CompletionTime = new Date(context.now);
  snapshot.FullSnapshotSizeInBytes = (snapshot.VolumeSize ?? 0) * gibibyte;
}

export function snapshotIdsOf(image: Image): string[] {
  return (image.BlockDeviceMappings ?? []).flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []);
}

/** The registered image that uses the snapshot, if any does. */
export function imageUsing(snapshotId: string, { images }: Ec2State): Image | undefined {
  return [...images.values()].find((image) => snapshotIdsOf(image).includes(snapshotId));
}

/** Throws InvalidSnapshot.InUse. */
export function refuseSnapshotInUse(snapshotId: string, ec2: Ec2State): void {
  const user = imageUsing(snapshotId, ec2);
  if (user === undefined) return;
  const message = `The snapshot ${snapshotId} is currently in use by ${user.ImageId}`;
  throw new AwsError('InvalidSnapshot.InUse', message);
}

export function deleteSnapshotNow(snapshot: Snapshot, context: ControlPlaneContext): void {
  const { ec2 } = context.state;
  const snapshotId = snapshot.SnapshotId ?? '';
  ec2.snapshots.delete(snapshotId);
  recycle('snapshot', snapshotId, snapshot, tagsOf(ec2, snapshotId), context);
  ec2.tags.delete(snapshotId);
  ec2.volumePermissions.delete(snapshotId);
}
