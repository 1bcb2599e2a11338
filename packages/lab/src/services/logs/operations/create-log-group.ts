import type { CreateLogGroupCommandInput } from '@aws-sdk/client-cloudwatch-logs';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import type { LogGroupRecord } from '../state.js';
import { setTags } from '../tags.js';

export function createLogGroup(input: CreateLogGroupCommandInput, { state, now }: OperationContext): object {
  const { logGroupName: name = '', tags, logGroupClass = 'STANDARD', deletionProtectionEnabled = false } = input;
  if (state.logs.groups.has(name))
    throw new AwsError('ResourceAlreadyExistsException', 'The specified log group already exists');
  const group: LogGroupRecord = {
    name,
    creationTime: now,
    logGroupClass,
    streams: new Map(),
    tags: new Map(),
    isDeletionProtected: deletionProtectionEnabled,
  };
  setTags(group, tags);
  state.logs.groups.set(name, group);
  return {};
}
