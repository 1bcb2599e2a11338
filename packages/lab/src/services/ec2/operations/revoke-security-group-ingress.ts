import type { RevokeSecurityGroupIngressRequest, RevokeSecurityGroupIngressResult } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { revokeRules } from '../security-group-changes.js';

export function revokeSecurityGroupIngress(
  input: RevokeSecurityGroupIngressRequest,
  context: OperationContext,
): RevokeSecurityGroupIngressResult {
  return { Return: true, RevokedSecurityGroupRules: revokeRules(input, false, context) };
}
