// run directory: what a lab on this machine leaves on disk while it runs, so that others can find it, and clean up after it.
//
// `${XDG_RUNTIME_DIR or the system's temporary directory}/directrix-<uid>/labs/<id>/`, with `lab.json` (LabRecord), the records of
// the machines' processes, and the log of a lab in the background.
//
//   F1. Private: the directories are ours alone (0700), or they are refused.
//   F2. A directory `labs/<id>` has a whole `lab.json` from its first moment to its last.
//   F3. A lab counts as running only while the process that wrote its record lives: same id, same start, not a zombie.
//   F4. What a dead lab left (processes, files) is gone after cleanStaleLabs; a running lab is never touched.
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { LabError } from './lab-error.js';
import { endRecordedProcesses, readProcessStartTime } from './machines/process/process-record.js';

/** The content of `lab.json`. */
export interface LabRecord {
  readonly id: string;
  /** Of the process that holds the lab, or that is starting it. */
  readonly pid: number;
  readonly pidStartTime: string | undefined;
  /** Undefined until it listens. */
  readonly endpoint: string | undefined;
  /** Wall time, ISO 8601. */
  readonly startedAt: string;
  /** `hyperbola:N1` */
  readonly scenario: string | undefined;
  readonly speed: number;
}

// One that another version of Directrix wrote may have more; what it cannot have is another process than it says.
const labRecord = z.object({
  id: z.string(),
  pid: z.number().int().min(2),
  pidStartTime: z.string().optional(),
  endpoint: z.string().optional(),
  startedAt: z.string(),
  scenario: z.string().optional(),
  speed: z.number(),
});

/** A directory that is being made is not looked at before this age. */
const makingMs = 60_000;
/** macOS has 104, the closing zero included; Linux has 108. */
const longestSocketPathBytes = 103;

/** Where this user's labs are. `env` is the process's environment. */
export function labsDirectory(env: Readonly<Record<string, string | undefined>>): string {
  const user = process.getuid?.() ?? 'user';
  // Containers and sudo pass on the variable without the directory.
  const { XDG_RUNTIME_DIR: runtime = '' } = env;
  return join(existsSync(runtime) ? runtime : tmpdir(), `directrix-${user}`, 'labs');
}

/** Makes a directory for a new lab, with a record that names this process. Throws LabError RUN_DIRECTORY_UNSAFE or _TOO_LONG. */
export function createRunDirectory(
  labs: string,
  lab: Pick<LabRecord, 'speed' | 'scenario'>,
): { readonly directory: string; readonly record: LabRecord } {
  const id = `lab-${randomBytes(3).toString('hex')}`;
  refuseLongPath(join(labs, id));
  makePrivate(join(labs, '..'));
  makePrivate(labs);
  const record: LabRecord = {
    id,
    pid: process.pid,
    pidStartTime: readProcessStartTime(process.pid),
    endpoint: undefined,
    startedAt: new Date().toISOString(),
    ...lab,
  };
  const making = join(labs, `.${id}`);
  mkdirSync(making, { mode: 0o700 });
  writeLabRecord(making, record);
  const directory = join(labs, id);
  renameSync(making, directory);
  return { directory, record };
}

/** Replaces `lab.json` in one step. */
export function writeLabRecord(directory: string, record: LabRecord): void {
  const written = join(directory, `.lab.json.${process.pid}`);
  writeFileSync(written, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  renameSync(written, join(directory, 'lab.json'));
}

/** Takes over a lab's directory that another process made: from now on this process holds it. */
export function adoptRunDirectory(directory: string): LabRecord {
  const found = readLabRecord(directory);
  if (found === undefined) throw new Error(`There is no lab.json in ${directory}.`);
  const record = { ...found, pid: process.pid, pidStartTime: readProcessStartTime(process.pid) };
  writeLabRecord(directory, record);
  return record;
}

/** The labs that run now, oldest first. */
export function listRunningLabs(labs: string): readonly LabRecord[] {
  return readLabs(labs)
    .flatMap(({ record }) => (record !== undefined && isRunning(record) ? [record] : []))
    .sort((a, b) => a.startedAt.localeCompare(b.startedAt));
}

/** Whether the process that holds the lab lives: F3. */
export function isRunning({ pid, pidStartTime }: Pick<LabRecord, 'pid' | 'pidStartTime'>): boolean {
  return pidStartTime !== undefined && readProcessStartTime(pid) === pidStartTime && !isZombie(pid);
}

/** What a stale lab was, and how many processes of its machines were still there. */
interface CleanedLab {
  readonly id: string;
  readonly endpoint: string | undefined;
  readonly endedProcessCount: number;
}

/** Ends and deletes what labs that run no more have left. Safe to run twice at once. */
export function cleanStaleLabs(labs: string): readonly CleanedLab[] {
  const cleaned: CleanedLab[] = [];
  for (const { name, directory, record } of readLabs(labs)) {
    if (record === undefined ? isBeingMade(directory) : isRunning(record)) continue;
    const endedProcessCount = endRecordedProcesses(directory);
    deleteRunDirectory(directory);
    cleaned.push({ id: record?.id ?? name, endpoint: record?.endpoint, endedProcessCount });
  }
  return cleaned;
}

export function deleteRunDirectory(directory: string): void {
  // Another process may be deleting it too.
  rmSync(directory, { recursive: true, force: true, maxRetries: 3, retryDelay: 20 });
}

interface FoundLab {
  readonly name: string;
  readonly directory: string;
  readonly record: LabRecord | undefined;
}

function readLabs(labs: string): readonly FoundLab[] {
  let names: string[];
  try {
    names = readdirSync(labs);
  } catch {
    return [];
  }
  return names.map((name) => {
    const directory = join(labs, name);
    return { name, directory, record: readLabRecord(directory) };
  });
}

/** Undefined when there is none, or when it is damaged. */
export function readLabRecord(directory: string): LabRecord | undefined {
  try {
    const { pidStartTime, endpoint, scenario, ...rest } = labRecord.parse(
      JSON.parse(readFileSync(join(directory, 'lab.json'), 'utf8')),
    );
    return { ...rest, pidStartTime, endpoint, scenario };
  } catch {
    return undefined;
  }
}

function isBeingMade(directory: string): boolean {
  try {
    return Date.now() - statSync(directory).mtimeMs < makingMs;
  } catch {
    return true; // gone meanwhile
  }
}

/** A dead process whose parent has not asked for its end yet still has its id and its start. */
function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return /^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}

/** Its socket could not be opened; better said now than when the first machine starts. */
function refuseLongPath(directory: string): void {
  const length = Buffer.byteLength(join(directory, 'guests.sock'));
  if (length <= longestSocketPathBytes) return;
  throw new LabError(
    'RUN_DIRECTORY_TOO_LONG',
    `The path of the lab's socket would have ${length} bytes; a Unix socket's has at most ${longestSocketPathBytes}.`,
    { source: directory, hint: 'set XDG_RUNTIME_DIR to a directory with a shorter path' },
  );
}

/** In a shared temporary directory somebody else may have been there first, with a directory or a link of the same name. */
function makePrivate(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const found = lstatSync(directory);
  const user = process.getuid?.();
  if (found.isDirectory() && (user === undefined || (found.uid === user && (found.mode & 0o077) === 0))) return;
  throw new LabError('RUN_DIRECTORY_UNSAFE', `The lab's directory ${directory} is not private to this user.`, {
    source: directory,
    hint: 'remove it, or set XDG_RUNTIME_DIR to a directory of your own',
  });
}
