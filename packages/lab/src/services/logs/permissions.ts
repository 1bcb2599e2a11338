import type { LabState, Permission } from '../../control-plane/types.js';
import { groupArn, groupNameOf } from './log-group.js';

interface AnyInput {
  readonly logGroupName?: string;
  readonly logGroupIdentifier?: string;
  readonly resourceArn?: string;
  readonly logStreamName?: string;
}

/**
 * What a Logs request asks permission for: `…:log-group:NAME:log-stream:STREAM`, with an empty name where the request names none, as
 * AWS's own refusals say. So `log-group:NAME:*` in a policy covers the group and its streams.
 */
export function logsPermissions(operationName: string, input: object, state: LabState): readonly Permission[] {
  const { logGroupName, logGroupIdentifier, resourceArn, logStreamName = '' } = input as AnyInput;
  const group = groupNameOf(logGroupName ?? logGroupIdentifier ?? resourceArn ?? '');
  return [{ action: `logs:${operationName}`, resource: `${groupArn(state, group)}:log-stream:${logStreamName}` }];
}
