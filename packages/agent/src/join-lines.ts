import type { JournalEntry } from './entry.js';

/** A stack trace of 100 lines is long; what never ends is not one message. */
const MOST_LINES = 500;
/** Nor is what is larger than an event may be: this bounds the memory. */
const MOST_CHARACTERS = 1_048_576;

/**
 * Joins entries that belong together, on request: an entry whose message does not match `start` goes on where the one before it ended,
 * when both are of the same program and process and nothing stands between them. Its cursor is the last one's.
 */
export class LineJoiner {
  readonly #start: RegExp | undefined;
  #open: JournalEntry | undefined;
  #lines = 0;

  constructor(start: RegExp | undefined) {
    this.#start = start;
  }

  /** Whether an entry waits for more lines. */
  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  /** The entries that are complete now. */
  take(entry: JournalEntry): readonly JournalEntry[] {
    if (this.#start === undefined) return [entry];
    const open = this.#open;
    if (
      open !== undefined &&
      this.#lines < MOST_LINES &&
      open.message.length + entry.message.length < MOST_CHARACTERS &&
      isOfSameSource(open, entry) &&
      !this.#start.test(entry.message)
    ) {
      this.#open = { ...open, cursor: entry.cursor, message: `${open.message}\n${entry.message}` };
      this.#lines += 1;
      return [];
    }
    this.#open = entry;
    this.#lines = 1;
    return open === undefined ? [] : [open];
  }

  /** What was waiting for more lines. */
  flush(): readonly JournalEntry[] {
    const open = this.#open;
    this.#open = undefined;
    return open === undefined ? [] : [open];
  }
}

function isOfSameSource({ fields: a, bootId }: JournalEntry, { fields: b, bootId: otherBoot }: JournalEntry): boolean {
  return bootId === otherBoot && ['_SYSTEMD_UNIT', 'SYSLOG_IDENTIFIER', '_PID'].every((name) => a[name] === b[name]);
}
