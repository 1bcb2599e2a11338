import type { JournalEntry } from './entry.js';
import type { Clock, PutFailure } from './ports.js';

type Counter = 'entries' | 'events' | 'batches' | 'rejected' | 'refused' | 'gaps';

/** What the health socket answers. Times are ISO 8601. */
export interface AgentHealth {
  readonly state: 'shipping' | 'waiting';
  /** The entry up to which everything is acknowledged. */
  readonly position?: { readonly cursor: string; readonly time: string };
  readonly lastAcknowledgement?: string;
  /** How old the oldest entry is that was read and is not acknowledged; 0 when there is none. */
  readonly lagMs: number;
  /** Why nothing goes out now. */
  readonly failure?: {
    readonly kind: PutFailure['kind'];
    readonly code: string;
    readonly since: string;
    readonly diagnosis?: string;
  };
  readonly counts: Readonly<Record<Counter, number>>;
}

/** How far the agent has come since it started. */
export class ShipProgress {
  readonly #clock: Clock;
  readonly #counts: Record<Counter, number> = { entries: 0, events: 0, batches: 0, rejected: 0, refused: 0, gaps: 0 };
  #position: { readonly cursor: string; readonly at: number } | undefined;
  #acknowledgedAt: number | undefined;
  #oldestWaiting: number | undefined;
  #failure: { readonly failure: PutFailure; readonly since: number } | undefined;
  diagnosis: string | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  read(entry: JournalEntry): void {
    this.#counts.entries += 1;
    this.#oldestWaiting ??= Math.floor(entry.realtimeUs / 1000);
  }

  acknowledge(position: { readonly cursor: string; readonly at: number }, at: number): void {
    this.#position = position;
    this.#acknowledgedAt = at;
    this.#oldestWaiting = undefined;
  }

  /** Goes on from what was acknowledged before this start. */
  resume(position: { readonly cursor: string; readonly at: number }): void {
    this.#position ??= position;
  }

  /** The entry up to which everything is acknowledged. */
  get acknowledged(): { readonly cursor: string; readonly at: number } | undefined {
    return this.#position;
  }

  count(counter: Counter, by: number): void {
    this.#counts[counter] += by;
  }

  fail(failure: PutFailure, since: number): void {
    this.#failure = { failure, since };
  }

  recover(): void {
    this.#failure = undefined;
    this.diagnosis = undefined;
  }

  health(): AgentHealth {
    const iso = (ms: number) => new Date(ms).toISOString();
    return {
      state: this.#failure === undefined ? 'shipping' : 'waiting',
      position: this.#position && { cursor: this.#position.cursor, time: iso(this.#position.at) },
      lastAcknowledgement: this.#acknowledgedAt === undefined ? undefined : iso(this.#acknowledgedAt),
      lagMs: this.#oldestWaiting === undefined ? 0 : Math.max(0, this.#clock.now() - this.#oldestWaiting),
      failure: this.#failure && {
        ...this.#failure.failure,
        since: iso(this.#failure.since),
        diagnosis: this.diagnosis,
      },
      counts: { ...this.#counts },
    };
  }
}
