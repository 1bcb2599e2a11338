import type { EnableImageDeprecationRequest, EnableImageDeprecationResult } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireOwnImage } from '../images.js';
import { invalidParameterValue, required } from '../refusals.js';

const minuteMs = 60_000;

/** From that time on the image is deprecated: a word to those who use it, which stops no launch. To the minute, at most ten years ahead. */
export function enableImageDeprecation(
  input: EnableImageDeprecationRequest,
  context: OperationContext,
): EnableImageDeprecationResult {
  const image = requireOwnImage(input.ImageId, context);
  const asked = required(input.DeprecateAt, 'deprecateAt').getTime();
  const at = new Date(Math.round(asked / minuteMs) * minuteMs);
  const limit = new Date(image.CreationDate ?? context.now);
  limit.setUTCFullYear(limit.getUTCFullYear() + 10);
  if (!(asked > context.now) || at > limit)
    throw invalidParameterValue(
      `Invalid value for deprecateAt. The deprecation time must be in the future, and at most 10 years from the creation date of the image.`,
    );
  image.DeprecationTime = at.toISOString();
  return { Return: true };
}
