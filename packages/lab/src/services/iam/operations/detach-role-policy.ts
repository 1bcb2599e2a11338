import type { DetachRolePolicyCommandInput } from '@aws-sdk/client-iam';
import type { OperationContext } from '../../../control-plane/types.js';
import { findRole, noSuchEntity } from '../entities.js';

export function detachRolePolicy(input: DetachRolePolicyCommandInput, { state }: OperationContext): object {
  const role = findRole(state, input.RoleName!);
  if (!role.attachedPolicyArns.delete(input.PolicyArn!)) {
    throw noSuchEntity(`Policy ${input.PolicyArn} was not found.`);
  }
  return {};
}
