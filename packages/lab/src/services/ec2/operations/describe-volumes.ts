import type { DescribeVolumesRequest, DescribeVolumesResult, Volume } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { describe } from '../description.js';
import { describedBy, type FilterFields } from '../filters.js';

const fields: FilterFields<Volume> = describedBy('Volume', {
  'attachment.attach-time': (v) => v.Attachments?.map(({ AttachTime }) => AttachTime),
  'attachment.delete-on-termination': (v) => v.Attachments?.map(({ DeleteOnTermination }) => DeleteOnTermination),
  'attachment.device': (v) => v.Attachments?.map(({ Device }) => Device),
  'attachment.instance-id': (v) => v.Attachments?.map(({ InstanceId }) => InstanceId),
  'attachment.status': (v) => v.Attachments?.map(({ State }) => State),
  'availability-zone': (v) => v.AvailabilityZone,
  'create-time': (v) => v.CreateTime,
  encrypted: (v) => v.Encrypted,
  size: (v) => v.Size,
  'snapshot-id': (v) => v.SnapshotId,
  status: (v) => v.State,
  'volume-id': (v) => v.VolumeId,
  'volume-type': (v) => v.VolumeType,
});

export function describeVolumes(input: DescribeVolumesRequest, context: OperationContext): DescribeVolumesResult {
  const { found, nextToken } = describe('volume', { ...input, ids: input.VolumeIds }, fields, context);
  return { Volumes: found, NextToken: nextToken };
}
