import type { SetDesiredCapacityType } from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { at } from '../activity.js';
import { requireGroup } from '../group.js';
import type { GroupRecord } from '../state.js';

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

function checkCooldown({ group, activities }: GroupRecord, now: number): void {
  const last = activities[0];
  if (!last) return;
  const endedAt = last.EndTime?.getTime() ?? now;
  if (now >= endedAt + group.DefaultCooldown! * 1000) return;
  throw new AwsError(
    'ScalingActivityInProgress',
    `Scaling activity ${last.ActivityId} is in progress and blocks this action`,
  );
}
