import type { DeleteLogGroupCommandInput } from '@aws-sdk/client-cloudwatch-logs';
import type { OperationContext } from '../../../control-plane/types.js';
import { findGroup } from '../log-group.js';
import { invalidParameter } from '../refusal.js';

export function deleteLogGroup(input: DeleteLogGroupCommandInput, { state }: OperationContext): object {
  const group = findGroup(state, input);
  if (group.isDeletionProtected)
    throw invalidParameter('The log group has deletion protection enabled. Disable it before deleting the log group.');
  for (const { storedBytes } of group.streams.values()) state.logs.storedBytes -= storedBytes;
  state.logs.groups.delete(group.name);
  return {};
}
