import type { AttachInstancesQuery } from '@aws-sdk/client-auto-scaling';
import type { Instance as Ec2Instance } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { at, beginActivity } from '../activity.js';
import { findGroupOf, isSuspended, requireFewEnough, requireGroup, sizesRefusal } from '../group.js';
import { tagAsMember } from '../launch.js';
import type { GroupRecord } from '../state.js';

const MOST = 20;

/** Running instances become the group's own; the desired capacity grows by as many. The lifecycle hooks do not run. */
export function attachInstances(input: AttachInstancesQuery, context: OperationContext): object {
  const record = requireGroup(context.state, input.AutoScalingGroupName);
  const { group } = record;
  const ids = input.InstanceIds ?? [];
  requireFewEnough(ids, MOST, 'attach');
  if (isSuspended(group, 'Launch')) {
    throw new AwsError('ValidationError', 'Cannot attach instances while the Launch process is suspended.');
  }
  const instances = ids.map((id) => requireAttachable(record, id, context));
  if (group.DesiredCapacity! + instances.length > group.MaxSize!) {
    throw sizesRefusal(record, 'To attach', instances.length);
  }
  for (const instance of instances) attach(record, instance, context);
  return {};
}

function requireAttachable(record: GroupRecord, id: string, context: OperationContext): Ec2Instance {
  const instance = context.state.ec2.instances.get(id)?.instance;
  if (!instance) throw new AwsError('ValidationError', `Invalid Instance ID(s): [${id}] specified`);
  if (instance.State?.Name !== 'running') {
    throw new AwsError(
      'ValidationError',
      `Instance ${id} is not in correct state. Instance(s) must be in 'running' state.`,
    );
  }
  const owner = findGroupOf(context.state, id);
  if (owner) {
    throw new AwsError(
      'ValidationError',
      `Instance ${id} is already part of AutoScalingGroup:${owner.group.AutoScalingGroupName}`,
    );
  }
  const zone = instance.Placement?.AvailabilityZone;
  if (!record.group.AvailabilityZones?.includes(zone!)) {
    throw new AwsError(
      'ValidationError',
      `The instance ${id} is not in a valid availability zone of the group: ${zone}`,
    );
  }
  return instance;
}

function attach(record: GroupRecord, instance: Ec2Instance, context: OperationContext): void {
  const { group } = record;
  const before = group.DesiredCapacity!;
  const id = instance.InstanceId!;
  group.DesiredCapacity = before + 1;
  const activity = beginActivity(
    record,
    {
      description: `Attaching an existing EC2 instance: ${id}`,
      cause: `${at(context.now)} an instance was attached in response to a user request, increasing the capacity from ${before} to ${before + 1}.`,
      statusCode: 'PreInService',
      progress: 30,
      instance: { AvailabilityZone: instance.Placement?.AvailabilityZone, subnetId: instance.SubnetId },
    },
    context,
  );
  group.Instances = [
    ...(group.Instances ?? []),
    {
      InstanceId: id,
      InstanceType: instance.InstanceType,
      AvailabilityZone: instance.Placement?.AvailabilityZone,
      LifecycleState: 'Pending',
      HealthStatus: 'Healthy',
      ProtectedFromScaleIn: group.NewInstancesProtectedFromScaleIn ?? false,
    },
  ];
  record.members.set(id, { instanceId: id, activity, runsLaunchHooks: false });
  tagAsMember(record, id, context);
}
