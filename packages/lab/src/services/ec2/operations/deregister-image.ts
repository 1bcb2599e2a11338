import type { DeleteSnapshotReturnCode, DeregisterImageRequest, DeregisterImageResult } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { deregisterNow, refuseProtected, requireOwnImage } from '../images.js';
import { deleteSnapshotNow, imageUsing, snapshotIdsOf } from '../snapshots.js';

/** Instances that run from the image go on; new ones cannot be launched. Its snapshots stay, unless they are to go with it. */
export function deregisterImage(input: DeregisterImageRequest, context: OperationContext): DeregisterImageResult {
  const image = requireOwnImage(input.ImageId, context);
  refuseProtected(image);
  deregisterNow(image, context);
  if (input.DeleteAssociatedSnapshots !== true) return { Return: true };
  return { Return: true, DeleteSnapshotResults: snapshotIdsOf(image).map((id) => deleteUnused(id, context)) };
}

/** One that another image uses is skipped; one that is gone already is an error of the caller's. */
function deleteUnused(SnapshotId: string, context: OperationContext): DeleteSnapshotReturnCode {
  const { ec2 } = context.state;
  const snapshot = ec2.snapshots.get(SnapshotId);
  if (snapshot === undefined) return { SnapshotId, ReturnCode: 'client-error' };
  if (imageUsing(SnapshotId, ec2) !== undefined) return { SnapshotId, ReturnCode: 'skipped' };
  deleteSnapshotNow(snapshot, context);
  return { SnapshotId, ReturnCode: 'success' };
}
