import type { DeletePolicyType } from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { removeTargetTrackingAlarms } from '../scaling-policy.js';

export function deletePolicy(input: DeletePolicyType, context: OperationContext): object {
  for (const { group, policies } of context.state.autoScaling.groups.values()) {
    if (![undefined, group.AutoScalingGroupName].includes(input.AutoScalingGroupName)) continue;
    for (const [name, policy] of policies) {
      if (name !== input.PolicyName && policy.PolicyARN !== input.PolicyName) continue;
      removeTargetTrackingAlarms(policy, context);
      policies.delete(name);
      return {};
    }
  }
  throw new AwsError('ValidationError', 'Policy not found');
}
