import type { ExitStandbyAnswer, ExitStandbyQuery } from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { at, beginActivity } from '../activity.js';
import { isSuspended, memberOf, requireGroup, requireInstances, sizesRefusal } from '../group.js';

const MOST = 20;

/** Back into service; the desired capacity grows by as many. The lifecycle hooks do not run, the grace period does. */
export function exitStandby(input: ExitStandbyQuery, context: OperationContext): ExitStandbyAnswer {
  const record = requireGroup(context.state, input.AutoScalingGroupName);
  const { group } = record;
  const instances = requireInstances(record, input.InstanceIds, MOST, 'take out of standby');
  const unfit = instances.find((instance) => instance.LifecycleState !== 'Standby');
  if (unfit) throw new AwsError('ValidationError', `The instance ${unfit.InstanceId} is not in Standby.`);
  if (isSuspended(group, 'Launch')) {
    throw new AwsError('ValidationError', 'Cannot exit standby while the Launch process is suspended.');
  }
  if (group.DesiredCapacity! + instances.length > group.MaxSize!) {
    throw sizesRefusal(record, 'To take out of standby', instances.length);
  }
  return {
    Activities: instances.map((instance) => {
      const before = group.DesiredCapacity!;
      group.DesiredCapacity = before + 1;
      instance.LifecycleState = 'Pending';
      const member = memberOf(record, instance);
      member.runsLaunchHooks = false;
      member.activity = beginActivity(
        record,
        {
          description: `Moving EC2 instance out of Standby: ${instance.InstanceId}`,
          cause: `${at(context.now)} instance ${instance.InstanceId} was moved out of standby in response to a user request, increasing the capacity from ${before} to ${before + 1}.`,
          statusCode: 'PreInService',
          progress: 30,
          instance: {
            AvailabilityZone: instance.AvailabilityZone,
            subnetId: context.state.ec2.instances.get(instance.InstanceId!)?.instance.SubnetId,
          },
        },
        context,
      );
      return { ...member.activity };
    }),
  };
}
