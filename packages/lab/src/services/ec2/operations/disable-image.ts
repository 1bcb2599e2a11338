import type { DisableImageRequest, DisableImageResult } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireAvailable, requireOwnImage } from '../images.js';

/** It launches no more and is shared with nobody; what runs from it goes on. EnableImage brings it back, without its sharing. */
export function disableImage(input: DisableImageRequest, context: OperationContext): DisableImageResult {
  const image = requireOwnImage(input.ImageId, context);
  if (image.State !== 'disabled') requireAvailable(image);
  image.State = 'disabled';
  image.Public = false;
  context.state.ec2.launchPermissions.delete(image.ImageId ?? '');
  return { Return: true };
}
