import { setTimeout as sleep } from 'node:timers/promises';
import { runDirectrix } from './directrix.js';

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

const fullSpeed = 10;
const leastSpeed = 3;
/** What the command takes to answer on a machine that has room for a lab at full speed. */
const promptMs = 500;

/**
 * How many times faster than ours the lab's time may run here. Machines start and answer in our time: on a busy machine a lab that runs
 * too fast would see a start that takes minutes.
 */
export async function chooseSpeed(signal: AbortSignal): Promise<number> {
  const startedAt = performance.now();
  await runDirectrix({ args: ['--version'], signal });
  const speed = Math.floor((fullSpeed * promptMs) / (performance.now() - startedAt));
  return Math.min(fullSpeed, Math.max(leastSpeed, speed));
}
