import type { AttachRolePolicyCommandInput } from '@aws-sdk/client-iam';
import { managedPolicyDocument } from '../../../access/managed-policies.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { findRole, noSuchEntity } from '../entities.js';

/** Knows the managed policies that docs/lab.md lists; any other does not exist in the lab. */
export function attachRolePolicy(input: AttachRolePolicyCommandInput, { state }: OperationContext): object {
  const role = findRole(state, input.RoleName!);
  if (managedPolicyDocument(input.PolicyArn!) === undefined) {
    throw noSuchEntity(`Policy ${input.PolicyArn} does not exist or is not attachable.`);
  }
  role.attachedPolicyArns.add(input.PolicyArn!);
  return {};
}
