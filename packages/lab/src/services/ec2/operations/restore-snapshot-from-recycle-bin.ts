import type { RestoreSnapshotFromRecycleBinRequest, RestoreSnapshotFromRecycleBinResult } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { copyOf } from '../copy.js';
import { requireRecycled } from '../recycle-bin.js';
import { required } from '../refusals.js';
import { putTags } from '../tags.js';

export function restoreSnapshotFromRecycleBin(
  input: RestoreSnapshotFromRecycleBinRequest,
  context: OperationContext,
): RestoreSnapshotFromRecycleBinResult {
  const { ec2 } = context.state;
  const snapshotId = required(input.SnapshotId, 'snapshotId');
  const { resource, tags } = requireRecycled('snapshot', snapshotId, ec2);
  ec2.recycleBin.snapshots.delete(snapshotId);
  ec2.snapshots.set(snapshotId, resource);
  putTags(ec2, snapshotId, tags);
  const { SnapshotId, Description, Encrypted, OwnerId, Progress, StartTime, State, VolumeId, VolumeSize } =
    copyOf(resource);
  return { SnapshotId, Description, Encrypted, OwnerId, Progress, StartTime, State, VolumeId, VolumeSize };
}
