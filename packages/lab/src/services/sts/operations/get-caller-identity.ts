import type { GetCallerIdentityCommandOutput } from '@aws-sdk/client-sts';
import { callerArn } from '../../../access/caller-arn.js';
import type { OperationContext } from '../../../control-plane/types.js';

export function getCallerIdentity(
  _input: object,
  context: OperationContext,
): Omit<GetCallerIdentityCommandOutput, '$metadata'> {
  const { state, caller } = context;
  const { accountId } = state;
  const userId =
    caller.kind === 'instanceRole' ? `${state.iam.roles.get(caller.roleName)?.roleId}:${caller.instanceId}` : accountId;
  return { Account: accountId, UserId: userId, Arn: callerArn(context) };
}
