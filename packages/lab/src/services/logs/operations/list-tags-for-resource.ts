import type { ListTagsForResourceCommandInput, ListTagsForResourceResponse } from '@aws-sdk/client-cloudwatch-logs';
import type { OperationContext } from '../../../control-plane/types.js';
import { findTagged } from '../tags.js';

export function listTagsForResource(
  { resourceArn }: ListTagsForResourceCommandInput,
  { state }: OperationContext,
): ListTagsForResourceResponse {
  return { tags: Object.fromEntries(findTagged(state, resourceArn).tags) };
}
