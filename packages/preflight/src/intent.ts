import type { PreflightSnapshot } from './snapshot.js';

/** What is about to be done to the group. */
export interface PreflightIntent {
  /** What the release's instances will report; undefined when nobody said. */
  readonly version?: string;
  /** Undefined when the image is not known: then nothing is said of it. */
  readonly imageId?: string;
  /** Instances that are added at a time. */
  readonly surge: number;
  readonly minHealthyTimeMs: number;
  /** From launch to the first healthy check. */
  readonly startTimeoutMs: number;
  readonly isBrokenBaselineAccepted?: boolean;
}

/** The batches that a rollout takes: `desired 5, surge 2 -> 3`. */
export function countBatches({ group }: PreflightSnapshot, { surge }: PreflightIntent): number {
  return Math.ceil((group.DesiredCapacity ?? 0) / Math.max(1, surge));
}

/** How long a rollout can take when every batch uses all the time that it may. Milliseconds. */
export function longestRolloutMs(snapshot: PreflightSnapshot, intent: PreflightIntent): number {
  return countBatches(snapshot, intent) * (intent.startTimeoutMs + intent.minHealthyTimeMs);
}
