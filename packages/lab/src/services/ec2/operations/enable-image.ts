import type { EnableImageRequest, EnableImageResult } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireAvailable, requireOwnImage } from '../images.js';

export function enableImage(input: EnableImageRequest, context: OperationContext): EnableImageResult {
  const image = requireOwnImage(input.ImageId, context);
  if (image.State !== 'disabled') requireAvailable(image);
  image.State = 'available';
  return { Return: true };
}
