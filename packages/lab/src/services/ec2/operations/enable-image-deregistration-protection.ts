import type {
  EnableImageDeregistrationProtectionRequest,
  EnableImageDeregistrationProtectionResult,
} from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { protect, requireOwnImage } from '../images.js';

export function enableImageDeregistrationProtection(
  input: EnableImageDeregistrationProtectionRequest,
  context: OperationContext,
): EnableImageDeregistrationProtectionResult {
  const image = requireOwnImage(input.ImageId, context);
  protect(image, input.WithCooldown === true);
  return { Return: 'true' };
}
