// Defaults: what a rollout does where nobody says otherwise. The one owner: help texts, preflight and the pages read them here.

/** How long a new instance must be healthy in every target group, without a dip, before it counts. */
export const defaultMinHealthyTimeMs = 30_000;

/** How long a start may take when the group has no grace period of its own. */
export const defaultStartTimeoutMs = 300_000;

/** A start is given at least so many health check intervals: less would call every instance late. */
export const leastHealthChecksToStart = 2;

/** The progress deadline, in starts; one proof comes on top, so that the more telling START_TIMEOUT always comes first. */
export const startsToProgressDeadline = 2;

/** Pause between two observations. */
export const defaultTickMs = 2_000;

/** How long a quarantined instance is to be kept. */
export const defaultQuarantineTtlMs = 24 * 3_600_000;

/** Whether new instances must name their version: `auto`, where those of now do. */
export const defaultVersionCheck = 'auto';

/** Whether each new instance must report the release's version through the load balancer. */
export const isVersionCheckedByDefault = true;

/** How long everything new serves beside warm old ones before these go. */
export const defaultBakeMs = 300_000;

/** The same of a rollback: the way back to what it leaves is not kept open. */
export const defaultRollbackBakeMs = 0;

/** The longest bake: AWS charges for warm instances meanwhile. */
export const bakeMsMax = 48 * 3_600_000;

/** The longest that old instances are kept in Standby after a rollout: AWS charges for them meanwhile. */
export const keepWarmMsMax = 7 * 24 * 3_600_000;
/** How long a share of users' requests goes to a canary at least: a few of the minutes that CloudWatch counts. */
export const defaultCanaryMs = 300_000;

/** The share of users' requests that the preset `canary` gives. */
export const presetCanaryShare = 0.1;

/** Shares of one canary, one after the other. */
export const canaryStepCountMax = 10;

/** Requests a second that the prober makes, of all paths together. */
export const defaultRequestsPerSecond = 5;
export const requestsPerSecondMax = 50;

/** What the prober asks for. */
export const defaultWatchedPath = '/';
export const watchedPathCountMax = 10;

/** The header in which an answer may name its version. */
export const defaultVersionHeader = 'x-version';

/** Alarms that may halt one rollout. */
export const alarmCountMax = 10;

/** How long an approval is waited for. */
export const defaultApprovalTimeMs = 3_600_000;

/** How long a hook may run. */
export const defaultHookDeadlineMs = 600_000;

/** Whether MaxSize is raised for a rollout that needs more, and given back. */
export const isMaxSizeLentByDefault = true;

/** The page of an instance that names its version and its FQDN. */
export const defaultHealthPath = '/healthz';

/** A group of up to this many instances may be doubled at once; a larger one gets a quarter at a time. */
export const surgeOfSmallGroup = 10;

/** The share of a large group that is added at a time. */
export const surgeShareOfLargeGroup = 1 / 4;

/** Good releases that are remembered of a group; labels of their secrets are kept as long. */
export const keptReleases = 10;

/** How long a start may take, of what the group and its target groups say. Milliseconds. */
export function deriveStartTimeoutMs(group: {
  readonly gracePeriodMs: number;
  readonly slowestHealthCheckIntervalMs: number;
}): number {
  const graceMs = group.gracePeriodMs > 0 ? group.gracePeriodMs : defaultStartTimeoutMs;
  return Math.max(graceMs, leastHealthChecksToStart * group.slowestHealthCheckIntervalMs);
}

/** How long a rollout may go without one more verified instance. */
export function deriveProgressDeadlineMs(startTimeoutMs: number, minHealthyTimeMs: number): number {
  return startsToProgressDeadline * startTimeoutMs + minHealthyTimeMs;
}

/**
 * How many instances to add at a time: as many as are wanted, so that there are few batches, but never above MaxSize (infinite
 * where it is lent), and of a large group at most a quarter.
 *
 * | desired | MaxSize | surge | why                                              |
 * |---------|---------|-------|--------------------------------------------------|
 * | 1       | 2       | 1     | one and its replacement                          |
 * | 3       | 7       | 3     | `2n+1`: everything in one batch                  |
 * | 3       | 4       | 1     | the headroom decides: three batches              |
 * | 10      | 21      | 10    | small enough to double                           |
 * | 100     | 201     | 25    | a quarter: four batches                          |
 * | 4       | 4       | 1     | cannot be: refused before with NO_CAPACITY_HEADROOM |
 */
export function deriveSurge(desiredCapacity: number, maxSize: number): number {
  const headroom = maxSize - desiredCapacity;
  const share = Math.max(surgeOfSmallGroup, Math.ceil(desiredCapacity * surgeShareOfLargeGroup));
  return Math.max(1, Math.min(headroom, desiredCapacity, share));
}
