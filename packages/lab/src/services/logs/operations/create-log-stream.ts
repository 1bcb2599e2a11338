import type { CreateLogStreamCommandInput } from '@aws-sdk/client-cloudwatch-logs';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { findGroup } from '../log-group.js';

export function createLogStream(input: CreateLogStreamCommandInput, { state, now }: OperationContext): object {
  const { logStreamName: name = '' } = input;
  const { streams } = findGroup(state, input);
  if (streams.has(name))
    throw new AwsError('ResourceAlreadyExistsException', 'The specified log stream already exists');
  streams.set(name, { name, creationTime: now, events: [], storedBytes: 0 });
  return {};
}
