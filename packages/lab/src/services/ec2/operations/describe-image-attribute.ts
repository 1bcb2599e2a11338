import type { DescribeImageAttributeRequest, ImageAttribute } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { copyOf } from '../copy.js';
import { notEmulated, refuseDryRun } from '../refusals.js';
import { requireResource } from '../resources.js';

export function describeImageAttribute(
  input: DescribeImageAttributeRequest,
  context: OperationContext,
): ImageAttribute {
  const image = requireResource('image', input.ImageId, context);
  refuseDryRun(input);
  switch (input.Attribute) {
    case 'launchPermission':
      return {
        ImageId: image.ImageId,
        LaunchPermissions: copyOf(context.state.ec2.launchPermissions.get(image.ImageId!) ?? []),
      };
    case 'description':
      return { ImageId: image.ImageId, Description: { Value: image.Description } };
    default:
      throw notEmulated(`the image attribute ${input.Attribute}`);
  }
}
