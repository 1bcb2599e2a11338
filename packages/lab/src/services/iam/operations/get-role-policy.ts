import type { GetRolePolicyCommandInput, GetRolePolicyResponse } from '@aws-sdk/client-iam';
import type { OperationContext } from '../../../control-plane/types.js';
import { encodeDocument, findRole, noSuchEntity } from '../entities.js';

export function getRolePolicy(input: GetRolePolicyCommandInput, { state }: OperationContext): GetRolePolicyResponse {
  const role = findRole(state, input.RoleName!);
  const document = role.inlinePolicies.get(input.PolicyName!);
  if (document === undefined) throw noSuchEntity(`The role policy with name ${input.PolicyName} cannot be found.`);
  return { RoleName: role.roleName, PolicyName: input.PolicyName, PolicyDocument: encodeDocument(document) };
}
