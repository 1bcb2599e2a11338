import * as iam from '@aws-sdk/client-iam';
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
import { listRolePolicies } from './operations/list-role-policies.js';
import { listRoles } from './operations/list-roles.js';
import { putRolePolicy } from './operations/put-role-policy.js';
import { removeRoleFromInstanceProfile } from './operations/remove-role-from-instance-profile.js';
import { simulatePrincipalPolicy } from './operations/simulate-principal-policy.js';

export const iamService: ServiceDefinition = {
  name: 'iam',
  protocol: 'awsQuery',
  apiVersion: '2010-05-08',
  xmlNamespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
  schemas: iam,
  operations: {
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
    ListRolePolicies: listRolePolicies,
    ListRoles: listRoles,
    PutRolePolicy: putRolePolicy,
    RemoveRoleFromInstanceProfile: removeRoleFromInstanceProfile,
    SimulatePrincipalPolicy: simulatePrincipalPolicy,
  },
};
