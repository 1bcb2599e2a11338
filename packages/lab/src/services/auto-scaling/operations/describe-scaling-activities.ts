import type { ActivitiesType, Activity, DescribeScalingActivitiesType } from '@aws-sdk/client-auto-scaling';
import type { OperationContext } from '../../../control-plane/types.js';
import { takePage } from '../../page.js';
import { isInProgress } from '../activity.js';

/** Newest first, those in progress before all others. */
export function describeScalingActivities(
  input: DescribeScalingActivitiesType,
  context: OperationContext,
): ActivitiesType {
  const { groups, deletedGroupActivities } = context.state.autoScaling;
  const { AutoScalingGroupName: name, ActivityIds: ids = [] } = input;
  const living = [...groups.values()].flatMap((record) => record.activities);
  const all = input.IncludeDeletedGroups ? [...living, ...deletedGroupActivities] : living;
  const found = all.filter(
    (activity) =>
      (name === undefined || activity.AutoScalingGroupName === name || activity.AutoScalingGroupARN === name) &&
      (ids.length === 0 || ids.includes(activity.ActivityId!)),
  );
  const page = takePage(found.toSorted(compare), input.NextToken, input.MaxRecords ?? 100, 'InvalidNextToken');
  return { Activities: page.items.map((activity) => ({ ...activity })), NextToken: page.next };
}

// Stable: activities of one instant stay newest first, as they are kept.
function compare(a: Activity, b: Activity): number {
  const byProgress = Number(isInProgress(b)) - Number(isInProgress(a));
  return byProgress !== 0 ? byProgress : b.StartTime!.getTime() - a.StartTime!.getTime();
}
