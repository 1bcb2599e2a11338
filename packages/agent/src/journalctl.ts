// journalctl: the journal, read by the journalctl of the machine.
//
//   J1. Reading keeps the pace of who takes: a pipe that is full stops journalctl, and the journal is the buffer.
//   J2. A cursor is tested without the filters: an entry that they leave out is still there.
//   J3. Reading begins at the cursor, and its entry is dropped here. --after-cursor drops the first entry whichever it is: one too many
//       where the filters or the boot leave out the cursor's own (seen with systemd 252; systemd issue 38912).
//   J4. What is there is read without --follow, and only what comes with it: since systemd 250 --follow shows this boot only (systemd
//       pull request 21711), and what an earlier boot has left would be lost.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { isSameEntry, type JournalEntry, parseEntry, parseOversized } from './entry.js';
import type { Journal } from './ports.js';
import { ReaderError } from './reader-error.js';

interface JournalctlOptions {
  /** Default `journalctl`. */
  readonly program?: string;
  /** Passed before anything else: `--directory /var/log/journal`. */
  readonly programArguments?: readonly string[];
  readonly units: readonly string[];
  /** As journalctl's `-p`: `warning`, or a range. */
  readonly priority?: string;
}

// An event has at most 1 MB; an entry that is much larger is a core dump or a mistake.
const MOST_LINE_BYTES = 16 * 1_048_576;
const BEGINNING_BYTES = 4_096;
const MOST_ERROR_BYTES = 2_048;

type Child = ChildProcessByStdio<null, Readable, Readable>;

export function createJournalctl(options: JournalctlOptions): Journal {
  const filters = [
    ...options.units.flatMap((unit) => ['--unit', unit]),
    ...(options.priority === undefined ? [] : ['--priority', options.priority]),
  ];
  const open = (words: readonly string[], signal: AbortSignal) =>
    readLines(options, ['--output', 'json', '--all', '--quiet', '--no-pager', ...words], signal);

  async function first(words: readonly string[], signal: AbortSignal): Promise<JournalEntry | undefined> {
    for await (const entry of open(words, signal)) return entry;
    return undefined;
  }

  return {
    async has(cursor, signal) {
      const found = await first(['--cursor', cursor, '--lines', '1'], signal);
      return found !== undefined && isSameEntry(found.cursor, cursor);
    },

    // Whatever it is: a unit may be silent for long.
    firstOfBoot: (signal) => first(['--boot'], signal),

    newest: (signal) => first([...filters, '--lines', '1'], signal),

    async *read(from, signal) {
      let last = from.kind === 'after' ? from.cursor : undefined;
      const start = from.kind === 'oldest' ? [] : ['--cursor', from.cursor];
      // J4.
      for (const words of [[], ['--no-tail', '--follow']]) {
        const at = last === undefined ? start : ['--cursor', last];
        for await (const entry of open([...filters, ...at, ...words], signal)) {
          // J3.
          if (last !== undefined && isSameEntry(entry.cursor, last)) continue;
          last = entry.cursor;
          yield entry;
        }
      }
    },
  };
}

/** The entries that one journalctl prints. It is ended when nobody takes any more. Throws ReaderError when it fails. */
async function* readLines(
  { program = 'journalctl', programArguments = [] }: JournalctlOptions,
  words: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<JournalEntry> {
  signal.throwIfAborted();
  const child: Child = spawn(program, [...programArguments, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  const end = () => void child.kill('SIGKILL');
  signal.addEventListener('abort', end, { once: true });
  const ended = watch(child, program);
  try {
    yield* entriesOf(child.stdout);
    const failure = await ended;
    signal.throwIfAborted();
    if (failure !== undefined) throw new ReaderError(failure);
  } finally {
    signal.removeEventListener('abort', end);
    // Whoever has enough ends it: then how it ended says nothing.
    end();
    await ended;
  }
}

/** Resolves when the child has ended, with what went wrong. */
function watch(child: Child, program: string): Promise<string | undefined> {
  let errors = '';
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text: string) => {
    errors = (errors + text).slice(-MOST_ERROR_BYTES);
  });
  return new Promise((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) =>
      resolve(`${program} cannot be run: ${error.code ?? error.message}`),
    );
    child.once('close', (code, killedBy) => {
      if (code === 0) return resolve(undefined);
      resolve(`${program} ended with ${killedBy ?? `exit code ${code}`}${errors === '' ? '' : `: ${errors.trim()}`}`);
    });
  });
}

async function* entriesOf(stream: Readable): AsyncGenerator<JournalEntry> {
  for await (const { beginning, line, bytes } of linesOf(stream)) {
    const entry = line === undefined ? parseOversized(beginning, bytes) : parseEntry(line);
    if (entry !== undefined) yield entry;
  }
}

interface Line {
  /** Undefined when it is longer than MOST_LINE_BYTES. */
  readonly line?: string;
  readonly beginning: string;
  readonly bytes: number;
}

/** Whole lines only: the rest of a stream that breaks off is no entry. */
export async function* linesOf(
  stream: AsyncIterable<Buffer>,
  mostBytes: number = MOST_LINE_BYTES,
): AsyncGenerator<Line> {
  let parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    let start = 0;
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, start)) {
      keep(chunk.subarray(start, at));
      yield take();
      start = at + 1;
    }
    keep(chunk.subarray(start));
  }

  function keep(part: Buffer): void {
    // Of what is too long only the beginning is kept.
    if (bytes <= mostBytes) parts.push(part);
    bytes += part.length;
    if (bytes > mostBytes && parts.length > 1) parts = [Buffer.from(Buffer.concat(parts).subarray(0, BEGINNING_BYTES))];
  }

  function take(): Line {
    const text = Buffer.concat(parts);
    const beginning = text.subarray(0, BEGINNING_BYTES).toString('utf8');
    const line = bytes > mostBytes ? { beginning, bytes } : { line: text.toString('utf8'), beginning, bytes };
    parts = [];
    bytes = 0;
    return line;
  }
}
