// departure: how an instance leaves service, by termination, detachment or into Standby.
//
//   P1. First it is deregistered and drains; only then do the hooks run; only then is EC2 asked to terminate.
//   P2. It stops counting as capacity at once.
//   P3. Whatever is already leaving stays on its way; leaving twice is no change.
import type { Activity, Instance } from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../control-plane/aws-error.js';
import type { ControlPlaneContext } from '../../control-plane/types.js';
import { networkChanged } from '../ec2/network-revision.js';
import { terminateInstances } from '../ec2/operations/terminate-instances.js';
import { type ActivityStart, beginActivity, endActivity } from './activity.js';
import { memberOf } from './group.js';
import { asAdministrator, untagAsMember } from './launch.js';
import { beginHooks, hooksOutcome } from './lifecycle-hook.js';
import type { Departure, GroupRecord, MemberRecord } from './state.js';
import { isDraining, removeFromTargetGroups } from './traffic-source.js';

const FIRST_STATE = { terminate: 'Terminating', detach: 'Detaching', standby: 'EnteringStandby' } as const;

const DESCRIPTION = {
  terminate: 'Terminating EC2 instance',
  detach: 'Detaching EC2 instance',
  standby: 'Moving EC2 instance to Standby',
} as const;

export function beginDeparture(
  record: GroupRecord,
  instance: Instance,
  departure: Departure,
  cause: string,
  context: ControlPlaneContext,
): Activity {
  const member = memberOf(record, instance);
  if (member.activity) {
    endActivity(member.activity, 'Cancelled', context.now);
  }
  member.hookWaits = undefined;
  member.departure = departure;
  const start: ActivityStart = {
    description: `${DESCRIPTION[departure]}: ${instance.InstanceId}`,
    cause,
    progress: departure === 'terminate' ? 0 : 50,
    instance: { AvailabilityZone: instance.AvailabilityZone, subnetId: subnetOf(instance, context) },
  };
  member.activity = beginActivity(record, start, context);
  instance.LifecycleState = FIRST_STATE[departure];
  record.inServiceSince.delete(instance.InstanceId!);
  removeFromTargetGroups(record, instance.InstanceId!, context);
  return member.activity;
}

/** Moves a leaving instance on as far as it can go now. Idempotent. */
export function progressDeparture(record: GroupRecord, instance: Instance, context: ControlPlaneContext): void {
  const member = memberOf(record, instance);
  if (isDraining(record, instance.InstanceId!, context)) {
    if (member.activity) member.activity.StatusCode = 'WaitingForELBConnectionDraining';
    return;
  }
  if (member.activity?.StatusCode === 'WaitingForELBConnectionDraining') member.activity.StatusCode = 'InProgress';
  switch (member.departure) {
    case 'detach':
      finish(member, context);
      untagAsMember(instance.InstanceId!, context);
      forgetInstance(record, instance);
      return;
    case 'standby':
      finish(member, context);
      member.departure = undefined;
      instance.LifecycleState = 'Standby';
      instance.HealthStatus = 'Healthy';
      return;
    case 'terminate':
      progressTermination(record, instance, member, context);
  }
}

function progressTermination(
  record: GroupRecord,
  instance: Instance,
  member: MemberRecord,
  context: ControlPlaneContext,
): void {
  if (!member.isTerminationRequested && !hooksAreDone(record, instance, member, context)) return;
  if (!member.isTerminationRequested) {
    instance.LifecycleState = 'Terminating:Proceed';
    member.isTerminationRequested = true;
    requestTermination(instance.InstanceId!, context);
  }
  const state = context.state.ec2.instances.get(instance.InstanceId!)?.instance.State?.Name;
  if (state !== undefined && state !== 'terminated') return;
  finish(member, context);
  forgetInstance(record, instance);
}

function hooksAreDone(
  record: GroupRecord,
  instance: Instance,
  member: MemberRecord,
  context: ControlPlaneContext,
): boolean {
  if (member.hookWaits === undefined) {
    const waits = beginHooks(record, member, 'autoscaling:EC2_INSTANCE_TERMINATING', context);
    if (waits.length > 0) {
      instance.LifecycleState = 'Terminating:Wait';
      if (member.activity) Object.assign(member.activity, { StatusCode: 'MidLifecycleAction', Progress: 60 });
    }
  }
  return hooksOutcome(member) !== undefined;
}

function requestTermination(instanceId: string, context: ControlPlaneContext): void {
  const state = context.state.ec2.instances.get(instanceId)?.instance.State?.Name;
  if (state === undefined || state === 'terminated' || state === 'shutting-down') return;
  try {
    terminateInstances({ InstanceIds: [instanceId] }, asAdministrator(context));
    networkChanged(context);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
  }
}

function finish(member: MemberRecord, context: ControlPlaneContext): void {
  if (member.activity) endActivity(member.activity, 'Successful', context.now);
  member.activity = undefined;
  member.hookWaits = undefined;
}

/** Out of the group's books; nothing else happens to it. */
export function forgetInstance(record: GroupRecord, instance: Instance): void {
  record.group.Instances = (record.group.Instances ?? []).filter((other) => other !== instance);
  record.members.delete(instance.InstanceId!);
  record.inServiceSince.delete(instance.InstanceId!);
}

function subnetOf(instance: Instance, context: ControlPlaneContext): string | undefined {
  return context.state.ec2.instances.get(instance.InstanceId!)?.instance.SubnetId;
}
