import type { CreateSnapshotRequest, Snapshot } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { copyWithTags } from '../description.js';
import { requireResource } from '../resources.js';
import { startSnapshot } from '../snapshots.js';
import { tagsFor } from '../tags.js';

export function createSnapshot(input: CreateSnapshotRequest, context: OperationContext): Snapshot {
  const volume = requireResource('volume', input.VolumeId, context);
  const tags = tagsFor('snapshot', input.TagSpecifications);
  const { VolumeId: volumeId = '', Size: size = 0, Encrypted: encrypted, KmsKeyId: kmsKeyId } = volume;
  const snapshot = startSnapshot(
    { volumeId, size, description: input.Description ?? '', encrypted, kmsKeyId, tags },
    context,
  );
  return copyWithTags('snapshot', snapshot, context.state.ec2);
}
