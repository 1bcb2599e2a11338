import type { DetachInstancesAnswer, DetachInstancesQuery } from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { at } from '../activity.js';
import { beginDeparture } from '../departure.js';
import { decrementDesired, requireGroup, requireInstances, sizesRefusal } from '../group.js';

const MOST = 20;

/** They keep running. Without a decrement the group launches replacements at once, from its launch template as it is now. */
export function detachInstances(input: DetachInstancesQuery, context: OperationContext): DetachInstancesAnswer {
  const record = requireGroup(context.state, input.AutoScalingGroupName);
  const { group } = record;
  const instances = requireInstances(record, input.InstanceIds, MOST, 'detach');
  const unfit = instances.find((one) => one.LifecycleState !== 'InService' && one.LifecycleState !== 'Standby');
  if (unfit) {
    throw new AwsError('ValidationError', `The instance ${unfit.InstanceId} is not in InService or Standby.`);
  }
  const counted = instances.filter((instance) => instance.LifecycleState === 'InService').length;
  if (input.ShouldDecrementDesiredCapacity && group.DesiredCapacity! - counted < group.MinSize!) {
    throw sizesRefusal(record, 'To detach', counted);
  }
  return {
    Activities: instances.map((instance) => {
      const shrinking = input.ShouldDecrementDesiredCapacity ? decrementDesired(record, instance) : '';
      const cause = `${at(context.now)} instance ${instance.InstanceId} was detached in response to a user request${shrinking}.`;
      return { ...beginDeparture(record, instance, 'detach', cause, context) };
    }),
  };
}
