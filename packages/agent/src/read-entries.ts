import type { JournalEntry } from './entry.js';
import type { Clock } from './ports.js';

type NextEntry =
  | { readonly kind: 'entry'; readonly entry: JournalEntry }
  /** Nothing came within the time. */
  | { readonly kind: 'quiet' }
  | { readonly kind: 'ended' };

/** Takes entries one by one, and gives up waiting without losing the one that is on its way. */
export class EntryReader {
  readonly #iterator: AsyncIterator<JournalEntry>;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  #pending: Promise<NextEntry> | undefined;

  constructor(entries: AsyncIterable<JournalEntry>, clock: Clock, signal: AbortSignal) {
    this.#iterator = entries[Symbol.asyncIterator]();
    this.#clock = clock;
    this.#signal = signal;
  }

  /** Waits for the next entry, at most `quietMs` where given. Rejects when the reader fails or the signal aborts. */
  async next(quietMs?: number): Promise<NextEntry> {
    this.#pending ??= this.#iterator
      .next()
      .then((result): NextEntry => (result.done === true ? { kind: 'ended' } : { kind: 'entry', entry: result.value }));
    const next = quietMs === undefined ? await this.#pending : await this.#within(this.#pending, quietMs);
    this.#signal.throwIfAborted();
    if (next.kind !== 'quiet') this.#pending = undefined;
    return next;
  }

  async #within(pending: Promise<NextEntry>, quietMs: number): Promise<NextEntry> {
    const waiting = new AbortController();
    const signal = AbortSignal.any([waiting.signal, this.#signal]);
    const quiet = this.#clock.sleep(quietMs, signal).then((): NextEntry => ({ kind: 'quiet' }));
    quiet.catch(() => undefined);
    try {
      return await Promise.race([pending, quiet]);
    } finally {
      waiting.abort();
    }
  }

  async close(): Promise<void> {
    this.#pending?.catch(() => undefined);
    await this.#iterator.return?.(undefined);
  }
}
