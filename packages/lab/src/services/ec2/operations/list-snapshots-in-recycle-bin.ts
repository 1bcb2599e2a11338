import type {
  ListSnapshotsInRecycleBinRequest,
  ListSnapshotsInRecycleBinResult,
  SnapshotRecycleBinInfo,
} from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { pageOf } from '../paging.js';
import { requireRecycled } from '../recycle-bin.js';

export function listSnapshotsInRecycleBin(
  input: ListSnapshotsInRecycleBinRequest,
  context: OperationContext,
): ListSnapshotsInRecycleBinResult {
  const { ec2 } = context.state;
  const ids = input.SnapshotIds?.length ? input.SnapshotIds : [...ec2.recycleBin.snapshots.keys()];
  const all = ids.map((SnapshotId): SnapshotRecycleBinInfo => {
    const { resource, enteredAt, exitsAt } = requireRecycled('snapshot', SnapshotId, ec2);
    return {
      SnapshotId,
      Description: resource.Description,
      VolumeId: resource.VolumeId,
      RecycleBinEnterTime: new Date(enteredAt),
      RecycleBinExitTime: new Date(exitsAt),
    };
  });
  const page = pageOf(all, input);
  return { Snapshots: [...page.items], NextToken: page.nextToken };
}
