import type { ListAttachedRolePoliciesCommandInput, ListAttachedRolePoliciesResponse } from '@aws-sdk/client-iam';
import type { OperationContext } from '../../../control-plane/types.js';
import { findRole } from '../entities.js';
import { takeMarkedPage } from '../paging.js';

export function listAttachedRolePolicies(
  input: ListAttachedRolePoliciesCommandInput,
  { state }: OperationContext,
): ListAttachedRolePoliciesResponse {
  const { attachedPolicyArns } = findRole(state, input.RoleName!);
  const { items, ...rest } = takeMarkedPage(attachedPolicyArns, (arn) => arn, input);
  const policies = items.map((arn) => ({ PolicyName: arn.slice(arn.lastIndexOf('/') + 1), PolicyArn: arn }));
  return { AttachedPolicies: policies, ...rest };
}
