import type { MemberTable } from '../../protocols/check-members.js';

/** What each operation of IAM acts on. A member that is not here is refused by name. */
export const iamMembers: MemberTable = {
  ListInstanceProfilesForRole: { acts: 'RoleName Marker MaxItems' },
  ListRoleTags: { acts: 'RoleName Marker MaxItems' },
  TagRole: { acts: 'RoleName Tags' },
  UntagRole: { acts: 'RoleName TagKeys' },
  UpdateAssumeRolePolicy: { acts: 'RoleName PolicyDocument' },
  AddRoleToInstanceProfile: { acts: 'InstanceProfileName RoleName' },
  AttachRolePolicy: { acts: 'RoleName PolicyArn' },
  CreateInstanceProfile: { acts: 'InstanceProfileName Path Tags' },
  CreateRole: { acts: 'RoleName AssumeRolePolicyDocument Path Description MaxSessionDuration Tags' },
  DeleteInstanceProfile: { acts: 'InstanceProfileName' },
  DeleteRole: { acts: 'RoleName' },
  DeleteRolePolicy: { acts: 'RoleName PolicyName' },
  DetachRolePolicy: { acts: 'RoleName PolicyArn' },
  GetInstanceProfile: { acts: 'InstanceProfileName' },
  GetRole: { acts: 'RoleName' },
  GetRolePolicy: { acts: 'RoleName PolicyName' },
  ListAttachedRolePolicies: { acts: 'RoleName Marker MaxItems' },
  ListInstanceProfiles: { acts: 'PathPrefix Marker MaxItems' },
  ListRolePolicies: { acts: 'RoleName Marker MaxItems' },
  ListRoles: { acts: 'PathPrefix Marker MaxItems' },
  PutRolePolicy: { acts: 'RoleName PolicyName PolicyDocument' },
  RemoveRoleFromInstanceProfile: { acts: 'InstanceProfileName RoleName' },
  SimulatePrincipalPolicy: {
    acts: 'PolicySourceArn ActionNames PolicyInputList ResourceArns ContextEntries',
    noEffect: 'MaxItems Marker',
  },
};
