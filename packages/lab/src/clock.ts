// clock: the lab's time, passed in everywhere.
//
// Lab time is epoch milliseconds. A scaled clock runs `speed` times faster than the wall; a virtual clock moves only
// when it is told to. Nothing in the lab calls Date.now(), setTimeout or setInterval except the scaled clock.
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
}
