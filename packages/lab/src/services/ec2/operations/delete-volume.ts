import type { DeleteVolumeRequest } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireResource } from '../resources.js';

export function deleteVolume(input: DeleteVolumeRequest, context: OperationContext): Record<string, never> {
  const { ec2 } = context.state;
  const volume = requireResource('volume', input.VolumeId, context);
  const id = volume.VolumeId ?? '';
  const [attachment] = volume.Attachments ?? [];
  if (attachment !== undefined)
    throw new AwsError('VolumeInUse', `Volume ${id} is currently attached to ${attachment.InstanceId}`);
  ec2.volumes.delete(id);
  ec2.tags.delete(id);
  return {};
}
