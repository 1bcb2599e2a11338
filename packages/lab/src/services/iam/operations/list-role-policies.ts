import type { ListRolePoliciesCommandInput, ListRolePoliciesResponse } from '@aws-sdk/client-iam';
import type { OperationContext } from '../../../control-plane/types.js';
import { findRole } from '../entities.js';
import { takeMarkedPage } from '../paging.js';

export function listRolePolicies(
  input: ListRolePoliciesCommandInput,
  { state }: OperationContext,
): ListRolePoliciesResponse {
  const { inlinePolicies } = findRole(state, input.RoleName!);
  const { items, ...rest } = takeMarkedPage(inlinePolicies.keys(), (name) => name, input);
  return { PolicyNames: [...items], ...rest };
}
