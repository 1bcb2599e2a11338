// virtual clock: time that moves only when it is told to.
//
// For tests and simulation: a rollout of half an hour takes as long as its computation.
//
//   V1. Timers fire in order of their time, and of their setting where the times are equal.
//   V2. When a timer fires, now() is its time (or later, if it was set for the past).
//   V3. run() and advance() move time only while nothing else can happen: no task queued, no file being read, and nobody holding
//       time (holdTime), though nobody can hold it for long, nor can a file that does not answer (a pipe that nobody writes to).
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
  /** How long time waits for a hold or a file, in milliseconds of the wall (default: 5,000), and for 200 turns of the event loop at least. */
  readonly longestHoldWallMs?: number;
}

const DAY_MS = 86_400_000;
// An SDK call is mostly microtasks; a few turns of the event loop let the rest of it through.
const QUIET_TURNS = 2;
// Longer than the SDK backs off between its attempts. A hold that lasts longer is dropped, and a file that takes longer is not waited for.
const LONGEST_HOLD_WALL_MS = 5_000;
// On a starved machine seconds pass in a few turns of the event loop: who holds time has had no chance to let it go.
const LONGEST_HOLD_TURNS = 200;

export function createVirtualClock({
  startAt,
  longestHoldWallMs = LONGEST_HOLD_WALL_MS,
}: VirtualClockOptions): VirtualClock {
  const timers = new TimerQueue();
  let nowMs = new Date(startAt).getTime();
  if (Number.isNaN(nowMs))
    throw new RangeError(`A virtual clock cannot start at ${String(startAt)}: it is not a time.`);

  const holds = new Set<object>();
  /** How many requests of files are not waited for any more. */
  let stuckFileRequests = 0;

  const now = (): number => nowMs;

  function holdTime(): () => void {
    const hold = {};
    holds.add(hold);
    return () => holds.delete(hold);
  }

  /** Lets everything happen that needs no lab time. */
  async function comeToRest(isSettled: () => boolean = () => false): Promise<void> {
    const startedAtWallMs = performance.now();
    let turns = 0;
    do {
      for (let count = 0; count < QUIET_TURNS; count += 1) {
        await turn();
        turns += 1;
        if (isSettled()) return;
      }
      if (turns >= LONGEST_HOLD_TURNS && performance.now() - startedAtWallMs > longestHoldWallMs) {
        holds.clear();
        stuckFileRequests = countFileRequests();
      }
    } while (holds.size > 0 || isUsingFiles());
  }

  function isUsingFiles(): boolean {
    const count = countFileRequests();
    stuckFileRequests = Math.min(stuckFileRequests, count);
    return count > stuckFileRequests;
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
function countFileRequests(): number {
  const isFileRequest = (resource: string) => resource.startsWith('FSReq') || resource === 'CloseReq';
  return process.getActiveResourcesInfo().filter(isFileRequest).length;
}
