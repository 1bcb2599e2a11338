// Left behind: what a tool that died before us left in the group.
//
//   1. A suspended process is a fact; who suspended it is not known. It is told, before and afterwards, and left as it is (S6).
//   2. A raised DesiredCapacity alone is a wish. Beside suspended processes it is what a roller leaves that was killed, and is told too.
import { readCapacityWrites } from './activities.js';
import type { LeftBehind } from './contract/left-behind.js';
import type { Observation } from './observation.js';
import type { RolloutRecord } from './record.js';

/** How far back the activities are looked at. */
export const leftBehindWindowMs = 7 * 24 * 3_600_000;

/**
 * What DesiredCapacity was before somebody raised it to what it is now; undefined without suspended processes, or where no activity
 * says so.
 *
 * | activities, newest first          | DesiredCapacity | raised from |
 * |-----------------------------------|-----------------|-------------|
 * | a user request, 3 to 6            | 6               | 3           |
 * | user requests, 5 to 6, 3 to 5     | 6               | 3           |
 * | a policy, 3 to 6                  | 6               | -           |
 * | a user request, 6 to 3; 3 to 6    | 3               | -           |
 * | a user request, 3 to 6            | 7               | -           |
 * | a user request, 0 to 3            | 3               | -           |
 */
export function findRaisedFrom({ group }: Observation): number | undefined {
  if (group.suspendedProcesses.length === 0) return undefined;
  let value = group.desiredCapacity;
  for (const change of readCapacityWrites(group.activities)) {
    // From nothing: that is how a group begins.
    if (!change.isByUser || change.to !== value || change.from >= change.to || change.from === 0) break;
    value = change.from;
  }
  return value === group.desiredCapacity ? undefined : value;
}

/** Undefined when nothing was suspended when we came. */
export function findLeftBehind({ original }: RolloutRecord): LeftBehind | undefined {
  const { suspendedProcesses: processes, raisedFrom } = original;
  return processes.length === 0 ? undefined : { processes, ...(raisedFrom === undefined ? {} : { raisedFrom }) };
}

/** What of it is there still. */
export function findStillLeftBehind(record: RolloutRecord, { group }: Observation): LeftBehind | undefined {
  const left = findLeftBehind(record);
  const processes = left?.processes.filter((name) => group.suspendedProcesses.includes(name)) ?? [];
  return left === undefined || processes.length === 0 ? undefined : { ...left, processes };
}
