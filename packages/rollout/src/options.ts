// The options of a rollout, where nobody said otherwise: derived from the group.
import type { Observation } from './observation.js';
import type { RolloutOptions } from './record.js';

/**
 * How many instances to add at a time: as many as are wanted, so that there are few batches, but never above MaxSize, and of a
 * large group at most a quarter.
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
  const share = Math.max(10, Math.ceil(desiredCapacity / 4));
  return Math.max(1, Math.min(headroom, desiredCapacity, share));
}

/** The options that planRollout uses for what is not given. */
export function deriveOptions({ group, targetGroups }: Observation): RolloutOptions {
  const minHealthyTimeMs = 30_000;
  const slowestIntervalMs = Math.max(0, ...targetGroups.map((targetGroup) => targetGroup.healthCheckIntervalMs));
  const graceMs = group.healthCheckGracePeriodMs > 0 ? group.healthCheckGracePeriodMs : 300_000;
  // A grace period shorter than two checks would call every instance late.
  const startTimeoutMs = Math.max(graceMs, 2 * slowestIntervalMs);
  return {
    surge: deriveSurge(group.desiredCapacity, group.maxSize),
    minHealthyTimeMs,
    startTimeoutMs,
    // Longer than a start and its proof together, so that the more telling START_TIMEOUT always comes first.
    progressDeadlineMs: 2 * startTimeoutMs + minHealthyTimeMs,
    tickMs: 2_000,
    quarantineTtlMs: 24 * 3_600_000,
    isVersionChecked: true,
  };
}
