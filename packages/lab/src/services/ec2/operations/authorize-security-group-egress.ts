import type { AuthorizeSecurityGroupEgressRequest, AuthorizeSecurityGroupEgressResult } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { authorizeRules } from '../security-group-changes.js';

export function authorizeSecurityGroupEgress(
  input: AuthorizeSecurityGroupEgressRequest,
  context: OperationContext,
): AuthorizeSecurityGroupEgressResult {
  return { Return: true, SecurityGroupRules: authorizeRules(input, true, context) };
}
