// clock: the deployer's time. The wall's, or a lab's, when the lab's time runs at another speed than ours: every timestamp of AWS
// that the deployer compares with is of the lab's time then.
import { setTimeout as wait } from 'node:timers/promises';
import { type CancelSignal, DirectrixError } from '@directrix/rollout';

export interface DeployerClock {
  /** Milliseconds of it in one of the wall's: 1 but for a lab. */
  readonly speed?: number;
  /** Epoch milliseconds. */
  now(): number;
  /** Rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: CancelSignal): Promise<void>;
}

/**
 * The clock that `DIRECTRIX_CLOCK=<speed>@<wallEpochMs>=<labEpochMs>` describes (`directrix lab up` prints it), or the wall's when it
 * is not set. Throws CLOCK_INVALID.
 */
export function createDeployerClock(setting: string | undefined): DeployerClock {
  const scale = setting === undefined || setting === '' ? undefined : parseScale(setting);
  const speed = scale?.speed ?? 1;
  return {
    speed,
    now: () => (scale === undefined ? Date.now() : Math.round(scale.labAt + (Date.now() - scale.wallAt) * scale.speed)),
    async sleep(ms, signal) {
      try {
        await wait(ms / speed, undefined, { signal: signal as AbortSignal | undefined });
      } catch (error) {
        throw signal?.aborted === true ? (signal.reason ?? error) : error;
      }
    },
  };
}

function parseScale(setting: string): { readonly speed: number; readonly wallAt: number; readonly labAt: number } {
  const [, speed, wallAt, labAt] = setting.match(/^(\d+(?:\.\d+)?)@(\d+)=(\d+(?:\.\d+)?)$/) ?? [];
  if (speed === undefined || !(Number(speed) > 0))
    throw new DirectrixError(
      'CLOCK_INVALID',
      `DIRECTRIX_CLOCK is ${JSON.stringify(setting.slice(0, 100))}, not <speed>@<wallEpochMs>=<labEpochMs>.`,
      {
        source: 'environment',
        hint: 'export it again as `directrix lab up` printed it, or unset it',
      },
    );
  return { speed: Number(speed), wallAt: Number(wallAt), labAt: Number(labAt) };
}
