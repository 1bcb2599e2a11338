import type { RemoveRoleFromInstanceProfileCommandInput } from '@aws-sdk/client-iam';
import type { OperationContext } from '../../../control-plane/types.js';
import { findInstanceProfile, noSuchEntity } from '../entities.js';

export function removeRoleFromInstanceProfile(
  input: RemoveRoleFromInstanceProfileCommandInput,
  { state }: OperationContext,
): object {
  const { roleNames } = findInstanceProfile(state, input.InstanceProfileName!);
  const index = roleNames.indexOf(input.RoleName!);
  if (index === -1) throw noSuchEntity(`The role with name ${input.RoleName} cannot be found.`);
  roleNames.splice(index, 1);
  return {};
}
