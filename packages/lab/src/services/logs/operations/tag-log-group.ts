import type { TagLogGroupCommandInput } from '@aws-sdk/client-cloudwatch-logs';
import type { OperationContext } from '../../../control-plane/types.js';
import { findGroup } from '../log-group.js';
import { setTags } from '../tags.js';

/** The older way, by name. */
export function tagLogGroup(input: TagLogGroupCommandInput, { state }: OperationContext): object {
  setTags(findGroup(state, input), input.tags);
  return {};
}
