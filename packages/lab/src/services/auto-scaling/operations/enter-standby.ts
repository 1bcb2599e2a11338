import type { EnterStandbyAnswer, EnterStandbyQuery } from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { at } from '../activity.js';
import { beginDeparture } from '../departure.js';
import { decrementDesired, requireGroup, requireInstances, sizesRefusal } from '../group.js';

const MOST = 20;

/** Out of service but still in the group and running. Without a decrement the group launches replacements. */
export function enterStandby(input: EnterStandbyQuery, context: OperationContext): EnterStandbyAnswer {
  const record = requireGroup(context.state, input.AutoScalingGroupName);
  const { group } = record;
  const instances = requireInstances(record, input.InstanceIds, MOST, 'place into standby');
  const unfit = instances.find((instance) => instance.LifecycleState !== 'InService');
  if (unfit) throw new AwsError('ValidationError', `The instance ${unfit.InstanceId} is not in InService.`);
  if (input.ShouldDecrementDesiredCapacity && group.DesiredCapacity! - instances.length < group.MinSize!) {
    throw sizesRefusal(record, 'To place into standby', instances.length);
  }
  return {
    Activities: instances.map((instance) => {
      const shrinking = input.ShouldDecrementDesiredCapacity ? decrementDesired(record, instance) : '';
      const cause = `${at(context.now)} instance ${instance.InstanceId} was moved to standby in response to a user request${shrinking}.`;
      return { ...beginDeparture(record, instance, 'standby', cause, context) };
    }),
  };
}
