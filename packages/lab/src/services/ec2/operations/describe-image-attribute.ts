import type { DescribeImageAttributeRequest, ImageAttribute } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { copyOf } from '../copy.js';
import { notEmulated } from '../refusals.js';
import { requireResource } from '../resources.js';

export function describeImageAttribute(
  input: DescribeImageAttributeRequest,
  context: OperationContext,
): ImageAttribute {
  const image = requireResource('image', input.ImageId, context);
  switch (input.Attribute) {
    case 'launchPermission':
      return {
        ImageId: image.ImageId,
        LaunchPermissions: copyOf(context.state.ec2.launchPermissions.get(image.ImageId!) ?? []),
      };
    case 'description':
      return { ImageId: image.ImageId, Description: { Value: image.Description } };
    case 'blockDeviceMapping':
      return { ImageId: image.ImageId, BlockDeviceMappings: copyOf(image.BlockDeviceMappings ?? []) };
    case 'deregistrationProtection':
      return {
        ImageId: image.ImageId,
        DeregistrationProtection: { Value: image.DeregistrationProtection ?? 'disabled' },
      };
    default:
      throw notEmulated(`the image attribute ${input.Attribute}`);
  }
}
