import type { SetDesiredCapacityType } from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { at } from '../activity.js';
import { checkCooldown } from '../cooldown.js';
import { requireGroup } from '../group.js';

/** The cooldown is that of the last activity, and counts only when HonorCooldown asks for it. */
export function setDesiredCapacity(input: SetDesiredCapacityType, context: OperationContext): object {
  const record = requireGroup(context.state, input.AutoScalingGroupName);
  const { group } = record;
  const value = input.DesiredCapacity!;
  if (value > group.MaxSize!) {
    throw new AwsError(
      'ValidationError',
      `New SetDesiredCapacity value ${value} is above max value ${group.MaxSize} for the AutoScalingGroup.`,
    );
  }
  if (value < group.MinSize!) {
    throw new AwsError(
      'ValidationError',
      `New SetDesiredCapacity value ${value} is below min value ${group.MinSize} for the AutoScalingGroup.`,
    );
  }
  if (input.HonorCooldown) checkCooldown(record, context.now);
  if (value === group.DesiredCapacity) return {};
  record.capacityReason = `${at(context.now)} a user request explicitly set group desired capacity changing the desired capacity from ${group.DesiredCapacity} to ${value}.`;
  group.DesiredCapacity = value;
  return {};
}
