import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from './ports.js';

/**
 * The machine's clock; on an instance of the lab, whose time runs by itself, the lab's: `DIRECTRIX_CLOCK` is
 * `<speed>@<wallEpochMs>=<labEpochMs>`.
 */
export function systemClock(env: Readonly<Record<string, string | undefined>>): Clock {
  const [, speedText, wallText, labText] = /^([\d.]+)@(\d+)=(\d+(?:\.\d+)?)$/.exec(env.DIRECTRIX_CLOCK ?? '') ?? [];
  if (speedText === undefined || !(Number(speedText) > 0))
    return {
      now: () => Date.now(),
      elapsed: () => performance.now(),
      sleep: (ms, signal) => sleep(ms, undefined, { signal }),
    };
  const [speed, wall, lab] = [Number(speedText), Number(wallText), Number(labText)];
  return {
    now: () => lab + (Date.now() - wall) * speed,
    elapsed: () => performance.now() * speed,
    sleep: (ms, signal) => sleep(ms / speed, undefined, { signal }),
  };
}
