import type { GetCallerIdentityCommandOutput } from '@aws-sdk/client-sts';
import type { OperationContext } from '../../../control-plane/types.js';

export function getCallerIdentity(
  _input: object,
  { state, caller }: OperationContext,
): Omit<GetCallerIdentityCommandOutput, '$metadata'> {
  const { accountId } = state;
  if (caller.kind !== 'instanceRole') {
    return { Account: accountId, UserId: accountId, Arn: `arn:aws:iam::${accountId}:root` };
  }
  const { roleName, instanceId } = caller;
  return {
    Account: accountId,
    UserId: `${state.iam.roles.get(roleName)?.roleId ?? 'AROA'}:${instanceId}`,
    Arn: `arn:aws:sts::${accountId}:assumed-role/${roleName}/${instanceId}`,
  };
}
