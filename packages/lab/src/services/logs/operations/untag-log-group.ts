import type { UntagLogGroupCommandInput } from '@aws-sdk/client-cloudwatch-logs';
import type { OperationContext } from '../../../control-plane/types.js';
import { findGroup } from '../log-group.js';

/** The older way, by name. */
export function untagLogGroup(input: UntagLogGroupCommandInput, { state }: OperationContext): object {
  const { tags } = findGroup(state, input);
  for (const key of input.tags ?? []) tags.delete(key);
  return {};
}
