import type { GetRoleCommandInput, GetRoleResponse } from '@aws-sdk/client-iam';
import type { OperationContext } from '../../../control-plane/types.js';
import { describeRole, findRole } from '../entities.js';

export function getRole(input: GetRoleCommandInput, { state }: OperationContext): GetRoleResponse {
  return { Role: describeRole(findRole(state, input.RoleName!)) };
}
