import { type Activity, DescribeScalingActivitiesCommand } from '@aws-sdk/client-auto-scaling';
import type { ActivityObservation } from '@directrix/rollout';
import type { AwsClients } from '../clients/aws-clients.js';

/** A group that does more than this within one rollout is shown by its newest activities. */
const maximumPages = 5;

/** The group's activities since `since`, newest first. One call unless there were more than 100 of them. */
export async function describeActivities(
  clients: AwsClients,
  groupName: string,
  since: number,
): Promise<ActivityObservation[]> {
  const activities: ActivityObservation[] = [];
  let NextToken: string | undefined;
  for (let page = 0; page < maximumPages; page++) {
    const answer = await clients.autoScaling.send(
      new DescribeScalingActivitiesCommand({ AutoScalingGroupName: groupName, MaxRecords: 100, NextToken }),
    );
    const seen = (answer.Activities ?? []).map(observeActivity);
    activities.push(...seen.filter((activity) => activity.startedAt >= since || !hasEnded(activity)));
    NextToken = answer.NextToken;
    // Those in progress come first whatever their age, so only an ended one tells that the rest is older still.
    if (NextToken === undefined || seen.some((activity) => hasEnded(activity) && activity.startedAt < since)) break;
  }
  return activities;
}

function observeActivity(activity: Activity): ActivityObservation {
  return {
    activityId: activity.ActivityId ?? '',
    statusCode: activity.StatusCode ?? '',
    statusMessage: activity.StatusMessage,
    cause: activity.Cause ?? '',
    description: activity.Description,
    startedAt: activity.StartTime?.getTime() ?? 0,
  };
}

/** A status that we do not know counts as going on. */
export function hasEnded(activity: Pick<ActivityObservation, 'statusCode'>): boolean {
  return ['Successful', 'Failed', 'Cancelled'].includes(activity.statusCode);
}
