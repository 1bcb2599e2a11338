import type { PutRolePolicyCommandInput } from '@aws-sdk/client-iam';
import type { OperationContext } from '../../../control-plane/types.js';
import { checkEntityName, checkPolicyDocument, findRole } from '../entities.js';

const LONGEST_POLICY_NAME = 128;

export function putRolePolicy(input: PutRolePolicyCommandInput, { state }: OperationContext): object {
  const role = findRole(state, input.RoleName!);
  checkEntityName('policyName', input.PolicyName!, LONGEST_POLICY_NAME);
  checkPolicyDocument(input.PolicyDocument!);
  role.inlinePolicies.set(input.PolicyName!, input.PolicyDocument!);
  return {};
}
