import type { AuthorizeSecurityGroupIngressRequest, AuthorizeSecurityGroupIngressResult } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { authorizeRules } from '../security-group-changes.js';

export function authorizeSecurityGroupIngress(
  input: AuthorizeSecurityGroupIngressRequest,
  context: OperationContext,
): AuthorizeSecurityGroupIngressResult {
  return { Return: true, SecurityGroupRules: authorizeRules(input, false, context) };
}
