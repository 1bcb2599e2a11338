import { createIdSource } from './id-source.js';
import { createLabState } from './state.js';
import { DEFAULT_TIMING } from './timing.js';
import type { Caller, Effect, LabEvent, LabState, LabTiming, OperationContext, Route } from './types.js';

interface ScheduledEvent {
  readonly atMs: number;
  readonly event: LabEvent;
}

/** An operation's context for tests: what was emitted and scheduled is there to be looked at, and time is a field. */
export interface TestContext extends OperationContext {
  now: number;
  readonly effects: Effect[];
  /** What has not been played yet, in order of time. */
  readonly scheduled: ScheduledEvent[];
  /**
   * Moves `now` forward by `ms`, giving each event that is due on the way to `play`, at its time and in order. Events that are
   * scheduled meanwhile are played too.
   */
  advance(ms: number, play: (event: LabEvent, context: TestContext) => unknown): void;
}

export interface TestContextOptions {
  /** Epoch milliseconds, or anything Date understands. Default: 2018-11-11T08:00:00Z. */
  readonly now?: number | string;
  readonly state?: LabState;
  readonly timing?: Partial<LabTiming>;
  readonly caller?: Caller;
  readonly route?: Route;
  readonly seed?: number;
}

export function createTestContext(options: TestContextOptions = {}): TestContext {
  const effects: Effect[] = [];
  const scheduled: ScheduledEvent[] = [];
  const ids = createIdSource(options.seed ?? 1);
  const context: TestContext = {
    now: new Date(options.now ?? '2018-11-11T08:00:00Z').getTime(),
    state: options.state ?? createLabState(),
    ids,
    timing: { ...DEFAULT_TIMING, ...options.timing },
    caller: options.caller ?? { kind: 'administrator' },
    route: options.route ?? { kind: 'endpoint' },
    requestId: ids.uuid(),
    effects,
    scheduled,
    emit: (effect) => {
      effects.push(effect);
    },
    schedule: (atMs, event) => {
      const later = scheduled.findIndex((other) => other.atMs > atMs);
      scheduled.splice(later === -1 ? scheduled.length : later, 0, { atMs, event });
    },
    advance: (ms, play) => {
      const targetMs = context.now + ms;
      for (let next = scheduled[0]; next !== undefined && next.atMs <= targetMs; next = scheduled[0]) {
        scheduled.shift();
        context.now = Math.max(context.now, next.atMs);
        play(next.event, context);
      }
      context.now = targetMs;
    },
  };
  return context;
}
