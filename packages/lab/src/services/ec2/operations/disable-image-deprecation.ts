import type { DisableImageDeprecationRequest, DisableImageDeprecationResult } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireOwnImage } from '../images.js';

export function disableImageDeprecation(
  input: DisableImageDeprecationRequest,
  context: OperationContext,
): DisableImageDeprecationResult {
  const image = requireOwnImage(input.ImageId, context);
  image.DeprecationTime = undefined;
  return { Return: true };
}
