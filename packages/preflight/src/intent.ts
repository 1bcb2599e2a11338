import { deriveSurge } from '@directrix/rollout';
import { readValue } from './check.js';
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

/** The intent, with what a rollout would derive from the group for what is not given. */
export function deriveIntent(snapshot: PreflightSnapshot, given: Partial<PreflightIntent>): PreflightIntent {
  const { DesiredCapacity = 0, MaxSize = 0, HealthCheckGracePeriod = 0 } = snapshot.group;
  const intervals = (readValue(snapshot.targetGroups) ?? []).map(
    ({ targetGroup }) => targetGroup.HealthCheckIntervalSeconds ?? 30,
  );
  const graceMs = (HealthCheckGracePeriod > 0 ? HealthCheckGracePeriod : 300) * 1000;
  return {
    ...given,
    surge: given.surge ?? deriveSurge(DesiredCapacity, MaxSize),
    minHealthyTimeMs: given.minHealthyTimeMs ?? 30_000,
    startTimeoutMs: given.startTimeoutMs ?? Math.max(graceMs, 2 * Math.max(0, ...intervals) * 1000),
  };
}

/** The batches that a rollout takes: `desired 5, surge 2 -> 3`. */
export function countBatches({ group }: PreflightSnapshot, { surge }: PreflightIntent): number {
  return Math.ceil((group.DesiredCapacity ?? 0) / Math.max(1, surge));
}

/** How long a rollout can take when every batch uses all the time that it may. Milliseconds. */
export function longestRolloutMs(snapshot: PreflightSnapshot, intent: PreflightIntent): number {
  return countBatches(snapshot, intent) * (intent.startTimeoutMs + intent.minHealthyTimeMs);
}
