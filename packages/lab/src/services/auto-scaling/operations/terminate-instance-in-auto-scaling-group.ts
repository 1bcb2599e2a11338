import type { ActivityType, Instance, TerminateInstanceInAutoScalingGroupType } from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { at } from '../activity.js';
import { beginDeparture } from '../departure.js';
import {
  decrementDesired,
  findGroupOf,
  instancesOf,
  isCapacity,
  memberOf,
  requireFewEnough,
  requireGroup,
} from '../group.js';
import type { GroupRecord } from '../state.js';

const MOST = 100;

/** By one id, or by up to 100 with the group's name. Scale-in protection does not hold it back. */
export function terminateInstanceInAutoScalingGroup(
  input: TerminateInstanceInAutoScalingGroupType,
  context: OperationContext,
): ActivityType {
  const { record, instances } = find(input, context);
  const { group } = record;
  const counted = input.ShouldDecrementDesiredCapacity ? instances.filter(isCapacity).length : 0;
  if (group.DesiredCapacity! - counted < group.MinSize! && counted > 0) {
    throw new AwsError(
      'ValidationError',
      `Currently, desiredSize equals minSize (${group.MinSize}). Terminating instance without replacement will violate group's min size constraint. Either set shouldDecrementDesiredCapacity flag to false or lower group's min size.`,
    );
  }
  const activities = instances.map((instance) => {
    const known = memberOf(record, instance);
    if (known.departure === 'terminate') return known.activity!;
    const shrinking = input.ShouldDecrementDesiredCapacity ? decrementDesired(record, instance) : '';
    const cause = `${at(context.now)} instance ${instance.InstanceId} was taken out of service in response to a user request${shrinking}.`;
    return beginDeparture(record, instance, 'terminate', cause, context);
  });
  return { Activity: { ...activities[0]! } };
}

function find(
  input: TerminateInstanceInAutoScalingGroupType,
  context: OperationContext,
): { readonly record: GroupRecord; readonly instances: readonly Instance[] } {
  const ids = input.InstanceIds?.length ? input.InstanceIds : [input.InstanceId!];
  requireFewEnough(ids, MOST, 'terminate');
  const record =
    input.AutoScalingGroupName === undefined
      ? findGroupOf(context.state, ids[0]!)
      : requireGroup(context.state, input.AutoScalingGroupName);
  const instances = ids.map((id) => {
    const instance = record && instancesOf(record).find((candidate) => candidate.InstanceId === id);
    if (instance) return instance;
    throw new AwsError('ValidationError', `Instance Id not found - No managed instance found for instance ID: ${id}`);
  });
  return { record: record!, instances };
}
