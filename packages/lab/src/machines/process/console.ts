// console: what a machine writes to its serial console, line by line, bounded.
import { StringDecoder } from 'node:string_decoder';
import type { Clock } from '../../clock.js';
import type { MachineJournal } from './journal.js';

export interface MachineConsole {
  /** One line by a program of the machine: `[    3.141593] app[402]: listening`. */
  write(program: string, line: string): void;
  /** Turns a stream of bytes into lines by `program`. */
  openStream(program: string): ConsoleStream;
  /** From now on each line goes to the journal too, whole. */
  keepIn(journal: MachineJournal): void;
  /** Reports what is still buffered. */
  flush(): void;
}

interface ConsoleStream {
  take(chunk: Buffer): void;
  /** Writes what has no line end yet. */
  end(): void;
}

const LONGEST_LINE_CHARACTERS = 2_048;
// journald's own defaults are 10,000 lines in 30 s; a console is slower.
const RATE_INTERVAL_MS = 30_000;
const RATE_BURST = 1_000;

/** `report` gets whole lines, several at once when they come together. */
export function createConsole(clock: Clock, report: (text: string) => void): MachineConsole {
  const bootedAt = clock.now();
  let buffered = '';
  let flushing: NodeJS.Immediate | undefined;
  let journal: MachineJournal | undefined;
  const suppressed = new Map<string, { startedAt: number; lines: number }>();

  function append(program: string, line: string, whole: string = line): void {
    journal?.write(program, whole);
    const seconds = ((clock.now() - bootedAt) / 1000).toFixed(6).padStart(12);
    buffered += `[${seconds}] ${program}: ${line}\n`;
    flushing ??= setImmediate(flush);
  }

  function flush(): void {
    clearImmediate(flushing);
    flushing = undefined;
    const text = buffered;
    buffered = '';
    if (text !== '') report(text);
    try {
      journal?.flush();
    } catch (error) {
      // A full disk is the machine's misfortune: it goes on, and its console says so.
      journal = undefined;
      append('systemd-journald[211]', `Failed to write entries: ${error instanceof Error ? error.message : error}`);
    }
  }

  /** Whether the program may write another line in this interval. */
  function isWithinRate(program: string): boolean {
    const now = clock.now();
    const interval = suppressed.get(program);
    if (interval === undefined || now - interval.startedAt >= RATE_INTERVAL_MS) {
      const missed = (interval?.lines ?? 0) - RATE_BURST;
      if (missed > 0) append('systemd-journald[211]', `Suppressed ${missed} messages from ${program}`);
      suppressed.set(program, { startedAt: now, lines: 1 });
      return true;
    }
    interval.lines += 1;
    return interval.lines <= RATE_BURST;
  }

  function write(program: string, line: string): void {
    if (!isWithinRate(program)) return;
    const cut = line.length > LONGEST_LINE_CHARACTERS;
    append(program, cut ? `${line.slice(0, LONGEST_LINE_CHARACTERS)}… (${line.length} characters)` : line, line);
  }

  function openStream(program: string): ConsoleStream {
    const decoder = new StringDecoder('utf8');
    let rest = '';
    return {
      take(chunk) {
        const lines = (rest + decoder.write(chunk)).split(/\r?\n/);
        rest = lines.pop() ?? '';
        for (const line of lines) write(program, line);
        if (rest.length <= LONGEST_LINE_CHARACTERS) return;
        write(program, rest);
        rest = '';
      },
      end() {
        rest += decoder.end();
        if (rest !== '') write(program, rest);
        rest = '';
      },
    };
  }

  return {
    write,
    openStream,
    keepIn: (opened) => {
      journal = opened;
    },
    flush,
  };
}
