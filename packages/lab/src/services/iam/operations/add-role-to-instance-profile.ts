import type { AddRoleToInstanceProfileCommandInput } from '@aws-sdk/client-iam';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { findInstanceProfile, findRole } from '../entities.js';

export function addRoleToInstanceProfile(
  input: AddRoleToInstanceProfileCommandInput,
  { state }: OperationContext,
): object {
  const profile = findInstanceProfile(state, input.InstanceProfileName!);
  const role = findRole(state, input.RoleName!);
  if (profile.roleNames.length > 0) {
    throw new AwsError('LimitExceeded', 'Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1', 409);
  }
  profile.roleNames.push(role.roleName);
  return {};
}
