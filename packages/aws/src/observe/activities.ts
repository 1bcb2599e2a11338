import { type Activity, paginateDescribeScalingActivities } from '@aws-sdk/client-auto-scaling';
import type { ActivityObservation } from '@directrix/rollout';
import type { AwsClients } from '../clients/aws-clients.js';

interface ActivityReader {
  /** The group's activities since `since` and those still going on, newest first. */
  read(groupName: string, since: number): Promise<ActivityObservation[]>;
}

/** A group that did more than this before the first look is shown by its newest activities. */
const pagesMax = 5;

/**
 * Remembers what has ended, for it changes no more: AWS gives at most 100 activities in one call, and a large group does more than
 * that in one rollout. One call a tick, unless more than 100 activities are new or were going on at the last look.
 */
export function createActivityReader(clients: AwsClients): ActivityReader {
  let known = new Map<string, ActivityObservation>();
  return {
    async read(groupName, since) {
      const unsettled = new Set([...known.values()].filter((activity) => !hasEnded(activity)).map(identify));
      const seen: ActivityObservation[] = [];
      let pages = 0;
      for await (const { Activities = [] } of paginateDescribeScalingActivities(
        { client: clients.autoScaling },
        { AutoScalingGroupName: groupName, MaxRecords: 100 },
      )) {
        const activities = Activities.map(observeActivity);
        seen.push(...activities);
        for (const activity of activities) unsettled.delete(identify(activity));
        // Those in progress come first whatever their age, so only an ended one tells that what follows is known, or too old.
        const isKnown = activities.some(
          (activity) => hasEnded(known.get(activity.activityId)) || isPast(activity, since),
        );
        pages += 1;
        if (pages === pagesMax || (isKnown && unsettled.size === 0)) break;
      }
      const all = new Map([...known, ...seen.map((activity) => [activity.activityId, activity] as const)]);
      known = new Map([...all].filter(([, activity]) => !isPast(activity, since)));
      return [...known.values()].sort((left, right) => right.startedAt - left.startedAt);
    },
  };
}

function identify({ activityId }: ActivityObservation): string {
  return activityId;
}

function isPast(activity: ActivityObservation, since: number): boolean {
  return hasEnded(activity) && activity.startedAt < since;
}

function observeActivity(activity: Activity): ActivityObservation {
  return {
    activityId: activity.ActivityId ?? '',
    statusCode: activity.StatusCode ?? '',
    statusMessage: activity.StatusMessage,
    cause: activity.Cause ?? '',
    description: activity.Description,
    startedAt: activity.StartTime?.getTime() ?? 0,
    ...(activity.EndTime === undefined ? {} : { endedAt: activity.EndTime.getTime() }),
  };
}

/** A status that we do not know counts as going on. */
export function hasEnded(activity: Pick<ActivityObservation, 'statusCode'> | undefined): boolean {
  return ['Successful', 'Failed', 'Cancelled'].includes(activity?.statusCode ?? '');
}
