// volumes: the disks of instances, which CreateImage and CreateSnapshot copy.
import type { BlockDeviceMapping, Image, Instance, Tag, Volume, VolumeType } from '@aws-sdk/client-ec2';
import type { ControlPlaneContext } from '../../control-plane/types.js';
import { devicesOver } from './block-devices.js';
import type { LaunchPlan } from './launch-plan.js';
import { putTags } from './tags.js';

/** An image of a directory has no snapshot that says how large its disk is. GiB, as Amazon Linux and Debian have it. */
const defaultSize = 8;

function rootedDevices(image: Image): BlockDeviceMapping[] {
  const devices = image.BlockDeviceMappings ?? [];
  if (devices.some(({ DeviceName }) => DeviceName === image.RootDeviceName)) return devices;
  return [{ DeviceName: image.RootDeviceName ?? '/dev/xvda', Ebs: {} }, ...devices];
}

/** Makes and attaches the volumes of a new instance. */
export function createVolumes(instance: Instance, launch: LaunchPlan, context: ControlPlaneContext): void {
  const { image, specification, volumeTags } = launch;
  const devices = devicesOver(rootedDevices(image), specification.blockDevices).filter(({ Ebs }) => Ebs !== undefined);
  instance.BlockDeviceMappings = devices.map((device) => {
    const isRoot = device.DeviceName === image.RootDeviceName;
    // The root volume takes the digits of its instance, so that a lab's other ids do not depend on how many disks it has.
    const volumeId = isRoot ? `vol-${(instance.InstanceId ?? '').slice('i-'.length)}` : context.ids.hex('vol-', 17);
    const attachedAt = new Date(context.now);
    const deleteOnTermination = device.Ebs?.DeleteOnTermination ?? isRoot;
    createVolume(volumeId, instance.Placement?.AvailabilityZone ?? '', device.Ebs ?? {}, volumeTags, context);
    Object.assign(context.state.ec2.volumes.get(volumeId) ?? {}, {
      State: 'in-use',
      Attachments: [
        {
          AttachTime: attachedAt,
          DeleteOnTermination: deleteOnTermination,
          Device: device.DeviceName,
          InstanceId: instance.InstanceId,
          State: 'attached',
          VolumeId: volumeId,
        },
      ],
    } satisfies Partial<Volume>);
    return {
      DeviceName: device.DeviceName,
      Ebs: {
        AttachTime: attachedAt,
        DeleteOnTermination: deleteOnTermination,
        Status: 'attached',
        VolumeId: volumeId,
      },
    };
  });
}

interface VolumeSpecification {
  readonly SnapshotId?: string | undefined;
  readonly VolumeSize?: number | undefined;
  readonly VolumeType?: VolumeType | undefined;
  readonly Encrypted?: boolean | undefined;
  readonly KmsKeyId?: string | undefined;
  readonly Iops?: number | undefined;
}

export function createVolume(
  volumeId: string,
  zone: string,
  wanted: VolumeSpecification,
  tags: readonly Tag[],
  context: ControlPlaneContext,
): Volume {
  const { ec2 } = context.state;
  const snapshot = ec2.snapshots.get(wanted.SnapshotId ?? '');
  const volume: Volume = {
    VolumeId: volumeId,
    Attachments: [],
    AvailabilityZone: zone,
    CreateTime: new Date(context.now),
    Encrypted: wanted.Encrypted ?? snapshot?.Encrypted ?? false,
    ...(wanted.KmsKeyId === undefined ? {} : { KmsKeyId: wanted.KmsKeyId }),
    Iops: wanted.Iops ?? 3_000,
    MultiAttachEnabled: false,
    Size: wanted.VolumeSize ?? snapshot?.VolumeSize ?? defaultSize,
    SnapshotId: wanted.SnapshotId ?? '',
    State: 'available',
    VolumeType: wanted.VolumeType ?? 'gp3',
  };
  ec2.volumes.set(volumeId, volume);
  putTags(ec2, volumeId, tags);
  return volume;
}

export function volumesOf(instanceId: string, { state }: ControlPlaneContext): Volume[] {
  const mappings = state.ec2.instances.get(instanceId)?.instance.BlockDeviceMappings ?? [];
  return mappings.flatMap(({ Ebs }) => state.ec2.volumes.get(Ebs?.VolumeId ?? '') ?? []);
}

/** A terminated instance's volumes go, or stay and are free. */
export function leaveVolumes(instanceId: string, context: ControlPlaneContext): void {
  for (const volume of volumesOf(instanceId, context)) {
    if (volume.Attachments?.[0]?.DeleteOnTermination === false) {
      volume.Attachments = [];
      volume.State = 'available';
    } else {
      context.state.ec2.volumes.delete(volume.VolumeId ?? '');
      context.state.ec2.tags.delete(volume.VolumeId ?? '');
    }
  }
}
