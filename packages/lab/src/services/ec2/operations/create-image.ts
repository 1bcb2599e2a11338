import type { BlockDeviceMapping, CreateImageRequest, CreateImageResult, Volume } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { checkDevices, devicesOver } from '../block-devices.js';
import { addPendingImage, checkImageName } from '../images.js';
import { requireInstances } from '../instances.js';
import { invalidParameterValue, required } from '../refusals.js';
import { startSnapshot } from '../snapshots.js';
import type { InstanceRecord } from '../state.js';
import { tagsFor } from '../tags.js';
import { volumesOf } from '../volumes.js';

/**
 * A snapshot of each volume, and an image of them. A running instance is rebooted first, unless NoReboot. What a process machine of
 * the lab has written is not in the image: that runs the same directory as the instance's own image.
 */
export function createImage(input: CreateImageRequest, context: OperationContext): CreateImageResult {
  const [record] = requireInstances([required(input.InstanceId, 'instanceId')], context);
  if (record === undefined) return {};
  const name = checkImageName(input.Name, context);
  const state = record.instance.State?.Name;
  if (state !== 'running' && state !== 'stopped') {
    throw invalidParameterValue(
      `Invalid value '${input.InstanceId}' for instanceId. Instance is not in state 'running' or 'stopped'`,
    );
  }
  checkDevices(input.BlockDeviceMappings ?? [], context);
  const tags = tagsFor('image', input.TagSpecifications, ['image', 'snapshot']);
  const snapshotTags = tagsFor('snapshot', input.TagSpecifications, ['image', 'snapshot']);
  if (state === 'running' && input.NoReboot !== true) reboot(record, context);
  const { instance } = record;
  const source = context.state.ec2.images.get(instance.ImageId ?? '');
  const imageId = addPendingImage(
    {
      Name: name,
      Description: input.Description,
      Architecture: instance.Architecture,
      ImageLocation: source?.ImageLocation,
      ImdsSupport: source?.ImdsSupport,
      RootDeviceName: instance.RootDeviceName,
      SourceInstanceId: instance.InstanceId,
      SourceImageId: instance.ImageId,
      SourceImageRegion: context.state.region,
    },
    tags,
    context,
  );
  const image = context.state.ec2.images.get(imageId);
  const devices = volumesOf(instance.InstanceId ?? '', context).map((volume) =>
    snapshotOf(volume, `Created by CreateImage(${instance.InstanceId}) for ${imageId}`, snapshotTags, context),
  );
  if (image !== undefined) image.BlockDeviceMappings = devicesOver(devices, input.BlockDeviceMappings ?? []);
  return { ImageId: imageId };
}

function snapshotOf(
  volume: Volume,
  description: string,
  tags: ReturnType<typeof tagsFor>,
  context: OperationContext,
): BlockDeviceMapping {
  const { VolumeId = '', Size: size = 0, Encrypted: encrypted, KmsKeyId: kmsKeyId, Attachments } = volume;
  const snapshot = startSnapshot({ volumeId: VolumeId, size, description, encrypted, kmsKeyId, tags }, context);
  return {
    DeviceName: Attachments?.[0]?.Device,
    Ebs: {
      DeleteOnTermination: Attachments?.[0]?.DeleteOnTermination,
      Encrypted: encrypted,
      SnapshotId: snapshot.SnapshotId,
      VolumeSize: size,
      VolumeType: volume.VolumeType,
    },
  };
}

function reboot({ instance }: InstanceRecord, context: OperationContext): void {
  const instanceId = instance.InstanceId ?? '';
  context.emit({ kind: 'stopMachine', instanceId, graceMs: context.timing.instanceShutdownMs });
  context.emit({ kind: 'startMachine', instanceId });
}
