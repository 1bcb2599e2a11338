import type { DeleteRolePolicyCommandInput } from '@aws-sdk/client-iam';
import type { OperationContext } from '../../../control-plane/types.js';
import { findRole, noSuchEntity } from '../entities.js';

export function deleteRolePolicy(input: DeleteRolePolicyCommandInput, { state }: OperationContext): object {
  const role = findRole(state, input.RoleName!);
  if (!role.inlinePolicies.delete(input.PolicyName!)) {
    throw noSuchEntity(`The role policy with name ${input.PolicyName} cannot be found.`);
  }
  return {};
}
