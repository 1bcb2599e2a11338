import type { ListRolesCommandInput, ListRolesResponse } from '@aws-sdk/client-iam';
import type { OperationContext } from '../../../control-plane/types.js';
import { describeRole } from '../entities.js';
import { takeMarkedPage } from '../paging.js';

export function listRoles(input: ListRolesCommandInput, { state }: OperationContext): ListRolesResponse {
  const { PathPrefix = '/' } = input;
  const roles = [...state.iam.roles.values()].filter(({ path }) => path.startsWith(PathPrefix));
  const { items, ...rest } = takeMarkedPage(roles, ({ roleName }) => roleName, input);
  return { Roles: items.map(describeRole), ...rest };
}
