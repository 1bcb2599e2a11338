import type { ListInstanceProfilesForRoleCommandInput, ListInstanceProfilesForRoleResponse } from '@aws-sdk/client-iam';
import type { OperationContext } from '../../../control-plane/types.js';
import { describeInstanceProfile, findRole } from '../entities.js';
import { takeMarkedPage } from '../paging.js';

export function listInstanceProfilesForRole(
  input: ListInstanceProfilesForRoleCommandInput,
  { state }: OperationContext,
): ListInstanceProfilesForRoleResponse {
  const { roleName } = findRole(state, input.RoleName!);
  const profiles = [...state.iam.instanceProfiles.values()].filter(({ roleNames }) => roleNames.includes(roleName));
  const { items, ...rest } = takeMarkedPage(profiles, ({ instanceProfileName }) => instanceProfileName, input);
  return { InstanceProfiles: items.map((profile) => describeInstanceProfile(state, profile)), ...rest };
}
