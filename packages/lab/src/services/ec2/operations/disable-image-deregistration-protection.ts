import type {
  DisableImageDeregistrationProtectionRequest,
  DisableImageDeregistrationProtectionResult,
} from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireOwnImage, unprotect } from '../images.js';

export function disableImageDeregistrationProtection(
  input: DisableImageDeregistrationProtectionRequest,
  context: OperationContext,
): DisableImageDeregistrationProtectionResult {
  const image = requireOwnImage(input.ImageId, context);
  unprotect(image, context);
  return { Return: 'true' };
}
