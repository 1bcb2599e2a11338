import type { UntagResourceCommandInput } from '@aws-sdk/client-cloudwatch-logs';
import type { OperationContext } from '../../../control-plane/types.js';
import { findTagged } from '../tags.js';

export function untagResource(
  { resourceArn, tagKeys = [] }: UntagResourceCommandInput,
  { state }: OperationContext,
): object {
  const { tags } = findTagged(state, resourceArn);
  for (const key of tagKeys) tags.delete(key);
  return {};
}
