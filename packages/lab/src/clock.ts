// clock: the lab's time, passed in everywhere.
//
// Lab time is epoch milliseconds. A scaled clock (`createScaledClock`) runs `speed` times faster than the wall; a virtual
// clock (`createVirtualClock`) moves only when it is told to. Nothing in the lab calls Date.now(), setTimeout or setInterval
// except the scaled clock.
export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Lab time now, in epoch milliseconds. */
  now(): number;
  /** Calls `fire` once when lab time reaches `atMs` (at once, but never synchronously, when that is past). */
  setTimer(atMs: number, fire: () => void): Timer;
  /** Resolves after `ms` of lab time; rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /**
   * Says that something is under way that no timer of this clock shows (an SDK backing off on the wall), until the returned function is
   * called. A virtual clock does not move time by itself meanwhile. Clocks that follow the wall leave it out.
   */
  holdTime?(): () => void;
  /**
   * How another process of this machine follows this clock from now on: the value of DIRECTRIX_CLOCK, `<speed>@<wallEpochMs>=<labEpochMs>`.
   * Only clocks that follow the wall have it.
   */
  describe?(): string;
}

/** `Clock.sleep` for any clock that has timers. */
export function sleepOn(clock: Pick<Clock, 'now' | 'setTimer'>, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(signal.reason);
      return;
    }
    const onAbort = (): void => {
      timer.cancel();
      reject(signal?.reason);
    };
    const timer = clock.setTimer(clock.now() + ms, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
