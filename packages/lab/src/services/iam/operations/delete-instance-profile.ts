import type { DeleteInstanceProfileCommandInput } from '@aws-sdk/client-iam';
import type { OperationContext } from '../../../control-plane/types.js';
import { deleteConflict, findInstanceProfile } from '../entities.js';

export function deleteInstanceProfile(input: DeleteInstanceProfileCommandInput, { state }: OperationContext): object {
  const profile = findInstanceProfile(state, input.InstanceProfileName!);
  if (profile.roleNames.length > 0) {
    throw deleteConflict('Cannot delete entity, must remove roles from instance profile first.');
  }
  state.iam.instanceProfiles.delete(profile.instanceProfileName);
  return {};
}
