import type { PolicyARNType, PutScalingPolicyType, ScalingPolicy } from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireGroup } from '../group.js';
import { alarmsOfPolicy, putTargetTrackingAlarms } from '../scaling-policy.js';

/** Kept, and executed by ExecutePolicy and by alarms. Predictive policies are kept only. */
export function putScalingPolicy(input: PutScalingPolicyType, context: OperationContext): PolicyARNType {
  checkPolicy(input);
  const record = requireGroup(context.state, input.AutoScalingGroupName);
  const { group, policies } = record;
  const { region, accountId } = context.state;
  const name = input.PolicyName!;
  const arn =
    policies.get(name)?.PolicyARN ??
    `arn:aws:autoscaling:${region}:${accountId}:scalingPolicy:${context.ids.uuid()}:autoScalingGroupName/${group.AutoScalingGroupName}:policyName/${name}`;
  const policy: ScalingPolicy = {
    ...input,
    PolicyARN: arn,
    PolicyType: input.PolicyType ?? 'SimpleScaling',
    Enabled: input.Enabled ?? true,
  };
  putTargetTrackingAlarms(record, policy, context);
  policies.set(name, policy);
  return { PolicyARN: arn, Alarms: alarmsOfPolicy(context, policy) };
}

const TYPES = ['SimpleScaling', 'StepScaling', 'TargetTrackingScaling', 'PredictiveScaling'];
const ADJUSTMENTS = ['ChangeInCapacity', 'ExactCapacity', 'PercentChangeInCapacity'];

/** What each type of policy must have, in AWS's words. */
function checkPolicy(input: PutScalingPolicyType): void {
  const { PolicyType = 'SimpleScaling', AdjustmentType } = input;
  if (!TYPES.includes(PolicyType)) throw refusal(`Invalid PolicyType. Valid values are [${TYPES.join(', ')}]`);
  if (PolicyType === 'SimpleScaling' && input.ScalingAdjustment === undefined)
    throw refusal('ScalingAdjustment is required for policy type: SimpleScaling');
  if (PolicyType === 'StepScaling' && !input.StepAdjustments?.length)
    throw refusal('At least one StepAdjustment is required for StepScaling policy type.');
  if (PolicyType === 'TargetTrackingScaling' && input.TargetTrackingConfiguration === undefined)
    throw refusal('TargetTrackingConfiguration is required for policy type: TargetTrackingScaling');
  const needsAdjustment = PolicyType === 'SimpleScaling' || PolicyType === 'StepScaling';
  if (needsAdjustment && !ADJUSTMENTS.includes(AdjustmentType ?? ''))
    throw refusal(
      'Invalid AdjustmentType. Valid values are ChangeInCapacity, ExactCapacity and PercentChangeInCapacity.',
    );
}

function refusal(message: string): AwsError {
  return new AwsError('ValidationError', message);
}
