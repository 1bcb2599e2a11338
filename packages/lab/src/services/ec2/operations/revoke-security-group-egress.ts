import type { RevokeSecurityGroupEgressRequest, RevokeSecurityGroupEgressResult } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { revokeRules } from '../security-group-changes.js';

export function revokeSecurityGroupEgress(
  input: RevokeSecurityGroupEgressRequest,
  context: OperationContext,
): RevokeSecurityGroupEgressResult {
  return { Return: true, RevokedSecurityGroupRules: revokeRules(input, true, context) };
}
