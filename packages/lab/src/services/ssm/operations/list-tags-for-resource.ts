import type { ListTagsForResourceCommandInput, ListTagsForResourceResult } from '@aws-sdk/client-ssm';
import type { OperationContext } from '../../../control-plane/types.js';
import { findTaggedParameter } from '../tags.js';

export function listTagsForResource(
  input: ListTagsForResourceCommandInput,
  { state }: OperationContext,
): ListTagsForResourceResult {
  return { TagList: findTaggedParameter(state, input).tags.map((tag) => ({ ...tag })) };
}
