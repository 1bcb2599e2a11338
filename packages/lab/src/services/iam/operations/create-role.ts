import type { CreateRoleCommandInput, CreateRoleResponse } from '@aws-sdk/client-iam';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { checkEntityName, checkPath, checkPolicyDocument, describeRole } from '../entities.js';
import type { RoleRecord } from '../state.js';

const LONGEST_ROLE_NAME = 64;

export function createRole(input: CreateRoleCommandInput, { state, ids, now }: OperationContext): CreateRoleResponse {
  const roleName = input.RoleName!;
  const path = checkPath(input.Path);
  checkEntityName('roleName', roleName, LONGEST_ROLE_NAME);
  checkPolicyDocument(input.AssumeRolePolicyDocument!, 'trust');
  if (state.iam.roles.has(roleName)) {
    throw new AwsError('EntityAlreadyExists', `Role with name ${roleName} already exists.`, 409);
  }
  const role: RoleRecord = {
    roleName,
    arn: `arn:aws:iam::${state.accountId}:role${path}${roleName}`,
    roleId: ids.hex('AROA', 17).toUpperCase(),
    path,
    createdAt: now,
    description: input.Description,
    maxSessionDurationSeconds: input.MaxSessionDuration ?? 3_600,
    tags: input.Tags ?? [],
    assumeRolePolicyDocument: input.AssumeRolePolicyDocument!,
    inlinePolicies: new Map(),
    attachedPolicyArns: new Set(),
  };
  state.iam.roles.set(roleName, role);
  return { Role: describeRole(role) };
}
