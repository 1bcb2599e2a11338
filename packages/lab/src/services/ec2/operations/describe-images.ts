import type { DescribeImagesRequest, DescribeImagesResult, Image } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { describe } from '../description.js';
import { describedBy, type FilterFields } from '../filters.js';

const fields: FilterFields<Image> = describedBy('Image', {
  'image-id': (i) => i.ImageId,
  name: (i) => i.Name,
  description: (i) => i.Description,
  architecture: (i) => i.Architecture,
  'block-device-mapping.delete-on-termination': (i) => devices(i).map(({ Ebs }) => Ebs?.DeleteOnTermination),
  'block-device-mapping.device-name': (i) => devices(i).map(({ DeviceName }) => DeviceName),
  'block-device-mapping.encrypted': (i) => devices(i).map(({ Ebs }) => Ebs?.Encrypted),
  'block-device-mapping.snapshot-id': (i) => devices(i).map(({ Ebs }) => Ebs?.SnapshotId),
  'block-device-mapping.volume-size': (i) => devices(i).map(({ Ebs }) => Ebs?.VolumeSize),
  'block-device-mapping.volume-type': (i) => devices(i).map(({ Ebs }) => Ebs?.VolumeType),
  'creation-date': (i) => i.CreationDate,
  'ena-support': (i) => i.EnaSupport,
  hypervisor: (i) => i.Hypervisor,
  'image-type': (i) => i.ImageType,
  'is-public': (i) => i.Public,
  'manifest-location': (i) => i.ImageLocation,
  'owner-id': (i) => i.OwnerId,
  'root-device-name': (i) => i.RootDeviceName,
  'root-device-type': (i) => i.RootDeviceType,
  'source-image-id': (i) => i.SourceImageId,
  'source-image-region': (i) => i.SourceImageRegion,
  'source-instance-id': (i) => i.SourceInstanceId,
  state: (i) => i.State,
  'virtualization-type': (i) => i.VirtualizationType,
});

function devices(image: Image) {
  return image.BlockDeviceMappings ?? [];
}

/**
 * The lab has the images that were registered or created in it, and no others: those of other owners are none. Disabled ones are
 * hidden unless they are asked for; deprecated ones are shown, for they are the caller's own.
 */
export function describeImages(input: DescribeImagesRequest, context: OperationContext): DescribeImagesResult {
  const { accountId } = context.state;
  const owners = input.Owners ?? [];
  const isMine = owners.length === 0 || owners.some((owner) => owner === 'self' || owner === accountId);
  const isShown = (image: Image) => isMine && (input.IncludeDisabled === true || image.State !== 'disabled');
  const { found, nextToken } = describe('image', { ...input, ids: input.ImageIds, isShown }, fields, context);
  return { Images: found, NextToken: nextToken };
}
