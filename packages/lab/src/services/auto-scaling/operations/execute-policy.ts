import type { ExecutePolicyType, ScalingPolicy } from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { at } from '../activity.js';
import { checkCooldown } from '../cooldown.js';
import { desiredBy } from '../scaling-policy.js';
import type { GroupRecord } from '../state.js';

/** Simple and step scaling policies act at once; target tracking policies cannot be executed, as on AWS. */
export function executePolicy(input: ExecutePolicyType, context: OperationContext): object {
  const { record, policy } = requirePolicy(input, context);
  const { group } = record;
  if (policy.PolicyType !== 'SimpleScaling' && policy.PolicyType !== 'StepScaling') {
    throw new AwsError('ValidationError', `Policies of type ${policy.PolicyType} cannot be executed.`);
  }
  if (input.HonorCooldown && policy.PolicyType === 'SimpleScaling') checkCooldown(record, context.now, policy.Cooldown);
  const before = group.DesiredCapacity!;
  const desired = desiredBy(record, policy, { value: input.MetricValue, threshold: input.BreachThreshold });
  if (desired === before) return {};
  record.capacityReason = `${at(context.now)} a user request executed policy ${policy.PolicyName} changing the desired capacity from ${before} to ${desired}.`;
  group.DesiredCapacity = desired;
  return {};
}

function requirePolicy(
  input: ExecutePolicyType,
  { state }: OperationContext,
): { readonly record: GroupRecord; readonly policy: ScalingPolicy } {
  for (const record of state.autoScaling.groups.values()) {
    if (![undefined, record.group.AutoScalingGroupName].includes(input.AutoScalingGroupName)) continue;
    for (const policy of record.policies.values()) {
      if (policy.PolicyName === input.PolicyName || policy.PolicyARN === input.PolicyName) return { record, policy };
    }
  }
  throw new AwsError('ValidationError', 'ScalingPolicy name not found - Unable to find scaling policy');
}
