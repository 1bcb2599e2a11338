import { AwsError } from '../../control-plane/aws-error.js';
import type { GroupRecord } from './state.js';

/** Whether the last activity still cools down. `seconds` default to the group's. */
export function isCoolingDown(
  { group, activities }: GroupRecord,
  now: number,
  seconds = group.DefaultCooldown!,
): boolean {
  const last = activities[0];
  return last !== undefined && now < (last.EndTime?.getTime() ?? now) + seconds * 1000;
}

/** Throws ScalingActivityInProgress while the last activity cools down. `seconds` default to the group's. */
export function checkCooldown(record: GroupRecord, now: number, seconds?: number): void {
  if (!isCoolingDown(record, now, seconds)) return;
  throw new AwsError(
    'ScalingActivityInProgress',
    `Scaling activity ${record.activities[0]?.ActivityId} is in progress and blocks this action`,
  );
}
