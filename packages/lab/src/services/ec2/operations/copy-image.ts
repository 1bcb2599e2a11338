import type { BlockDeviceMapping, CopyImageRequest, CopyImageResult, Image } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { madeBefore, rememberMade } from '../client-tokens.js';
import { copyOf } from '../copy.js';
import { addPendingImage, checkImageName, requireAvailable } from '../images.js';
import { notEmulated, required } from '../refusals.js';
import { requireResource } from '../resources.js';
import { startSnapshot, unknownVolumeId } from '../snapshots.js';
import { tagsFor, tagsOf } from '../tags.js';

const operation = 'CopyImage';

/** Within the lab's region. Launch permissions are not copied, and tags only where CopyImageTags says so. */
export function copyImage(input: CopyImageRequest, context: OperationContext): CopyImageResult {
  const madeEarlier = madeBefore(operation, input, context);
  if (madeEarlier !== undefined) return { ImageId: madeEarlier };
  if (required(input.SourceRegion, 'sourceRegion') !== context.state.region)
    throw notEmulated(`another region (${input.SourceRegion})`);
  const source = requireResource('image', input.SourceImageId, context);
  requireAvailable(source);
  const name = checkImageName(input.Name, context);
  const given = tagsFor('image', input.TagSpecifications, ['image', 'snapshot']);
  const snapshotTags = tagsFor('snapshot', input.TagSpecifications, ['image', 'snapshot']);
  const sourceTags = input.CopyImageTags === true ? tagsOf(context.state.ec2, source.ImageId ?? '') : [];
  const tags = [...sourceTags.filter(({ Key = '' }) => !Key.startsWith('aws:')), ...given];
  const imageId = addPendingImage(
    {
      ...copyOf(source),
      ImageId: undefined,
      Name: name,
      CreationDate: undefined,
      DeprecationTime: undefined,
      DeregistrationProtection: undefined,
      Description: input.Description ?? source.Description,
      OwnerId: undefined,
      Public: false,
      SourceImageId: source.ImageId,
      SourceImageRegion: context.state.region,
      SourceInstanceId: undefined,
    },
    tags,
    context,
  );
  const image = context.state.ec2.images.get(imageId);
  if (image !== undefined) image.BlockDeviceMappings = copyDevices(source, image, input, snapshotTags, context);
  rememberMade(operation, input, imageId, context);
  return { ImageId: imageId };
}

function copyDevices(
  source: Image,
  image: Image,
  input: CopyImageRequest,
  tags: ReturnType<typeof tagsFor>,
  context: OperationContext,
): BlockDeviceMapping[] {
  return (source.BlockDeviceMappings ?? []).map((device) => {
    const snapshot = context.state.ec2.snapshots.get(device.Ebs?.SnapshotId ?? '');
    if (snapshot === undefined) return copyOf(device);
    const copy = startSnapshot(
      {
        volumeId: unknownVolumeId,
        size: snapshot.VolumeSize ?? 0,
        description: `Copied for DestinationAmi ${image.ImageId} from SourceAmi ${source.ImageId} for SourceSnapshot ${snapshot.SnapshotId}. Task created on ${context.now}.`,
        encrypted: input.Encrypted ?? snapshot.Encrypted,
        kmsKeyId: input.KmsKeyId ?? snapshot.KmsKeyId,
        tags,
      },
      context,
    );
    return {
      ...copyOf(device),
      Ebs: { ...copyOf(device.Ebs), SnapshotId: copy.SnapshotId, Encrypted: copy.Encrypted },
    };
  });
}
