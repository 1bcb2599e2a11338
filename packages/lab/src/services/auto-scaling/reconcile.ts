// reconcile: a group comes to rest after any change, and looks around from time to time.
//
//   G1. What may happen at once happens at once; health, balance and retries wait for the group's own poll, whose time is not
//       published by AWS: timing.groupPollMs, with jitter.
//   G2. Coming to rest twice changes nothing the second time.
import type { ControlPlaneContext, LabEvent } from '../../control-plane/types.js';
import { progressArrival } from './arrival.js';
import { rebalanceZones, settleCapacity } from './capacity.js';
import { progressDeparture } from './departure.js';
import { instancesOf, isPending, memberOf } from './group.js';
import { checkInstances, replaceUnhealthy } from './health.js';
import { playHookTimeout } from './lifecycle-hook.js';
import { playAlarmAction } from './scaling-policy.js';
import { playScheduledAction } from './scheduled-action.js';
import type { GroupRecord } from './state.js';
import { settleTrafficSources } from './traffic-source.js';

export function reconcileGroups(context: ControlPlaneContext): void {
  for (const record of [...context.state.autoScaling.groups.values()]) reconcileGroup(record, context);
}

function reconcileGroup(record: GroupRecord, context: ControlPlaneContext): void {
  settleTrafficSources(record, context);
  progressMembers(record, context);
  replaceUnhealthy(record, context);
  settleCapacity(record, context);
  // What has just begun to leave may already be gone: nothing to drain, no hook.
  progressMembers(record, context);
  finishDeletion(record, context);
}

// Most instances are at rest, and this runs after every change: those are passed over before anything is looked up.
function progressMembers(record: GroupRecord, context: ControlPlaneContext): void {
  for (const instance of instancesOf(record)) {
    if (instance.LifecycleState === 'InService' || instance.LifecycleState === 'Standby') continue;
    if (memberOf(record, instance).departure) progressDeparture(record, instance, context);
    else if (isPending(instance)) progressArrival(record, instance, context);
  }
}

function finishDeletion(record: GroupRecord, { state }: ControlPlaneContext): void {
  const { group } = record;
  if (group.Status !== 'Delete in progress' || instancesOf(record).length > 0) return;
  const past = record.activities.map((activity) => ({ ...activity, AutoScalingGroupState: 'Deleted' }));
  state.autoScaling.deletedGroupActivities.unshift(...past);
  state.autoScaling.groups.delete(group.AutoScalingGroupName!);
}

/** Plays what Auto Scaling scheduled for itself. 'unchanged' when nothing came of it. */
export function playTimer(event: LabEvent, context: ControlPlaneContext): undefined | 'unchanged' {
  if (event.type === 'alarmAction') return playAlarmAction(event, context);
  if (event.service !== 'autoscaling' || event.type !== 'timer') return 'unchanged';
  const { groupName, token, actionName } = event.data as TimerData;
  const record = context.state.autoScaling.groups.get(groupName);
  // A group that was deleted and made again has another ARN: the timers of the first are not its own.
  if (!record || record.group.AutoScalingGroupARN !== event.id) return 'unchanged';
  switch (event.name) {
    case 'poll':
      checkInstances(record, context);
      rebalanceZones(record, context);
      schedulePoll(record, context);
      return undefined;
    case 'hookTimeout':
      return playHookTimeout(record, token ?? '', context.now) ? undefined : 'unchanged';
    case 'scheduledAction':
      playScheduledAction(record, actionName ?? '', context);
      return undefined;
    default:
      return 'unchanged';
  }
}

export function schedulePoll(record: GroupRecord, context: ControlPlaneContext): void {
  const jitter = 0.9 + 0.2 * context.ids.random();
  context.schedule(context.now + Math.round(context.timing.groupPollMs * jitter), {
    service: 'autoscaling',
    type: 'timer',
    name: 'poll',
    id: record.group.AutoScalingGroupARN!,
    data: { groupName: record.group.AutoScalingGroupName! } satisfies TimerData,
  });
}

interface TimerData {
  readonly groupName: string;
  readonly token?: string;
  readonly actionName?: string;
}
