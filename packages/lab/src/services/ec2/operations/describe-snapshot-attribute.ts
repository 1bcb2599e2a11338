import type { DescribeSnapshotAttributeRequest, DescribeSnapshotAttributeResult } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { notEmulated } from '../refusals.js';
import { requireResource } from '../resources.js';

export function describeSnapshotAttribute(
  input: DescribeSnapshotAttributeRequest,
  context: OperationContext,
): DescribeSnapshotAttributeResult {
  const { SnapshotId = '' } = requireResource('snapshot', input.SnapshotId, context);
  if (input.Attribute !== 'createVolumePermission') throw notEmulated(`the snapshot attribute ${input.Attribute}`);
  const accounts = context.state.ec2.volumePermissions.get(SnapshotId) ?? [];
  return {
    SnapshotId,
    CreateVolumePermissions: accounts.map((one) => (one === 'all' ? { Group: 'all' } : { UserId: one })),
  };
}
