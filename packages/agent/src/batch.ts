// batch: events up to what one PutLogEvents request may hold.
//
// Source: CloudWatch Logs API reference, PutLogEvents.
//
//   B1. A batch holds at most 1,048,576 bytes with 26 for each event, 10,000 events, and 24 hours from its earliest to its latest event.
//   B2. It is handed out in chronological order. Events of one millisecond stay in the order in which they came.
import type { LogEvent } from './event.js';

export const BYTES_BESIDES_MESSAGE = 26;

export interface BatchLimits {
  readonly bytes: number;
  readonly events: number;
  readonly spanMs: number;
}

export const serviceLimits: BatchLimits = { bytes: 1_048_576, events: 10_000, spanMs: 86_400_000 };

export class Batch {
  readonly #limits: BatchLimits;
  #events: LogEvent[] = [];
  #bytes = 0;
  #earliest = Number.POSITIVE_INFINITY;
  #latest = Number.NEGATIVE_INFINITY;

  constructor(limits: BatchLimits = serviceLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#events.length;
  }

  /** Whether B1 holds with this event too. An empty batch takes any event. */
  hasRoomFor({ bytes, timestamp }: LogEvent): boolean {
    if (this.#events.length === 0) return true;
    const earliest = Math.min(this.#earliest, timestamp);
    const latest = Math.max(this.#latest, timestamp);
    return (
      this.#events.length < this.#limits.events &&
      this.#bytes + bytes + BYTES_BESIDES_MESSAGE <= this.#limits.bytes &&
      latest - earliest <= this.#limits.spanMs
    );
  }

  add(event: LogEvent): void {
    this.#events.push(event);
    this.#bytes += event.bytes + BYTES_BESIDES_MESSAGE;
    this.#earliest = Math.min(this.#earliest, event.timestamp);
    this.#latest = Math.max(this.#latest, event.timestamp);
  }

  /** B2. The events, and the batch is empty again. `entry` is the last entry that ends in it. */
  take(): { readonly events: readonly LogEvent[]; readonly entry: LogEvent['entry'] } {
    const entry = this.#events.findLast((event) => event.entry !== undefined)?.entry;
    // Array.prototype.sort is stable.
    const events = this.#events.sort((a, b) => a.timestamp - b.timestamp);
    this.#events = [];
    this.#bytes = 0;
    this.#earliest = Number.POSITIVE_INFINITY;
    this.#latest = Number.NEGATIVE_INFINITY;
    return { events, entry };
  }
}
