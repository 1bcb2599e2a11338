import type { PolicyARNType, PutScalingPolicyType } from '@aws-sdk/client-auto-scaling';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireGroup } from '../group.js';

/** Kept and described, never executed: the lab has no alarms that would trigger it. */
export function putScalingPolicy(input: PutScalingPolicyType, context: OperationContext): PolicyARNType {
  const { group, policies } = requireGroup(context.state, input.AutoScalingGroupName);
  const { region, accountId } = context.state;
  const name = input.PolicyName!;
  const arn =
    policies.get(name)?.PolicyARN ??
    `arn:aws:autoscaling:${region}:${accountId}:scalingPolicy:${context.ids.uuid()}:autoScalingGroupName/${group.AutoScalingGroupName}:policyName/${name}`;
  policies.set(name, {
    ...input,
    PolicyARN: arn,
    PolicyType: input.PolicyType ?? 'SimpleScaling',
    Enabled: input.Enabled ?? true,
    Alarms: [],
  });
  return { PolicyARN: arn, Alarms: [] };
}
