// virtual clock: time that moves only when it is told to.
//
// For tests and simulation: a rollout of half an hour takes as long as its computation.
//
//   V1. Timers fire in order of their time, and of their setting where the times are equal.
//   V2. When a timer fires, now() is its time (or later, if it was set for the past).
//   V3. run() and advance() move time only while nothing else can happen: no task queued, no file being read, and nobody holding
//       time (holdTime), though nobody can hold it for long.
import { type Clock, sleepOn, type Timer } from './clock.js';
import { TimerQueue } from './timer-queue.js';

export interface VirtualClock extends Clock {
  holdTime(): () => void;
  /** Moves time forward by `ms`, firing what is due on the way and letting what follows from it happen. */
  advance(ms: number): Promise<void>;
  /**
   * Moves time from timer to timer until `promise` settles, and settles as it does. Throws when it does not settle within
   * `limitMs` of lab time (default: a day), or when no timer is left that could settle it.
   */
  run<T>(promise: Promise<T>, options?: { readonly limitMs?: number }): Promise<T>;
}

export interface VirtualClockOptions {
  /** Epoch milliseconds, or anything Date understands. */
  readonly startAt: number | string | Date;
}

const DAY_MS = 86_400_000;
// An SDK call is mostly microtasks; a few turns of the event loop let the rest of it through.
const QUIET_TURNS = 2;
// Longer than the SDK backs off between its attempts. A hold that lasts longer is dropped.
const LONGEST_HOLD_WALL_MS = 5_000;

export function createVirtualClock({ startAt }: VirtualClockOptions): VirtualClock {
  const timers = new TimerQueue();
  let nowMs = new Date(startAt).getTime();
  if (Number.isNaN(nowMs))
    throw new RangeError(`A virtual clock cannot start at ${String(startAt)}: it is not a time.`);

  const holds = new Set<object>();

  const now = (): number => nowMs;

  function holdTime(): () => void {
    const hold = {};
    holds.add(hold);
    return () => holds.delete(hold);
  }

  /** Lets everything happen that needs no lab time. */
  async function comeToRest(isSettled: () => boolean = () => false): Promise<void> {
    const startedAtWallMs = performance.now();
    do {
      for (let count = 0; count < QUIET_TURNS; count += 1) {
        await turn();
        if (isSettled()) return;
      }
      if (performance.now() - startedAtWallMs > LONGEST_HOLD_WALL_MS) holds.clear();
    } while (holds.size > 0 || isUsingFiles());
  }

  function setTimer(atMs: number, fire: () => void): Timer {
    const timer = timers.add(atMs, fire);
    if (atMs <= nowMs) setImmediate(fireDue);
    return timer;
  }

  function fireDue(): void {
    for (let fire = timers.takeDue(nowMs); fire !== undefined; fire = timers.takeDue(nowMs)) fire();
  }

  function moveTo(atMs: number): void {
    nowMs = Math.max(nowMs, atMs);
    fireDue();
  }

  async function advance(ms: number): Promise<void> {
    const targetMs = nowMs + ms;
    await comeToRest();
    for (let next = timers.nextAtMs(); next !== undefined && next <= targetMs; next = timers.nextAtMs()) {
      moveTo(next);
      await comeToRest();
    }
    nowMs = targetMs;
  }

  async function run<T>(promise: Promise<T>, { limitMs = DAY_MS }: { readonly limitMs?: number } = {}): Promise<T> {
    const limitAtMs = nowMs + limitMs;
    let isSettled = false;
    const noteSettled = (): void => {
      isSettled = true;
    };
    promise.then(noteSettled, noteSettled);
    for (;;) {
      await comeToRest(() => isSettled);
      if (isSettled) return promise;
      const next = timers.nextAtMs();
      if (next === undefined) {
        throw new Error('The virtual clock has no timer left, and what it runs for does not settle.');
      } else if (next > limitAtMs) {
        throw new Error(`Still running after ${limitMs} ms of lab time.`);
      } else {
        moveTo(next);
      }
    }
  }

  return { now, setTimer, sleep: (ms, signal) => sleepOn({ now, setTimer }, ms, signal), holdTime, advance, run };
}

/** One whole turn of the event loop. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

// A new SDK client reads the shared configuration files before its first request; a deployer keeps evidence in files. Node names the
// closing of a file handle apart from the rest.
function isUsingFiles(): boolean {
  return process.getActiveResourcesInfo().some((resource) => resource.startsWith('FSReq') || resource === 'CloseReq');
}
