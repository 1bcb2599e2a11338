import { type Clock, sleepOn, type Timer } from './clock.js';

// setTimeout fires at once for anything longer; a longer wait is made of several.
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

export interface ScaledClockOptions {
  /** Lab milliseconds per millisecond of the wall. 1 is real time. */
  readonly speed: number;
  /** Lab time at creation, epoch milliseconds. Default: the wall's. */
  readonly startAt?: number;
}

/** A clock that runs `speed` times faster than the wall. Throws RangeError unless `speed` is a positive finite number. */
export function createScaledClock({ speed, startAt = Date.now() }: ScaledClockOptions): Clock {
  if (!Number.isFinite(speed) || speed <= 0) {
    throw new RangeError(`The lab's speed must be a positive number; ${speed} is not.`);
  }
  const startedAtWallMs = performance.now();
  const now = (): number => Math.floor(startAt + (performance.now() - startedAtWallMs) * speed);

  function setTimer(atMs: number, fire: () => void): Timer {
    let timeout: NodeJS.Timeout;
    const arm = (): void => {
      const remainingMs = Math.max(0, Math.ceil((atMs - now()) / speed));
      timeout = setTimeout(fireOrWait, Math.min(remainingMs, LONGEST_TIMEOUT_MS));
    };
    // The wall's timers may fire a little early; lab time must have been reached when `fire` runs.
    const fireOrWait = (): void => (now() < atMs ? arm() : fire());
    arm();
    return { cancel: () => clearTimeout(timeout) };
  }

  return {
    now,
    setTimer,
    sleep: (ms, signal) => sleepOn({ now, setTimer }, ms, signal),
    describe: () => `${speed}@${Date.now()}=${now()}`,
  };
}
