import type { DeleteRoleCommandInput } from '@aws-sdk/client-iam';
import type { OperationContext } from '../../../control-plane/types.js';
import { deleteConflict, findRole } from '../entities.js';

export function deleteRole(input: DeleteRoleCommandInput, { state }: OperationContext): object {
  const role = findRole(state, input.RoleName!);
  const isInProfile = [...state.iam.instanceProfiles.values()].some(({ roleNames }) =>
    roleNames.includes(role.roleName),
  );
  if (isInProfile) throw deleteConflict('Cannot delete entity, must remove roles from instance profile first.');
  if (role.attachedPolicyArns.size > 0) throw deleteConflict('Cannot delete entity, must detach all policies first.');
  if (role.inlinePolicies.size > 0) throw deleteConflict('Cannot delete entity, must delete policies first.');
  state.iam.roles.delete(role.roleName);
  return {};
}
