// ship: the agent's loop, from the journal to CloudWatch Logs.
//
//   test the cursor -> read after it -> fill a batch -> put until acknowledged -> keep the cursor -> read on
//
// It is given everything that waits, reads or writes (ports.ts). The journal is the buffer: while a batch waits, nothing is read.
//
//   A1. The position that is kept names an entry only after CloudWatch has acknowledged it and all before it.
//   A2. So whatever is killed or fails loses nothing, and repeats at most the one batch that was on its way.
//   A3. One batch is on its way at a time: the order of the journal is the order of the stream.
//   A4. The kept position is tested before it is used. When its entry is gone, a GAP event with both times is shipped first.
//   A5. At most one batch and one entry are in memory.
//   A6. What the service leaves out or never takes is counted, told, and marked in the stream.
//   A7. Before anything is shipped it is noted where the first boot began: a reboot meanwhile loses nothing.
//   A8. Now and then a SHIPPED event says up to which time all is there, also while the journal is quiet: so a reader knows the lag.
import { Batch, type BatchLimits, serviceLimits } from './batch.js';
import type { JournalEntry } from './entry.js';
import { cursorTimeMs, isSameEntry } from './entry.js';
import { type EventFormat, eventsOf, type LogEvent, MOST_EVENT_BYTES, markerEvent } from './event.js';
import { LineJoiner } from './join-lines.js';
import type { Gap, Rejection } from './loss.js';
import type { PutFailure, PutOutcome, ReadFrom, ShipPorts } from './ports.js';
import type { Position } from './position.js';
import type { ShipProgress } from './progress.js';
import { EntryReader } from './read-entries.js';
import { ReaderError } from './reader-error.js';

export interface ShipOptions {
  readonly instanceId: string;
  readonly format: EventFormat;
  /** The first line of a message that has several; undefined joins nothing. */
  readonly joinFrom: RegExp | undefined;
  /** How long an event waits for others. */
  readonly flushMs: number;
  /** How often the stream says how far it is; undefined: never. */
  readonly heartbeatMs?: number;
  readonly limits?: BatchLimits;
}

const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 30_000;
/** A reader that dies at once is not started again at once. */
const READER_PAUSE_MS = 1_000;

/** Where to begin, and what is missing before it. */
interface Start {
  readonly from: ReadFrom;
  readonly gap?: Omit<Gap, 'until'>;
}

/** Ships until the signal aborts, then resolves: what was read and not acknowledged is read again at the next start. */
export async function ship(
  ports: ShipPorts,
  options: ShipOptions,
  progress: ShipProgress,
  signal: AbortSignal,
): Promise<void> {
  const shipper = new Shipper(ports, options, progress, signal);
  while (!signal.aborted) {
    try {
      await shipper.shipReading();
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ReaderError)) throw error;
      ports.tell({ kind: 'reader', reason: error.message });
    }
    await ports.clock.sleep(READER_PAUSE_MS, signal).catch(() => undefined);
  }
}

class Shipper {
  readonly #batch: Batch;
  #batchSince = 0;
  #heartbeatAt = Number.NEGATIVE_INFINITY;
  /** What the agent has to say itself, with the next batch: A6. */
  #markers: LogEvent[] = [];

  constructor(
    readonly ports: ShipPorts,
    readonly options: ShipOptions,
    readonly progress: ShipProgress,
    readonly signal: AbortSignal,
  ) {
    this.#batch = new Batch(options.limits ?? serviceLimits);
  }

  /** One life of the journal's reader. */
  async shipReading(): Promise<void> {
    const start = await this.#findStart();
    const joiner = new LineJoiner(this.options.joinFrom);
    const reading = new AbortController();
    const signal = AbortSignal.any([this.signal, reading.signal]);
    const reader = new EntryReader(this.ports.journal.read(start.from, signal), this.ports.clock, signal);
    let { gap } = start;
    // What an earlier reader has left unacknowledged is read again.
    this.#batch.take();
    try {
      for (;;) {
        const next = await reader.next(this.#waitMs());
        if (next.kind === 'ended') throw new ReaderError('the reader of the journal ended');
        if (next.kind === 'quiet') {
          await this.#takeAll(joiner.flush());
          await this.#flush();
          if (this.#isBeatDue()) await this.#beat(await this.#findShippedUntil());
          continue;
        }
        if (gap !== undefined) this.#mark({ ...gap, until: Math.floor(next.entry.realtimeUs / 1000) });
        gap = undefined;
        this.progress.read(next.entry);
        await this.#takeAll(joiner.take(next.entry));
        if (this.#batch.size > 0 && this.#waitMs() === 0) await this.#flush();
        if (this.#isBeatDue()) await this.#beat(this.progress.acknowledged?.at);
      }
    } finally {
      // First: a reader that waits for an entry would wait for ever.
      reading.abort(new ReaderError('nobody reads any more'));
      await reader.close();
    }
  }

  /** How long the next entry may take. Without one for so long, the journal is quiet. */
  #waitMs(): number {
    const { flushMs } = this.options;
    if (this.#batch.size === 0) return flushMs;
    return Math.max(0, this.#batchSince + flushMs - this.ports.clock.elapsed());
  }

  /** A8. */
  async #beat(until: number | undefined): Promise<void> {
    if (until === undefined) return;
    this.#heartbeatAt = this.ports.clock.elapsed();
    const marker = markerEvent({ kind: 'SHIPPED', until: Math.floor(until) }, Math.floor(this.ports.clock.now()));
    await this.#deliver([marker], { isMarker: true });
  }

  #isBeatDue(): boolean {
    const { heartbeatMs } = this.options;
    return heartbeatMs !== undefined && this.ports.clock.elapsed() - this.#heartbeatAt >= heartbeatMs;
  }

  /** That nothing comes proves nothing: the reader may be slow or stuck. The journal is asked what its newest entry is. */
  async #findShippedUntil(): Promise<number | undefined> {
    const { acknowledged } = this.progress;
    const askedAt = this.ports.clock.now();
    try {
      const newest = await this.ports.journal.newest(this.signal);
      const isAll =
        newest === undefined || (acknowledged !== undefined && isSameEntry(newest.cursor, acknowledged.cursor));
      // What was written in the last moment may be on its way through journald.
      return isAll ? askedAt - this.options.flushMs : acknowledged?.at;
    } catch (error) {
      if (!(error instanceof ReaderError)) throw error;
      return acknowledged?.at;
    }
  }

  /** A4. */
  async #findStart(): Promise<Start> {
    const stored = await this.ports.positions.load();
    if (stored.kind === 'none') return this.#noteStart();
    if (stored.kind === 'unreadable') {
      this.ports.tell({ kind: 'reader', reason: `the file of the cursor cannot be read: ${stored.reason}` });
      return { from: { kind: 'oldest' }, gap: { reason: 'cursorUnreadable' } };
    }
    const { cursor, entryAt, isShipped } = stored.position;
    if (isShipped) this.progress.resume({ cursor, at: entryAt });
    if (await this.ports.journal.has(cursor, this.signal))
      return { from: { kind: isShipped ? 'after' : 'from', cursor } };
    return { from: { kind: 'oldest' }, gap: { reason: 'cursorGone', from: cursorTimeMs(cursor) ?? entryAt } };
  }

  /** A7. An image may bring the journals of other machines along: reading begins with this boot. */
  async #noteStart(): Promise<Start> {
    const { clock, journal } = this.ports;
    const first = await journal.firstOfBoot(this.signal);
    if (first === undefined) throw new ReaderError('the journal has no entry of this boot yet');
    const entryAt = Math.floor(first.realtimeUs / 1000);
    const { instanceId } = this.options;
    const { cursor } = first;
    await this.#save({ schema: 1, instanceId, cursor, entryAt, isShipped: false, notedAt: Math.round(clock.now()) });
    return { from: { kind: 'from', cursor } };
  }

  #mark(gap: Gap): void {
    this.ports.tell({ kind: 'gap', gap });
    this.progress.count('gaps', 1);
    // At the time of the entry that follows, so that it stands before it in the stream.
    this.#add(markerEvent({ kind: 'GAP', gap }, gap.until));
  }

  #add(event: LogEvent): void {
    if (this.#batch.size === 0) this.#batchSince = this.ports.clock.elapsed();
    this.#batch.add(event);
  }

  async #takeAll(entries: readonly JournalEntry[]): Promise<void> {
    for (const entry of entries) {
      for (const event of eventsOf(entry, this.options.format, this.#mostEventBytes())) {
        if (!this.#batch.hasRoomFor(event)) await this.#flush();
        this.#add(event);
      }
    }
  }

  #mostEventBytes(): number {
    const { limits } = this.options;
    return limits === undefined ? MOST_EVENT_BYTES : Math.min(MOST_EVENT_BYTES, limits.bytes - 26);
  }

  /** A1, A3. Resolves when everything in the batch is acknowledged and the position is kept. */
  async #flush(): Promise<void> {
    const { events, entry } = this.#batch.take();
    if (events.length > 0) await this.#deliver(events);
    if (entry !== undefined) {
      const notedAt = Math.round(this.ports.clock.now());
      const { instanceId } = this.options;
      const { cursor, at: entryAt } = entry;
      await this.#save({ schema: 1, instanceId, cursor, entryAt, isShipped: true, notedAt });
      this.progress.acknowledge(entry, notedAt);
    }
    const markers = this.#markers;
    this.#markers = [];
    // One at a time and outside the batch: what the service thinks of a marker must not change what it thinks of entries.
    for (const marker of markers) await this.#deliver([marker], { isMarker: true });
  }

  /** A disk that takes no position must not stop the logs: they go on, and a restart repeats what could not be noted. */
  async #save(position: Position): Promise<void> {
    try {
      await this.ports.positions.save(position);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (typeof code !== 'string') throw error;
      this.ports.tell({ kind: 'unsaved', code });
    }
  }

  async #deliver(events: readonly LogEvent[], { isMarker = false } = {}): Promise<void> {
    const outcome = await this.#putUntilAnswered(events);
    if (outcome.kind === 'acknowledged') {
      this.progress.count('events', events.length);
      this.progress.count('batches', 1);
      for (const rejection of outcome.rejected) this.#reject(rejection, isMarker);
      return;
    }
    const [only, ...others] = events;
    if (only === undefined) return;
    if (others.length === 0) return this.#deliverRefused(only, outcome.code, isMarker);
    // One event that the service never takes must not hold up the rest: halve until it stands alone.
    const middle = Math.ceil(events.length / 2);
    await this.#deliver(events.slice(0, middle), { isMarker });
    await this.#deliver(events.slice(middle), { isMarker });
  }

  #reject(rejection: Rejection, isMarker: boolean): void {
    this.progress.count('rejected', rejection.count);
    this.ports.tell({ kind: 'rejected', rejection });
    if (!isMarker) this.#markers.push(markerEvent({ kind: 'REJECTED', rejection }, Math.floor(this.ports.clock.now())));
  }

  /**
   * An event that was refused alone. When the service does not take a line of the agent's either, the event is not at fault, but what all
   * of them go to: then it waits, as in an outage.
   */
  async #deliverRefused(event: LogEvent, code: string, isMarker: boolean): Promise<void> {
    const since = this.ports.clock.elapsed();
    for (let attempts = 1; !isMarker; attempts += 1) {
      const isTaken = await this.#takesProbe(event.timestamp);
      if (!isTaken) await this.#waitAfter({ kind: 'denied', code }, since, attempts);
      const { kind } = await this.#putUntilAnswered([event]);
      if ((isTaken || kind === 'acknowledged') && attempts > 1) this.#tellRecovered(since, attempts);
      if (kind === 'acknowledged') return this.progress.count('events', 1);
      if (isTaken) break;
    }
    const { id, bytes } = event;
    this.progress.count('refused', 1);
    this.ports.tell({ kind: 'refused', code, eventId: id, bytes });
    const now = Math.floor(this.ports.clock.now());
    if (!isMarker) this.#markers.push(markerEvent({ kind: 'REFUSED', code, eventId: id, bytes }, now));
  }

  /** Whether the service takes a line that is surely right: how far the stream is. */
  async #takesProbe(before: number): Promise<boolean> {
    const until = this.progress.acknowledged?.at ?? before - 1;
    const probe = markerEvent({ kind: 'SHIPPED', until }, Math.floor(this.ports.clock.now()));
    return (await this.#putUntilAnswered([probe])).kind === 'acknowledged';
  }

  async #putUntilAnswered(events: readonly LogEvent[]): Promise<Exclude<PutOutcome, PutFailure>> {
    const since = this.ports.clock.elapsed();
    for (let attempts = 1; ; attempts += 1) {
      this.signal.throwIfAborted();
      const outcome = await this.ports.sink.put(events, this.signal);
      if (outcome.kind === 'acknowledged' || outcome.kind === 'refused') {
        if (attempts > 1) this.#tellRecovered(since, attempts);
        return outcome;
      }
      await this.#waitAfter(outcome, since, attempts);
    }
  }

  /** `since`: when the first of these attempts began, as elapsed time. */
  async #waitAfter(failure: PutFailure, since: number, attempts: number): Promise<void> {
    const { clock, random, tell } = this.ports;
    const sinceMs = clock.elapsed() - since;
    this.progress.fail(failure, clock.now() - sinceMs);
    tell({ kind: 'failing', failure, attempts, sinceMs });
    await clock.sleep(backoffMs(attempts, random()), this.signal);
  }

  #tellRecovered(since: number, attempts: number): void {
    this.progress.recover();
    this.ports.tell({ kind: 'recovered', afterMs: this.ports.clock.elapsed() - since, attempts });
  }
}

/** Full jitter: 0 to 500 ms, to 1 s, to 2 s, … to 30 s. */
function backoffMs(attempts: number, random: number): number {
  return random * Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(attempts - 1, 16));
}
