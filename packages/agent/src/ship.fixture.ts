// A machine, its journal and CloudWatch Logs in memory, for the loop's tests. Each call of a port is a step, and a kill can come before a
// step or after it, once it has had its effect.
import type { BatchLimits } from './batch.js';
import { type CursorFileSystem, createCursorFile } from './cursor-file.js';
import { isSameEntry, type JournalEntry } from './entry.js';
import { eventIdOf, type LogEvent } from './event.js';
import { noMask } from './masks.js';
import type { Journal, LogSink, Notice, PutOutcome, ShipPorts } from './ports.js';
import { ShipProgress } from './progress.js';
import { ReaderError } from './reader-error.js';
import { ship } from './ship.js';

export const SHORT_LIMITS: BatchLimits = { bytes: 4_096, events: 5, spanMs: 86_400_000 };
export const START = Date.parse('2018-11-11T08:00:00Z');

export class Killed extends Error {}

/** Numbers in [0, 1) from a seed: mulberry32. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Machine {
  /** By the machine's clock, which can be set. */
  now: number;
  elapsed: number;
  readonly journal: JournalEntry[];
  /** Everything that was ever written to the journal, by id. */
  readonly written: string[];
  readonly writtenIds: Set<string>;
  /** What CloudWatch Logs has, in the order of its coming. */
  readonly stored: LogEvent[];
  readonly batches: (readonly string[])[];
  readonly notices: Notice[];
  files: Map<string, string>;
  /** After how many entries the reader of the journal ends, or fails, each time it is started. */
  readerEnds: { readonly afterEntries: number; readonly how: 'ends' | 'fails' }[];
  /** What the disk answers when a position is written. */
  diskError: string | undefined;
  heartbeatMs: number | undefined;
  /** What must be so besides that everything is shipped, for a run to be over. */
  isEnough: () => boolean;
  answer: (events: readonly LogEvent[]) => PutOutcome | 'lost';
  /** Where batches go instead, when it is set. */
  sink: LogSink | undefined;
  write(message: string, more?: Partial<JournalEntry>): JournalEntry;
  /** The ids of what was written up to a time, epoch milliseconds. */
  writtenUntil(time: number): readonly string[];
  reboot(): void;
  /** Removes the oldest entries, and tells which. */
  vacuum(count: number): readonly JournalEntry[];
  /** Runs the agent until everything is shipped, or until it is killed at the given step. Resolves with how it ended. */
  run(killAt?: number, killAfterEffect?: boolean): Promise<'done' | 'killed'>;
}

export function createMachine(random: () => number = createRandom(1)): Machine {
  let boot = 1;
  let sequence = 0;
  const machine: Machine = {
    now: START,
    elapsed: 0,
    journal: [],
    written: [],
    writtenIds: new Set(),
    stored: [],
    batches: [],
    notices: [],
    files: new Map(),
    readerEnds: [],
    diskError: undefined,
    heartbeatMs: undefined,
    isEnough: () => true,
    answer: () => ({ kind: 'acknowledged', rejected: [] }),
    sink: undefined,
    write(message, more = {}) {
      sequence += 1;
      machine.now += 7;
      machine.elapsed += 7;
      const realtimeUs = machine.now * 1000;
      const hex = (value: number) => value.toString(16);
      const cursor = `s=1;i=${hex(sequence)};b=b${boot};m=${hex(sequence)};t=${hex(realtimeUs)};x=${hex(sequence)}`;
      const entry = {
        cursor,
        realtimeUs,
        bootId: `b${boot}`,
        message,
        fields: { _SYSTEMD_UNIT: 'web.service' },
        ...more,
      };
      machine.journal.push(entry);
      const id = eventIdOf(cursor);
      machine.written.push(id);
      machine.writtenIds.add(id);
      return entry;
    },
    writtenUntil: (time) =>
      machine.journal.flatMap(({ cursor, realtimeUs }) => (realtimeUs / 1000 <= time ? eventIdOf(cursor) : [])),
    reboot() {
      boot += 1;
    },
    vacuum: (count) => machine.journal.splice(0, count),
    run: (killAt, killAfterEffect) => runOnce(machine, random, killAt, killAfterEffect),
  };
  return machine;
}

async function runOnce(
  machine: Machine,
  random: () => number,
  killAt = Number.POSITIVE_INFINITY,
  killAfterEffect = false,
): Promise<'done' | 'killed'> {
  let steps = 0;
  const ending = new AbortController();
  async function step<Result>(effect: () => Result | Promise<Result>): Promise<Result> {
    steps += 1;
    const isLast = steps === killAt;
    if (isLast && !killAfterEffect) throw new Killed();
    const result = await effect();
    if (isLast) throw new Killed();
    return result;
  }
  const journal: Journal = {
    has: (cursor) => step(() => machine.journal.some((entry) => isSameEntry(entry.cursor, cursor))),
    firstOfBoot: () => step(() => machine.journal.find(({ bootId }) => bootId === machine.journal.at(-1)?.bootId)),
    newest: () => step(() => machine.journal.at(-1)),
    async *read(from, signal) {
      const at =
        from.kind === 'oldest' ? 0 : machine.journal.findIndex(({ cursor }) => isSameEntry(cursor, from.cursor));
      const start = from.kind === 'after' ? at + 1 : at;
      const end = machine.readerEnds.shift();
      let taken = 0;
      for (let index = Math.max(0, start); ; ) {
        for (; index < machine.journal.length; index += 1) {
          if (taken === end?.afterEntries && end.how === 'fails') throw new ReaderError('journalctl was killed');
          if (taken === end?.afterEntries) return;
          taken += 1;
          yield await step(() => machine.journal[index] as JournalEntry);
        }
        // It follows. Nothing more comes for a while: the loop flushes when it has been quiet.
        await new Promise((resolve) => setImmediate(resolve));
        signal.throwIfAborted();
      }
    },
  };
  const sink: LogSink = {
    put: (events, signal) =>
      step(async () => {
        if (machine.sink !== undefined) return machine.sink.put(events, signal);
        const answer = machine.answer(events);
        if (answer === 'lost' || answer.kind === 'acknowledged') {
          machine.stored.push(...events);
          machine.batches.push(events.map(({ id }) => id));
        }
        return answer === 'lost' ? { kind: 'silent', code: 'TimeoutError' } : answer;
      }),
  };
  const files: CursorFileSystem = {
    writeDurably: (path, text) =>
      step(() => {
        if (machine.diskError !== undefined)
          throw Object.assign(new Error(machine.diskError), { code: machine.diskError });
        machine.files.set(path, text);
      }),
    rename: (from, to) =>
      step(() => {
        machine.files.set(to, machine.files.get(from) ?? '');
        machine.files.delete(from);
      }),
    syncDirectory: () => step(() => undefined),
    read: (path) => step(() => machine.files.get(path)),
  };
  const progress = new ShipProgress({
    now: () => machine.now,
    elapsed: () => machine.elapsed,
    sleep: async () => undefined,
  });
  const ports: ShipPorts = {
    clock: {
      now: () => machine.now,
      elapsed: () => machine.elapsed,
      async sleep(ms, signal) {
        // A timer fires after what is ready already, and one that was cancelled moves nothing.
        for (let turns = 0; turns < 2; turns += 1) await new Promise((resolve) => setImmediate(resolve));
        signal.throwIfAborted();
        machine.now += ms;
        machine.elapsed += ms;
      },
    },
    random,
    journal,
    sink,
    positions: createCursorFile('/state/position.json', 'i-1', files),
    tell: (notice) => machine.notices.push(notice),
  };
  const options = {
    instanceId: 'i-1',
    format: { format: 'json' as const, fields: [], mask: noMask },
    joinFrom: undefined,
    flushMs: 1_000,
    heartbeatMs: machine.heartbeatMs,
    limits: SHORT_LIMITS,
  };
  const shipping = ship(ports, options, progress, ending.signal).then(
    () => 'done' as const,
    (error: unknown) => {
      if (error instanceof Killed) return 'killed' as const;
      throw error;
    },
  );
  const isDone = () => {
    const last = machine.journal.at(-1)?.cursor;
    const { position } = progress.health();
    const isShipped = last === undefined || (position !== undefined && isSameEntry(position.cursor, last));
    return isShipped && machine.isEnough();
  };
  const outcome = await Promise.race([shipping, waitUntil(isDone, ending.signal)]);
  ending.abort(new Error('the test is over'));
  await shipping.catch(() => undefined);
  return outcome ?? 'done';
}

/** Bounded: a loop that makes no progress fails the test. */
async function waitUntil(isDone: () => boolean, signal: AbortSignal): Promise<undefined> {
  for (let turns = 0; turns < 200_000; turns += 1) {
    // A killed agent ships nothing more: a wait that went on would slow every later test of the worker.
    if (signal.aborted || isDone()) return undefined;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error('The agent did not ship everything.');
}
