// scheduled-action: sizes that change at a time, once or by a cron expression.
import type { ScheduledUpdateGroupAction } from '@aws-sdk/client-auto-scaling';
import { Cron } from 'croner';
import { AwsError } from '../../control-plane/aws-error.js';
import type { ControlPlaneContext } from '../../control-plane/types.js';
import { at } from './activity.js';
import { isSuspended } from './group.js';
import { changeSizes } from './sizes.js';
import type { GroupRecord } from './state.js';

/** Epoch milliseconds of its next run after `now`; undefined when there is none. */
function nextRun(action: ScheduledUpdateGroupAction, now: number): number | undefined {
  const start = action.StartTime?.getTime();
  if (action.Recurrence === undefined) return start !== undefined && start > now ? start : undefined;
  // The start itself is a run when the expression names it.
  const from = new Date(start !== undefined && start > now ? start - 1 : now);
  const next = cronOf(action.Recurrence, action.TimeZone).nextRun(from)?.getTime();
  const end = action.EndTime?.getTime();
  return next !== undefined && (end === undefined || next <= end) ? next : undefined;
}

/** Throws ValidationError for an expression that nobody could read. */
export function checkRecurrence(recurrence: string, timeZone: string | undefined): void {
  try {
    cronOf(recurrence, timeZone);
  } catch {
    throw new AwsError('ValidationError', `Given recurrence string:${recurrence} is invalid`);
  }
}

/** Sets the timer of the next run, and shows its time as AWS does. */
export function scheduleAction(
  record: GroupRecord,
  action: ScheduledUpdateGroupAction,
  context: ControlPlaneContext,
): void {
  const next = nextRun(action, context.now);
  if (next === undefined) return;
  action.StartTime = new Date(next);
  action.Time = action.StartTime;
  context.schedule(next, {
    service: 'autoscaling',
    type: 'timer',
    name: 'scheduledAction',
    id: record.group.AutoScalingGroupARN!,
    data: { groupName: record.group.AutoScalingGroupName, actionName: action.ScheduledActionARN },
  });
}

/** While ScheduledActions is suspended a run is lost, not kept for later. */
export function playScheduledAction(record: GroupRecord, actionArn: string, context: ControlPlaneContext): void {
  const action = [...record.scheduledActions.values()].find((candidate) => candidate.ScheduledActionARN === actionArn);
  if (!action) return;
  if (action.Recurrence === undefined) record.scheduledActions.delete(action.ScheduledActionName!);
  else scheduleAction(record, action, context);
  if (isSuspended(record.group, 'ScheduledActions')) return;
  try {
    changeSizes(record, action, (sizes) => {
      const { group } = record;
      return `${at(context.now)} a scheduled action update of AutoScalingGroup constraints to min: ${sizes.MinSize}, max: ${sizes.MaxSize}, desired: ${sizes.DesiredCapacity} changing the desired capacity from ${group.DesiredCapacity} to ${sizes.DesiredCapacity}.`;
    });
  } catch (error) {
    // Sizes that contradict each other by now: AWS notes a failure that nobody waits for.
    if (!(error instanceof AwsError)) throw error;
  }
}

function cronOf(recurrence: string, timeZone: string | undefined): Cron {
  return new Cron(recurrence, { timezone: timeZone ?? 'Etc/UTC', mode: '5-part', paused: true });
}
