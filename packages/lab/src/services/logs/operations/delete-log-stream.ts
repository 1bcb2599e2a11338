import type { DeleteLogStreamCommandInput } from '@aws-sdk/client-cloudwatch-logs';
import type { OperationContext } from '../../../control-plane/types.js';
import { findGroup } from '../log-group.js';
import { findStream } from '../log-stream.js';

export function deleteLogStream(input: DeleteLogStreamCommandInput, { state }: OperationContext): object {
  const group = findGroup(state, input);
  const stream = findStream(group, input.logStreamName);
  state.logs.storedBytes -= stream.storedBytes;
  group.streams.delete(stream.name);
  return {};
}
