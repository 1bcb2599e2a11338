import type { DeleteAutoScalingGroupType } from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { at, isInProgress } from '../activity.js';
import { beginDeparture } from '../departure.js';
import { instancesOf, memberOf } from '../group.js';
import { removeTargetTrackingAlarms } from '../scaling-policy.js';

/** The group goes once its last instance has gone; with ForceDelete its instances are terminated first. */
export function deleteAutoScalingGroup(input: DeleteAutoScalingGroupType, context: OperationContext): object {
  const record = context.state.autoScaling.groups.get(input.AutoScalingGroupName ?? '');
  if (!record) throw new AwsError('ValidationError', 'AutoScalingGroup name not found - null');
  const { group } = record;
  const instances = instancesOf(record);
  if (instances.length > 0 && !input.ForceDelete) {
    throw new AwsError(
      'ResourceInUse',
      'You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) still in the group.',
    );
  }
  if (record.activities.some(isInProgress) && !input.ForceDelete) {
    throw new AwsError(
      'ScalingActivityInProgress',
      'You cannot delete an AutoScalingGroup while there are scaling activities in progress for that group.',
    );
  }
  const cause = `${at(context.now)} a user request force deleted AutoScalingGroup changing the desired capacity from ${group.DesiredCapacity} to 0.`;
  group.Status = 'Delete in progress';
  Object.assign(group, { MinSize: 0, MaxSize: 0, DesiredCapacity: 0 });
  for (const policy of record.policies.values()) removeTargetTrackingAlarms(policy, context);
  for (const instance of instances) {
    if (memberOf(record, instance).departure !== 'terminate') {
      beginDeparture(record, instance, 'terminate', cause, context);
    }
  }
  return {};
}
