import type { ServiceDefinition } from '../../control-plane/types.js';
import { addRoleToInstanceProfile } from './operations/add-role-to-instance-profile.js';
import { attachRolePolicy } from './operations/attach-role-policy.js';
import { createInstanceProfile } from './operations/create-instance-profile.js';
import { createRole } from './operations/create-role.js';
import { deleteInstanceProfile } from './operations/delete-instance-profile.js';
import { deleteRole } from './operations/delete-role.js';
import { deleteRolePolicy } from './operations/delete-role-policy.js';
import { detachRolePolicy } from './operations/detach-role-policy.js';
import { getInstanceProfile } from './operations/get-instance-profile.js';
import { getRole } from './operations/get-role.js';
import { getRolePolicy } from './operations/get-role-policy.js';
import { listAttachedRolePolicies } from './operations/list-attached-role-policies.js';
import { listInstanceProfiles } from './operations/list-instance-profiles.js';
import { listInstanceProfilesForRole } from './operations/list-instance-profiles-for-role.js';
import { listRolePolicies } from './operations/list-role-policies.js';
import { listRoleTags } from './operations/list-role-tags.js';
import { listRoles } from './operations/list-roles.js';
import { putRolePolicy } from './operations/put-role-policy.js';
import { removeRoleFromInstanceProfile } from './operations/remove-role-from-instance-profile.js';
import { simulatePrincipalPolicy } from './operations/simulate-principal-policy.js';
import { tagRole } from './operations/tag-role.js';
import { untagRole } from './operations/untag-role.js';
import { updateAssumeRolePolicy } from './operations/update-assume-role-policy.js';

export const iamOperations: ServiceDefinition['operations'] = {
  AddRoleToInstanceProfile: addRoleToInstanceProfile,
  AttachRolePolicy: attachRolePolicy,
  CreateInstanceProfile: createInstanceProfile,
  CreateRole: createRole,
  DeleteInstanceProfile: deleteInstanceProfile,
  DeleteRole: deleteRole,
  DeleteRolePolicy: deleteRolePolicy,
  DetachRolePolicy: detachRolePolicy,
  GetInstanceProfile: getInstanceProfile,
  GetRole: getRole,
  GetRolePolicy: getRolePolicy,
  ListAttachedRolePolicies: listAttachedRolePolicies,
  ListInstanceProfiles: listInstanceProfiles,
  ListInstanceProfilesForRole: listInstanceProfilesForRole,
  ListRolePolicies: listRolePolicies,
  ListRoleTags: listRoleTags,
  ListRoles: listRoles,
  PutRolePolicy: putRolePolicy,
  RemoveRoleFromInstanceProfile: removeRoleFromInstanceProfile,
  SimulatePrincipalPolicy: simulatePrincipalPolicy,
  TagRole: tagRole,
  UntagRole: untagRole,
  UpdateAssumeRolePolicy: updateAssumeRolePolicy,
};
