// History: every look of every check, in append-only files of our own: `CHECK/2018-11-11.looks`, a file a day.
//
//   H1. A look that was appended survives a SIGKILL of the process: it is written at once, and each record stands for itself.
//   H2. A record that is not whole is left out, and loses no other.
//   H3. Nothing here throws while looks are kept: what cannot be written is counted, and told once.
//   H4. At most `days` days are kept.
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { decodeLook, encodeLook, type Look, lookRecordBytes } from './look-record.js';

export interface HistoryOptions {
  readonly directory: string;
  readonly days: number;
  /** Told once when something cannot be written. */
  readonly warn?: (error: Error) => void;
}

export interface HistorySpan {
  /** Epoch milliseconds; both ends belong to it. */
  readonly since: number;
  readonly until: number;
}

/** One day of one check, in counts. */
export interface HistoryDay {
  /** `2018-11-11`, UTC. */
  readonly day: string;
  readonly goodCount: number;
  readonly badCount: number;
  /** Our own network was down. */
  readonly cutOffCount: number;
  /** Of the good ones; undefined when there are none. */
  readonly medianMs?: number;
  readonly p95Ms?: number;
}

const dayMs = 86_400_000;
/** Codes are few; what a hostile name server or a defect makes up is bounded. */
const codeCountMax = 5_000;
const codeLengthMax = 60;

export class History {
  readonly #directory: string;
  readonly #days: number;
  readonly #warn: (error: Error) => void;
  readonly #codes: string[];
  readonly #ready = new Map<string, string>();
  readonly #summaries = new Map<string, HistoryDay>();
  #lostCount = 0;
  #forgotAt = Number.NEGATIVE_INFINITY;

  /** Makes the directory, for its owner alone. Throws when that cannot be done. */
  constructor({ directory, days, warn = () => undefined }: HistoryOptions) {
    this.#directory = directory;
    this.#days = days;
    this.#warn = warn;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    chmodSync(directory, 0o700);
    this.#codes = readLines(join(directory, 'codes'));
  }

  /** Looks that could not be written. */
  get lostCount(): number {
    return this.#lostCount;
  }

  append(check: string, look: Look): void {
    try {
      const day = dayOf(look.at);
      const file = join(this.#folderOf(check), `${day}.looks`);
      appendFileSync(file, encodeLook(look, Date.parse(day), this.#numberOf(look.code)), { mode: 0o600 });
    } catch (error) {
      this.#lostCount += 1;
      if (this.#lostCount === 1) this.#warn(error as Error);
    }
    if (look.at - this.#forgotAt > dayMs / 4) this.forget(look.at);
  }

  /** The names of the checks that something is known of. */
  checks(): string[] {
    return readdirSync(this.#directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .flatMap(({ name }) => readLines(join(this.#directory, name, 'name')).slice(0, 1))
      .sort();
  }

  /** Every look within the span, in order. */
  *looks(check: string, { since, until }: HistorySpan): Generator<Look> {
    for (const day of this.#daysOf(check)) {
      const startsAt = Date.parse(day);
      if (startsAt + dayMs <= since || startsAt > until) continue;
      for (const look of this.#read(check, day)) if (look.at >= since && look.at <= until) yield look;
    }
  }

  /** A day a row, the first first. Days without a look are not in it. */
  summarize(check: string, { since, until }: HistorySpan): HistoryDay[] {
    return this.#daysOf(check)
      .filter((day) => Date.parse(day) + dayMs > since && Date.parse(day) <= until)
      .map((day) => this.#summarizeDay(check, day));
  }

  /** Deletes what is older than `days` days before `now`. */
  forget(now: number): void {
    this.#forgotAt = now;
    const first = dayOf(now - this.#days * dayMs);
    try {
      for (const check of this.checks())
        for (const day of this.#daysOf(check))
          if (day < first) rmSync(join(this.#directory, folderName(check), `${day}.looks`), { force: true });
    } catch (error) {
      this.#warn(error as Error);
    }
  }

  #summarizeDay(check: string, day: string): HistoryDay {
    const { size } = statSync(join(this.#directory, folderName(check), `${day}.looks`));
    // A day that has grown is another.
    const key = `${check}\n${day}\n${size}`;
    const known = this.#summaries.get(key);
    if (known !== undefined) return known;
    const counts = { good: 0, bad: 0, cutOff: 0 };
    const durations: number[] = [];
    for (const { outcome, durationMs } of this.#read(check, day)) {
      counts[outcome] += 1;
      if (outcome === 'good') durations.push(durationMs);
    }
    durations.sort((a, b) => a - b);
    const at = (share: number) => durations[Math.min(durations.length - 1, Math.floor(durations.length * share))];
    const summary = {
      day,
      goodCount: counts.good,
      badCount: counts.bad,
      cutOffCount: counts.cutOff,
      medianMs: at(0.5),
      p95Ms: at(0.95),
    };
    if (this.#summaries.size > 10_000) this.#summaries.clear();
    this.#summaries.set(key, summary);
    return summary;
  }

  *#read(check: string, day: string): Generator<Look> {
    const startsAt = Date.parse(day);
    const data = readFileSync(join(this.#directory, folderName(check), `${day}.looks`));
    for (let offset = 0; offset + lookRecordBytes <= data.length; offset += lookRecordBytes) {
      const look = decodeLook(data, offset, startsAt, this.#codes);
      if (look !== undefined) yield look;
    }
  }

  #daysOf(check: string): string[] {
    try {
      return readdirSync(join(this.#directory, folderName(check)))
        .filter((name) => /^\d{4}-\d\d-\d\d\.looks$/.test(name))
        .map((name) => name.slice(0, 10))
        .sort();
    } catch {
      return [];
    }
  }

  // Before its first look of a day, a file that ends within a record is cut back to whole ones, or all after it would be shifted.
  #folderOf(check: string): string {
    const known = this.#ready.get(check);
    if (known !== undefined) return known;
    const folder = join(this.#directory, folderName(check));
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, 'name'), `${check}\n`, { mode: 0o600 });
    for (const day of this.#daysOf(check)) {
      const file = join(folder, `${day}.looks`);
      const { size } = statSync(file);
      if (size % lookRecordBytes !== 0) truncateSync(file, size - (size % lookRecordBytes));
    }
    this.#ready.set(check, folder);
    return folder;
  }

  #numberOf(code: string | undefined): number {
    if (code === undefined) return 0;
    const kept = code.replace(/\s/g, ' ').slice(0, codeLengthMax);
    const known = this.#codes.indexOf(kept);
    if (known >= 0) return known + 1;
    if (this.#codes.length >= codeCountMax) return 0;
    appendFileSync(join(this.#directory, 'codes'), `${kept}\n`, { mode: 0o600 });
    this.#codes.push(kept);
    return this.#codes.length;
  }
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

// Names may be alike but for what a file system does not tell apart.
function folderName(check: string): string {
  const readable = check.replace(/[^A-Za-z0-9]+/g, '-').slice(0, 40);
  return `${readable}-${createHash('sha256').update(check).digest('hex').slice(0, 12)}`;
}

/** A last line that was cut off by a kill is ended, so that the next is a line of its own. */
function readLines(file: string): string[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return [];
  }
  if (text !== '' && !text.endsWith('\n')) appendFileSync(file, '\n');
  return text.split('\n').filter((line) => line !== '');
}
