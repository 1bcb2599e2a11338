import type { JournalEntry } from './entry.js';
import type { Clock } from './ports.js';

const QUIET = { kind: 'quiet' } as const;

export type NextEntry =
  | { readonly kind: 'entry'; readonly entry: JournalEntry }
  /** Nothing came within the time. */
  | typeof QUIET
  | { readonly kind: 'ended' };

/** Takes entries one by one, and gives up waiting without losing the one that is on its way. */
export class EntryReader {
  readonly #iterator: AsyncIterator<JournalEntry>;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  #pending: Promise<NextEntry> | undefined;
  /** One for many entries: a timer and its signals for each would cost more than the entry. */
  #timer: { readonly dueAt: number; readonly fired: Promise<typeof QUIET> } | undefined;

  constructor(entries: AsyncIterable<JournalEntry>, clock: Clock, signal: AbortSignal) {
    this.#iterator = entries[Symbol.asyncIterator]();
    this.#clock = clock;
    this.#signal = signal;
  }

  /** Waits for the next entry, at most `quietMs`. Rejects when the reader fails or the signal aborts. */
  async next(quietMs: number): Promise<NextEntry> {
    this.#pending ??= this.#iterator
      .next()
      .then((result): NextEntry => (result.done === true ? { kind: 'ended' } : { kind: 'entry', entry: result.value }));
    const next = await this.#within(this.#pending, quietMs);
    this.#signal.throwIfAborted();
    if (next.kind !== 'quiet') this.#pending = undefined;
    return next;
  }

  async #within(pending: Promise<NextEntry>, quietMs: number): Promise<NextEntry> {
    const deadline = this.#clock.elapsed() + quietMs;
    for (;;) {
      const next = await Promise.race([pending, this.#timerBefore(deadline)]);
      if (next.kind !== 'quiet' || this.#clock.elapsed() >= deadline) return next;
    }
  }

  /** Fires at the deadline, or before: who waits looks again. */
  #timerBefore(deadline: number): Promise<typeof QUIET> {
    if (this.#timer !== undefined && this.#timer.dueAt <= deadline) return this.#timer.fired;
    const fired = this.#clock.sleep(Math.max(0, deadline - this.#clock.elapsed()), this.#signal).then(() => {
      if (this.#timer === timer) this.#timer = undefined;
      return QUIET;
    });
    fired.catch(() => undefined);
    const timer = { dueAt: deadline, fired };
    this.#timer = timer;
    return fired;
  }

  async close(): Promise<void> {
    this.#pending?.catch(() => undefined);
    await this.#iterator.return?.(undefined);
  }
}
