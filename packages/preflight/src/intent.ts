import { defaultMinHealthyTimeMs, deriveStartTimeoutMs, deriveSurge } from '@directrix/rollout';
import { readValue } from './read-value.js';
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
  /** How long the old instances stay warm when all new ones serve. Default 0. */
  readonly bakeMs?: number;
  readonly isBrokenBaselineAccepted?: boolean;
  /** MaxSize is raised for the rollout where it leaves too little room. */
  readonly isMaxSizeLent?: boolean;
  /** How instances will be asked for their version; undefined: they will not be. */
  readonly versionCheck?: {
    /** In place of what the listeners say. */
    readonly url?: string;
    /** `/healthz`. */
    readonly healthPath: string;
    /** Without it the rollout goes on by health alone when nobody can be asked. */
    readonly isRequired: boolean;
  };
  /** A share of users' requests is to meet the release before the group does; undefined: none. */
  readonly canary?: {
    /** What users ask for; of the first that a rule leads to the group, that rule gives the share. */
    readonly paths: readonly string[];
    readonly healthPath: string;
    /** In place of what the listeners say. */
    readonly url?: string;
  };
}

/** The intent, with what a rollout would derive from the group for what is not given. */
export function deriveIntent(snapshot: PreflightSnapshot, given: Partial<PreflightIntent>): PreflightIntent {
  const { DesiredCapacity = 0, MaxSize = 0, HealthCheckGracePeriod = 0 } = snapshot.group;
  const intervals = (readValue(snapshot.targetGroups) ?? []).map(
    ({ targetGroup }) => targetGroup.HealthCheckIntervalSeconds ?? 30,
  );
  return {
    ...given,
    surge:
      given.surge ?? deriveSurge(DesiredCapacity, given.isMaxSizeLent === true ? Number.POSITIVE_INFINITY : MaxSize),
    minHealthyTimeMs: given.minHealthyTimeMs ?? defaultMinHealthyTimeMs,
    startTimeoutMs:
      given.startTimeoutMs ??
      deriveStartTimeoutMs({
        gracePeriodMs: HealthCheckGracePeriod * 1000,
        slowestHealthCheckIntervalMs: Math.max(0, ...intervals) * 1000,
      }),
  };
}

/** The batches that a rollout takes: `desired 5, surge 2 -> 3`. */
export function countBatches({ group }: PreflightSnapshot, { surge }: PreflightIntent): number {
  return Math.ceil((group.DesiredCapacity ?? 0) / Math.max(1, surge));
}

/** The longest drain of the target groups, in seconds. */
export function drainSecondsOf(snapshot: PreflightSnapshot): number {
  const delays = (readValue(snapshot.targetGroups) ?? []).map(({ attributes }) =>
    Number(attributes['deregistration_delay.timeout_seconds'] ?? 300),
  );
  return Math.max(0, ...delays);
}

/** How long a rollout can take to its end: every batch with all the time that it may have, the drain, and the bake. Milliseconds. */
export function longestForecastMs(snapshot: PreflightSnapshot, intent: PreflightIntent): number {
  return longestRolloutMs(snapshot, intent) + drainSecondsOf(snapshot) * 1000 + (intent.bakeMs ?? 0);
}

/** How long the group is held still: every batch with all the time that it may have. Milliseconds. */
export function longestRolloutMs(snapshot: PreflightSnapshot, intent: PreflightIntent): number {
  return countBatches(snapshot, intent) * (intent.startTimeoutMs + intent.minHealthyTimeMs);
}
