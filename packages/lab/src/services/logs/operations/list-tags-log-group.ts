import type { ListTagsLogGroupCommandInput, ListTagsLogGroupResponse } from '@aws-sdk/client-cloudwatch-logs';
import type { OperationContext } from '../../../control-plane/types.js';
import { findGroup } from '../log-group.js';

/** The older way, by name. */
export function listTagsLogGroup(
  input: ListTagsLogGroupCommandInput,
  { state }: OperationContext,
): ListTagsLogGroupResponse {
  return { tags: Object.fromEntries(findGroup(state, input).tags) };
}
