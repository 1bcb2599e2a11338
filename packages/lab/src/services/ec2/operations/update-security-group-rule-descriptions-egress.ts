import type {
  UpdateSecurityGroupRuleDescriptionsEgressRequest,
  UpdateSecurityGroupRuleDescriptionsEgressResult,
} from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { updateDescriptions } from '../security-group-changes.js';

export function updateSecurityGroupRuleDescriptionsEgress(
  input: UpdateSecurityGroupRuleDescriptionsEgressRequest,
  context: OperationContext,
): UpdateSecurityGroupRuleDescriptionsEgressResult {
  updateDescriptions(input, true, context);
  return { Return: true };
}
