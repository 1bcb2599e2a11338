// journalctl: the program of that name on a process machine. It prints the journal that the lab keeps of the machine (../journal.ts).
//
//   1. It knows the words below, with journalctl's meaning. Any other word is refused by name: nothing is pretended.
//   2. Nothing that was written is left out while it follows: a file is read to its end before the next one is begun.
import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const FOLLOW_MS = 250;
const CHUNK_BYTES = 65_536;
const TAIL_LINES = 10;
const PRIORITIES = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'];

type Entry = Readonly<Record<string, string>>;
type Matcher = (entry: Entry) => boolean;

const words = {
  output: { type: 'string', short: 'o', default: 'json' },
  all: { type: 'boolean', short: 'a' },
  quiet: { type: 'boolean', short: 'q' },
  'no-pager': { type: 'boolean' },
  cursor: { type: 'string' },
  'after-cursor': { type: 'string' },
  lines: { type: 'string', short: 'n' },
  boot: { type: 'boolean', short: 'b' },
  unit: { type: 'string', short: 'u', multiple: true, default: [] as string[] },
  priority: { type: 'string', short: 'p' },
  'no-tail': { type: 'boolean' },
  follow: { type: 'boolean', short: 'f' },
} as const;

async function main([directory = '', ...argv]: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({ args: [...argv], options: words, allowPositionals: true });
  if (values.output !== 'json' && values.output !== 'cat')
    throw new Error(`--output ${values.output}: json and cat are known`);
  // Whoever reads has gone.
  process.stdout.on('error', () => process.exit(0));
  const write = writerOf(values.output);
  const journal = new JournalFiles(directory);
  const kept = journal.readNew();
  const matches = matcherOf(values, positionals, kept);
  const chosen = choose(kept.slice(startOf(kept, values)).filter(matches), values);
  for (const entry of chosen) write(entry);
  while (values.follow === true) {
    await sleep(FOLLOW_MS);
    for (const entry of journal.readNew()) if (matches(entry)) write(entry);
  }
}

function writerOf(output: 'json' | 'cat'): (entry: Entry) => void {
  return (entry) => void process.stdout.write(`${output === 'json' ? JSON.stringify(entry) : entry.MESSAGE}\n`);
}

interface Range {
  readonly cursor?: string;
  readonly 'after-cursor'?: string;
  readonly lines?: string;
  readonly follow?: boolean;
  readonly 'no-tail'?: boolean;
}

/** As journalctl does: where a cursor is gone, reading begins at the first entry that is not older. */
function startOf(entries: readonly Entry[], { cursor, 'after-cursor': after }: Range): number {
  const wanted = cursor ?? after;
  if (wanted === undefined) return 0;
  const at = entries.findIndex((entry) => entry.__CURSOR === wanted);
  if (at !== -1) return after === undefined ? at : at + 1;
  const time = Number.parseInt(/(?:^|;)t=([0-9a-f]+)/.exec(wanted)?.[1] ?? '0', 16);
  const later = entries.findIndex((entry) => Number(entry.__REALTIME_TIMESTAMP) >= time);
  return later === -1 ? entries.length : later;
}

function choose(entries: readonly Entry[], range: Range): readonly Entry[] {
  const count =
    range.lines === undefined
      ? range.follow === true && range['no-tail'] !== true
        ? TAIL_LINES
        : entries.length
      : Number(range.lines);
  if (!Number.isInteger(count) || count < 0) throw new Error(`--lines ${range.lines}: a number is known`);
  const isFromCursor = (range.cursor ?? range['after-cursor']) !== undefined;
  return isFromCursor ? entries.slice(0, count) : entries.slice(entries.length - Math.min(count, entries.length));
}

interface Filters {
  readonly unit: readonly string[];
  readonly priority?: string;
  readonly boot?: boolean;
}

function matcherOf({ unit, priority, boot }: Filters, fields: readonly string[], entries: readonly Entry[]): Matcher {
  const currentBoot = entries.at(-1)?._BOOT_ID;
  const matchers: Matcher[] = [
    ...(unit.length === 0 ? [] : [anyOf(unit.map(ofUnit))]),
    ...(priority === undefined ? [] : [ofPriority(priority)]),
    ...(boot === true ? [(entry: Entry) => entry._BOOT_ID === currentBoot] : []),
    ...fields.map(ofField),
  ];
  return (entry) => matchers.every((matches) => matches(entry));
}

function anyOf(matchers: readonly Matcher[]): Matcher {
  return (entry) => matchers.some((matches) => matches(entry));
}

function ofUnit(name: string): Matcher {
  const unit = name.includes('.') ? name : `${name}.service`;
  return (entry) => entry._SYSTEMD_UNIT === unit || (entry._PID === '1' && entry.UNIT === unit);
}

function ofPriority(text: string): Matcher {
  const [first = '', last] = text.split('..').map(levelOf);
  const [least, most] = last === undefined ? [0, first] : [first, last];
  return (entry) => Number(entry.PRIORITY) >= Number(least) && Number(entry.PRIORITY) <= Number(most);
}

function levelOf(text: string): number {
  const level = /^[0-7]$/.test(text) ? Number(text) : PRIORITIES.indexOf(text);
  if (level === -1) throw new Error(`--priority ${text}: 0 to 7 and ${PRIORITIES.join(', ')} are known`);
  return level;
}

function ofField(text: string): Matcher {
  const at = text.indexOf('=');
  if (at <= 0) throw new Error(`${text}: words such as _BOOT_ID=… are known`);
  return (entry) => entry[text.slice(0, at)] === text.slice(at + 1);
}

/** The files of the journal, one after the other. */
class JournalFiles {
  #name: string | undefined;
  #file: number | undefined;
  #rest = Buffer.alloc(0);

  constructor(readonly directory: string) {}

  /** The entries that were written since the last time. */
  readNew(): Entry[] {
    const entries: Entry[] = [];
    for (;;) {
      if (this.#file !== undefined) entries.push(...this.#readOpen());
      const next = this.#nextName();
      if (next === undefined) return entries;
      // What was written to the old one before the new one was begun.
      if (this.#file !== undefined) {
        entries.push(...this.#readOpen());
        closeSync(this.#file);
      }
      this.#name = next;
      this.#file = openSync(join(this.directory, next), 'r');
      this.#rest = Buffer.alloc(0);
    }
  }

  #nextName(): string | undefined {
    const after = this.#name ?? '';
    return readdirSync(this.directory)
      .filter((name) => name.endsWith('.jsonl') && name > after)
      .sort()[0];
  }

  #readOpen(): Entry[] {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    const chunks = [this.#rest];
    for (;;) {
      const bytes = readSync(this.#file ?? -1, chunk, 0, chunk.length, null);
      if (bytes === 0) break;
      chunks.push(Buffer.from(chunk.subarray(0, bytes)));
    }
    const text = Buffer.concat(chunks);
    const end = text.lastIndexOf(10) + 1;
    this.#rest = text.subarray(end);
    return text
      .subarray(0, end)
      .toString('utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Entry);
  }
}

await main(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`journalctl of the Directrix lab: ${error.message}\n`);
  process.exitCode = 1;
});
