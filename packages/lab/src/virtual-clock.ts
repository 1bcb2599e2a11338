// virtual clock: time that moves only when it is told to.
//
// For tests and simulation: a rollout of half an hour takes as long as its computation.
//
//   V1. Timers fire in order of their time, and of their setting where the times are equal.
//   V2. When a timer fires, now() is its time (or later, if it was set for the past).
//   V3. run() moves time only while nothing else can happen: no held work, no file being read, no task queued.
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
// An SDK call passes through a few turns of the event loop on its way to the lab and back, and no more than two in a row are empty.
const QUIET_TURNS = 3;
// Only reached by something that waits on the wall: an SDK's back-off, a socket.
const IDLE_LIMIT_MS = 10_000;

export function createVirtualClock({ startAt }: VirtualClockOptions): VirtualClock {
  const timers = new TimerQueue();
  let nowMs = new Date(startAt).getTime();
  if (Number.isNaN(nowMs))
    throw new RangeError(`A virtual clock cannot start at ${String(startAt)}: it is not a time.`);
  let heldCount = 0;

  const now = (): number => nowMs;

  function setTimer(atMs: number, fire: () => void): Timer {
    const timer = timers.add(atMs, fire);
    if (atMs <= nowMs) setImmediate(fireDue);
    return timer;
  }

  function fireDue(): void {
    for (let fire = timers.takeDue(nowMs); fire !== undefined; fire = timers.takeDue(nowMs)) fire();
  }

  function holdTime(): () => void {
    heldCount += 1;
    let isHeld = true;
    return () => {
      if (isHeld) heldCount -= 1;
      isHeld = false;
    };
  }

  async function comeToRest(isSettled: () => boolean = () => false): Promise<void> {
    const startedAtWallMs = performance.now();
    let quietTurns = 0;
    while (quietTurns < QUIET_TURNS && !isSettled()) {
      await turn();
      quietTurns = heldCount > 0 || isReadingFiles() ? 0 : quietTurns + 1;
      if (performance.now() - startedAtWallMs > IDLE_LIMIT_MS) {
        throw new Error(
          `The virtual clock waited ${IDLE_LIMIT_MS} ms of real time for ${heldCount} requests in flight.`,
        );
      }
    }
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
        await waitForTheWall(() => isSettled || timers.nextAtMs() !== undefined);
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

// A new SDK client reads the shared configuration files before its first request.
function isReadingFiles(): boolean {
  return process.getActiveResourcesInfo().some((resource) => resource.startsWith('FSReq'));
}

async function waitForTheWall(isDone: () => boolean): Promise<void> {
  const startedAtWallMs = performance.now();
  while (!isDone()) {
    await turn();
    if (performance.now() - startedAtWallMs > IDLE_LIMIT_MS) {
      throw new Error('The virtual clock has no timer left, and what it runs for does not settle.');
    }
  }
}
