// activity: a group's diary, in AWS's words.
import type { Activity, Instance, ScalingActivityStatusCode } from '@aws-sdk/client-auto-scaling';
import type { ControlPlaneContext } from '../../control-plane/types.js';
import type { GroupRecord } from './state.js';

const KEPT_MS = 42 * 24 * 3600 * 1000;
// A group that launches in vain for weeks must not fill the memory.
const MOST_KEPT = 5000;

export interface ActivityStart {
  readonly description: string;
  readonly cause: string;
  readonly statusCode?: ScalingActivityStatusCode;
  readonly progress?: number;
  readonly instance?: Pick<Instance, 'AvailabilityZone'> & { readonly subnetId?: string };
}

export function beginActivity(record: GroupRecord, start: ActivityStart, context: ControlPlaneContext): Activity {
  const activity: Activity = {
    ActivityId: context.ids.uuid(),
    AutoScalingGroupName: record.group.AutoScalingGroupName,
    AutoScalingGroupARN: record.group.AutoScalingGroupARN,
    Description: start.description,
    Cause: start.cause,
    StartTime: new Date(context.now),
    StatusCode: start.statusCode ?? 'InProgress',
    Progress: start.progress ?? 0,
    Details: detailsOf(start),
  };
  record.activities.unshift(activity);
  forgetOldActivities(record.activities, context.now);
  return activity;
}

export function endActivity(
  activity: Activity,
  statusCode: 'Successful' | 'Failed' | 'Cancelled',
  now: number,
  statusMessage?: string,
): void {
  activity.StatusCode = statusCode;
  activity.Progress = 100;
  activity.EndTime = new Date(now);
  if (statusMessage === undefined) return;
  activity.StatusMessage = statusMessage;
  activity.Description = `${activity.Description}.  Status Reason: ${statusMessage}`;
}

export function isInProgress(activity: Activity): boolean {
  return activity.EndTime === undefined;
}

/** `At 2018-11-11T08:04:00Z`, as every sentence of a cause begins. */
export function at(now: number): string {
  return `At ${new Date(now).toISOString().replace(/\.\d+Z$/, 'Z')}`;
}

export function joinCause(...sentences: readonly (string | undefined)[]): string {
  return sentences.filter((sentence) => sentence !== undefined).join('  ');
}

function detailsOf({ instance }: ActivityStart): string | undefined {
  if (!instance) return undefined;
  const subnet = instance.subnetId === undefined ? {} : { 'Subnet ID': instance.subnetId };
  return JSON.stringify({ ...subnet, 'Availability Zone': instance.AvailabilityZone });
}

function forgetOldActivities(activities: Activity[], now: number): void {
  while (activities.length > MOST_KEPT || (activities.at(-1)?.StartTime?.getTime() ?? now) < now - KEPT_MS)
    activities.pop();
}
