import type { Network } from '@directrix/reachability';
import type { Finding } from './finding.js';
import type { PreflightIntent } from './intent.js';
import type { PreflightSnapshot } from './snapshot.js';

export { readValue } from './read-value.js';

/** What a check sees. */
export interface CheckContext {
  readonly snapshot: PreflightSnapshot;
  readonly intent: PreflightIntent;
  /** The snapshot's network, indexed once for all checks. Undefined when it was not read. */
  readonly network: Network | undefined;
}

/** A pure function from the snapshot to findings. What it needs and was not read, it leaves out: `not-read` tells of it. */
export type Check = (context: CheckContext) => readonly Draft[];

/** A finding before the check's name is put on it. */
export type Draft = Omit<Finding, 'check'>;

export function groupSubject({ group }: PreflightSnapshot): string {
  return `group ${groupName(group)}`;
}

export function groupName(group: PreflightSnapshot['group']): string {
  return group.AutoScalingGroupName ?? '';
}
