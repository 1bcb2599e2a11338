import { setTimeout as sleep } from 'node:timers/promises';

/** The lab's time: it runs `speed` times faster than the wall's. Everything that the replay measures and prints is in it. */
export interface LabTime {
  readonly speed: number;
  /** Lab milliseconds since the act began. */
  elapsedMs(): number;
  /** Waits for `ms` of lab time; rejects when the signal aborts. */
  pause(ms: number): Promise<void>;
}

export function startLabTime(speed: number, signal: AbortSignal): LabTime {
  const startedAt = performance.now();
  return {
    speed,
    elapsedMs: () => (performance.now() - startedAt) * speed,
    pause: (ms) => sleep(ms / speed, undefined, { signal }),
  };
}
