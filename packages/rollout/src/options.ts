// The options of a rollout, where nobody said otherwise: derived from the group and the defaults.
import {
  defaultBakeMs,
  defaultMinHealthyTimeMs,
  defaultQuarantineTtlMs,
  defaultTickMs,
  deriveProgressDeadlineMs,
  deriveStartTimeoutMs,
  deriveSurge,
  isMaxSizeLentByDefault,
  isVersionCheckedByDefault,
} from './defaults.js';
import type { Observation } from './observation.js';
import type { RolloutOptions } from './record.js';

/** Every option, with what is not given derived. A deadline follows from the start and the proof that are in force. */
export function deriveOptions(
  { group, targetGroups }: Observation,
  given: Partial<RolloutOptions> = {},
): RolloutOptions {
  const intervals = targetGroups.map((targetGroup) => targetGroup.healthCheckIntervalMs);
  const isMaxSizeLent = given.isMaxSizeLent ?? isMaxSizeLentByDefault;
  const minHealthyTimeMs = given.minHealthyTimeMs ?? defaultMinHealthyTimeMs;
  const startTimeoutMs =
    given.startTimeoutMs ??
    deriveStartTimeoutMs({
      gracePeriodMs: group.healthCheckGracePeriodMs,
      slowestHealthCheckIntervalMs: Math.max(0, ...intervals),
    });
  return {
    surge: given.surge ?? deriveSurge(group.desiredCapacity, isMaxSizeLent ? Number.POSITIVE_INFINITY : group.maxSize),
    isMaxSizeLent,
    minHealthyTimeMs,
    startTimeoutMs,
    progressDeadlineMs: given.progressDeadlineMs ?? deriveProgressDeadlineMs(startTimeoutMs, minHealthyTimeMs),
    tickMs: given.tickMs ?? defaultTickMs,
    quarantineTtlMs: given.quarantineTtlMs ?? defaultQuarantineTtlMs,
    isVersionChecked: given.isVersionChecked ?? isVersionCheckedByDefault,
    bakeMs: given.bakeMs ?? defaultBakeMs,
    requests: given.requests,
    alarmNames: given.alarmNames,
    approvals: given.approvals,
    hooks: given.hooks,
    prove: given.prove,
    canary: given.canary,
    isFirstAlone: given.isFirstAlone,
    isSwitchedAtOnce: given.isSwitchedAtOnce,
    keepWarmMs: given.keepWarmMs,
    isZoneByZone: given.isZoneByZone,
  };
}
