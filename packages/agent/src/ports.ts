// ports: what the agent's loop is given. journalctl, the cursor's file and CloudWatch Logs implement them; tests do so in memory.
import type { JournalEntry } from './entry.js';
import type { LogEvent } from './event.js';
import type { Gap, Rejection } from './loss.js';
import type { Position } from './position.js';

export interface Clock {
  /** Epoch milliseconds. The machine's clock can be set, also backwards. */
  now(): number;
  /** Milliseconds since some moment, which nobody sets: how long something takes. */
  elapsed(): number;
  /** Rejects with the signal's reason when it aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** Where reading begins. */
export type ReadFrom =
  | { readonly kind: 'oldest' }
  | { readonly kind: 'from'; readonly cursor: string } // that entry included
  | { readonly kind: 'after'; readonly cursor: string };

export interface Journal {
  /** Whether the entry is still there. Rejects when the journal cannot be asked. */
  has(cursor: string, signal: AbortSignal): Promise<boolean>;
  /** The first entry of this boot, whatever the filters say; undefined while there is none. */
  firstOfBoot(signal: AbortSignal): Promise<JournalEntry | undefined>;
  /** The newest entry that the filters let through; undefined while there is none. */
  newest(signal: AbortSignal): Promise<JournalEntry | undefined>;
  /** Entries in the journal's order, then those that come. Ends or throws when the reader dies; nothing is read that is not taken. */
  read(from: ReadFrom, signal: AbortSignal): AsyncIterable<JournalEntry>;
}

/** Keeps the position durably: after save() resolves, load() gives it whatever happens; before, it gives the one before. */
export interface PositionStore {
  load(): Promise<StoredPosition>;
  save(position: Position): Promise<void>;
}

export type StoredPosition =
  | { readonly kind: 'none' }
  | { readonly kind: 'unreadable'; readonly reason: string }
  | { readonly kind: 'position'; readonly position: Position };

export interface LogSink {
  /** Never rejects but when the signal aborts. */
  put(events: readonly LogEvent[], signal: AbortSignal): Promise<PutOutcome>;
}

export type PutOutcome =
  | { readonly kind: 'acknowledged'; readonly rejected: readonly Rejection[] }
  | PutFailure
  /** The service will never take these events as they are. */
  | { readonly kind: 'refused'; readonly code: string };

/** May succeed later. `code` is AWS's or the network's. */
export interface PutFailure {
  readonly kind: 'throttled' | 'unreachable' | 'silent' | 'fault' | 'credentials' | 'denied' | 'missing';
  readonly code: string;
}

/** What the agent tells its machine. The text is made at the edge. */
export type Notice =
  | { readonly kind: 'gap'; readonly gap: Gap }
  | { readonly kind: 'rejected'; readonly rejection: Rejection }
  | { readonly kind: 'refused'; readonly code: string; readonly eventId: string; readonly bytes: number }
  | { readonly kind: 'failing'; readonly failure: PutFailure; readonly attempts: number; readonly sinceMs: number }
  | { readonly kind: 'recovered'; readonly afterMs: number; readonly attempts: number }
  | { readonly kind: 'reader'; readonly reason: string }
  /** The position could not be written: `code` is the system's, such as ENOSPC. */
  | { readonly kind: 'unsaved'; readonly code: string };

export interface ShipPorts {
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly journal: Journal;
  readonly positions: PositionStore;
  readonly sink: LogSink;
  readonly tell: (notice: Notice) => void;
}
