import type { UpdateAssumeRolePolicyCommandInput } from '@aws-sdk/client-iam';
import type { OperationContext } from '../../../control-plane/types.js';
import { checkPolicyDocument, findRole } from '../entities.js';

export function updateAssumeRolePolicy(input: UpdateAssumeRolePolicyCommandInput, { state }: OperationContext): object {
  const role = findRole(state, input.RoleName!);
  checkPolicyDocument(input.PolicyDocument!, 'trust');
  role.assumeRolePolicyDocument = input.PolicyDocument!;
  return {};
}
