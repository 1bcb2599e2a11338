// Prober: makes checks one after the other at a bounded rate, until it is stopped.
//
//   P1. Turns come no faster than `requestsPerSecond`: what was missed is not made up for. Nor do they stop when the clock is set back.
//   P2. Never more than inFlightMax are under way; at that number, turns are passed over.
//   P3. At most bufferedMax results are kept for take(); the oldest go first, and are counted.
//   P4. Stopped, it begins nothing more, ends what is under way, and returns when nothing is left.
import { setMaxListeners } from 'node:events';
import { type Check, type CheckResult, runCheck } from './check.js';
import type { Transport } from './request.js';

export interface ProberClock {
  /** Epoch milliseconds. */
  now(): number;
  /** Rejects when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface ProberOptions {
  /** At least one; they take turns. */
  readonly checks: readonly Check[];
  /** By the clock, of all checks together. More than 0. */
  readonly requestsPerSecond: number;
  readonly clock: ProberClock;
  readonly transport: Transport;
  readonly inFlightMax?: number;
  readonly bufferedMax?: number;
}

export interface ProberTake {
  /** Since the last take, in the order in which they ended. */
  readonly results: readonly CheckResult[];
  /** Turns that were passed over because too many requests were under way. */
  readonly passedOver: number;
  /** Results that nobody took in time. */
  readonly dropped: number;
}

export interface Prober {
  take(): ProberTake;
  /** Since the last take; they stay for the next one. */
  peek(): readonly CheckResult[];
  stop(): Promise<void>;
}

const inFlightMaxDefault = 64;
const bufferedMaxDefault = 5_000;

export function startProber(options: ProberOptions): Prober {
  const { checks, clock, requestsPerSecond } = options;
  const stopping = new AbortController();
  const underWay = new Set<Promise<void>>();
  const inFlightMax = options.inFlightMax ?? inFlightMaxDefault;
  // Everything under way listens, and the pause between two turns does.
  setMaxListeners(inFlightMax + 1, stopping.signal);
  const bufferedMax = options.bufferedMax ?? bufferedMaxDefault;
  let results: CheckResult[] = [];
  let [passedOver, dropped, turn] = [0, 0, 0];

  function keep(result: CheckResult): void {
    if (stopping.signal.aborted) return;
    results.push(result);
    if (results.length <= bufferedMax) return;
    results.shift();
    dropped += 1;
  }

  function begin(): void {
    const check = checks[turn++ % checks.length];
    if (check === undefined) return;
    if (underWay.size >= inFlightMax) {
      passedOver += 1;
      return;
    }
    const one = runCheck(check, options, stopping.signal)
      .then(keep)
      .finally(() => underWay.delete(one));
    underWay.add(one);
  }

  async function loop(): Promise<void> {
    const pauseMs = 1_000 / requestsPerSecond;
    let dueAt = clock.now();
    while (!stopping.signal.aborted) {
      begin();
      // A clock that is corrected may go back: the next turn is never further away than one pause.
      const now = clock.now();
      dueAt = Math.min(Math.max(dueAt + pauseMs, now), now + pauseMs);
      await clock.sleep(dueAt - now, stopping.signal).catch(() => undefined);
    }
  }

  const ended = loop();
  return {
    take() {
      const taken = { results, passedOver, dropped };
      results = [];
      [passedOver, dropped] = [0, 0];
      return taken;
    },
    peek: () => [...results],
    async stop() {
      stopping.abort(new Error('the prober was stopped'));
      await ended;
      await Promise.all(underWay);
    },
  };
}
