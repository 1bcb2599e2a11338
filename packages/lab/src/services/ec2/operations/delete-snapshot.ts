import type { DeleteSnapshotRequest } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireResource } from '../resources.js';
import { deleteSnapshotNow, refuseSnapshotInUse } from '../snapshots.js';

export function deleteSnapshot(input: DeleteSnapshotRequest, context: OperationContext): Record<string, never> {
  const snapshot = requireResource('snapshot', input.SnapshotId, context);
  refuseSnapshotInUse(snapshot.SnapshotId ?? '', context.state.ec2);
  deleteSnapshotNow(snapshot, context);
  return {};
}
