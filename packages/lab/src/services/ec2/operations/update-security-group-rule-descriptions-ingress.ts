import type {
  UpdateSecurityGroupRuleDescriptionsIngressRequest,
  UpdateSecurityGroupRuleDescriptionsIngressResult,
} from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { updateDescriptions } from '../security-group-changes.js';

export function updateSecurityGroupRuleDescriptionsIngress(
  input: UpdateSecurityGroupRuleDescriptionsIngressRequest,
  context: OperationContext,
): UpdateSecurityGroupRuleDescriptionsIngressResult {
  updateDescriptions(input, false, context);
  return { Return: true };
}
