import type { EnterStandbyAnswer, EnterStandbyQuery } from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { at } from '../activity.js';
import { beginDeparture } from '../departure.js';
import { requireGroup, requireInstance, sizesRefusal } from '../group.js';

const MOST = 20;

/** Out of service but still in the group and running. Without a decrement the group launches replacements. */
export function enterStandby(input: EnterStandbyQuery, context: OperationContext): EnterStandbyAnswer {
  const record = requireGroup(context.state, input.AutoScalingGroupName);
  const { group } = record;
  const ids = input.InstanceIds ?? [];
  if (ids.length > MOST) {
    throw new AwsError(
      'ValidationError',
      'List exceeds the maximum number of instances to place into standby. Please retry your request with fewer instances.',
    );
  }
  const instances = ids.map((id) => requireInstance(record, id));
  const unfit = instances.find((instance) => instance.LifecycleState !== 'InService');
  if (unfit) throw new AwsError('ValidationError', `The instance ${unfit.InstanceId} is not in InService.`);
  if (input.ShouldDecrementDesiredCapacity && group.DesiredCapacity! - instances.length < group.MinSize!) {
    throw sizesRefusal(record, 'To place into standby', instances.length);
  }
  return {
    Activities: instances.map((instance) => {
      const before = group.DesiredCapacity!;
      if (input.ShouldDecrementDesiredCapacity) group.DesiredCapacity = before - 1;
      const shrinking = input.ShouldDecrementDesiredCapacity
        ? `, shrinking the capacity from ${before} to ${before - 1}`
        : '';
      const cause = `${at(context.now)} instance ${instance.InstanceId} was moved to standby in response to a user request${shrinking}.`;
      return { ...beginDeparture(record, instance, 'standby', cause, context) };
    }),
  };
}
