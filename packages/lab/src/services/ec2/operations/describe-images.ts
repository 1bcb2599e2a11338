import type { DescribeImagesRequest, DescribeImagesResult, Image } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { describe } from '../description.js';
import type { FilterFields } from '../filters.js';

const fields: FilterFields<Image> = {
  'image-id': (i) => i.ImageId,
  name: (i) => i.Name,
  description: (i) => i.Description,
  architecture: (i) => i.Architecture,
  'creation-date': (i) => i.CreationDate,
  'image-type': (i) => i.ImageType,
  'is-public': (i) => i.Public,
  'manifest-location': (i) => i.ImageLocation,
  'owner-id': (i) => i.OwnerId,
  'root-device-name': (i) => i.RootDeviceName,
  'root-device-type': (i) => i.RootDeviceType,
  state: (i) => i.State,
  'virtualization-type': (i) => i.VirtualizationType,
};

/** The lab has the images that were registered in it, and no others: those of other owners are none. */
export function describeImages(input: DescribeImagesRequest, context: OperationContext): DescribeImagesResult {
  const { accountId } = context.state;
  const owners = input.Owners ?? [];
  const isMine = owners.length === 0 || owners.some((owner) => owner === 'self' || owner === accountId);
  const { found, nextToken } = describe('image', { ...input, ids: input.ImageIds }, fields, context);
  return { Images: isMine ? found : [], NextToken: isMine ? nextToken : undefined };
}
