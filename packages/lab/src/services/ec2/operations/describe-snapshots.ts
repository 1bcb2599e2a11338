import type { DescribeSnapshotsRequest, DescribeSnapshotsResult, Snapshot } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { describe } from '../description.js';
import { describedBy, type FilterFields } from '../filters.js';

const fields: FilterFields<Snapshot> = describedBy('Snapshot', {
  description: (s) => s.Description,
  encrypted: (s) => s.Encrypted,
  'owner-id': (s) => s.OwnerId,
  'owner-alias': (s) => s.OwnerAlias,
  progress: (s) => s.Progress,
  'snapshot-id': (s) => s.SnapshotId,
  'start-time': (s) => s.StartTime,
  status: (s) => s.State,
  'storage-tier': (s) => s.StorageTier,
  'volume-id': (s) => s.VolumeId,
  'volume-size': (s) => s.VolumeSize,
});

/** The lab has the snapshots of its own account, and no others. */
export function describeSnapshots(input: DescribeSnapshotsRequest, context: OperationContext): DescribeSnapshotsResult {
  const { accountId } = context.state;
  const owners = input.OwnerIds ?? [];
  const isMine = owners.length === 0 || owners.some((owner) => owner === 'self' || owner === accountId);
  const { found, nextToken } = describe('snapshot', { ...input, ids: input.SnapshotIds }, fields, context);
  return { Snapshots: isMine ? found : [], NextToken: isMine ? nextToken : undefined };
}
