// arrival: from Pending to InService.
//
//   A1. EC2 says running; then the launch hooks; then it is registered with the target groups; then it is InService.
//   A2. Nobody waits for the target's health: InService is not serving.
//   A3. An instance that dies before that is a Cancelled activity, and the next launch waits longer.
import type { Instance } from '@aws-sdk/client-auto-scaling';
import type { ControlPlaneContext } from '../../control-plane/types.js';
import { at, endActivity } from './activity.js';
import { beginDeparture, forgetInstance } from './departure.js';
import { memberOf } from './group.js';
import { noteLaunchFailure } from './launch.js';
import { beginHooks, hooksOutcome } from './lifecycle-hook.js';
import type { GroupRecord, MemberRecord } from './state.js';
import { addToTargetGroups } from './traffic-source.js';

/** Moves a starting instance on as far as it can go now. Idempotent. */
export function progressArrival(record: GroupRecord, instance: Instance, context: ControlPlaneContext): void {
  const member = memberOf(record, instance);
  const state = context.state.ec2.instances.get(instance.InstanceId!)?.instance.State;
  if (state?.Name === undefined || state.Name === 'shutting-down' || state.Name === 'terminated') {
    giveUp(record, instance, member, context);
    return;
  }
  // One that was stopped while in Standby comes into service as it is; the next look at its health replaces it.
  if (state.Name === 'pending') return;
  const outcome = launchHooksOutcome(record, instance, member, context);
  if (outcome === 'ABANDON') abandon(record, instance, member, context);
  if (outcome === 'CONTINUE') enterService(record, instance, member, context);
}

function launchHooksOutcome(
  record: GroupRecord,
  instance: Instance,
  member: MemberRecord,
  context: ControlPlaneContext,
): 'CONTINUE' | 'ABANDON' | undefined {
  if (!member.runsLaunchHooks) return 'CONTINUE';
  if (member.hookWaits === undefined) {
    const waits = beginHooks(record, member, 'autoscaling:EC2_INSTANCE_LAUNCHING', context);
    if (waits.length > 0) {
      instance.LifecycleState = 'Pending:Wait';
      if (member.activity) Object.assign(member.activity, { StatusCode: 'MidLifecycleAction', Progress: 40 });
    }
  }
  return hooksOutcome(member);
}

function enterService(
  record: GroupRecord,
  instance: Instance,
  member: MemberRecord,
  context: ControlPlaneContext,
): void {
  member.hookWaits = undefined;
  addToTargetGroups(record, instance.InstanceId!, context);
  instance.LifecycleState = 'InService';
  instance.HealthStatus = 'Healthy';
  member.unhealthyBy = undefined;
  record.inServiceSince.set(instance.InstanceId!, context.now);
  record.launchFailures = 0;
  if (member.activity) endActivity(member.activity, 'Successful', context.now);
  member.activity = undefined;
}

function abandon(record: GroupRecord, instance: Instance, member: MemberRecord, context: ControlPlaneContext): void {
  if (member.activity) {
    endActivity(member.activity, 'Cancelled', context.now, 'Lifecycle Action Completed with ABANDON Result');
    member.activity = undefined;
  }
  noteLaunchFailure(record, context);
  const cause = `${at(context.now)} an instance was taken out of service in response to a launch failure.`;
  beginDeparture(record, instance, 'terminate', cause, context);
}

function giveUp(record: GroupRecord, instance: Instance, member: MemberRecord, context: ControlPlaneContext): void {
  const reason = context.state.ec2.instances.get(instance.InstanceId!)?.instance.StateReason;
  const why = reason ? `${reason.Code}: ${reason.Message?.replace(`${reason.Code}: `, '')}` : 'Instance was terminated';
  const message = `Instance became unhealthy while waiting for instance to be in InService state. Termination Reason: ${why}`;
  if (member.activity) endActivity(member.activity, 'Cancelled', context.now, message);
  noteLaunchFailure(record, context);
  forgetInstance(record, instance);
}
