// process-record: the processes of a lab's machines, on disk, so that whoever comes after a killed lab can end them.
//
//   D1. A process is ended only when the process that has the id now is the one that was recorded: it started at the same time.
//   D2. Its whole process group ends with it.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The content of `machines/<instanceId>-<service>-<pid>.json`. */
export interface ProcessRecord {
  /** Of the leader of the process group. */
  readonly pid: number;
  /** As the system tells it, to be compared and not understood. Undefined when it could not be read. */
  readonly startTime: string | undefined;
  readonly command: readonly string[];
}

export function writeProcessRecord(
  runDirectory: string,
  instanceId: string,
  service: string,
  record: ProcessRecord,
): string {
  const directory = join(runDirectory, 'machines');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = join(directory, `${instanceId}-${service}-${record.pid}.json`);
  writeFileSync(file, JSON.stringify(record), { mode: 0o600 });
  return file;
}

/**
 * Ends what a lab that is gone has left behind, by the records in its run directory, and deletes the records. Returns how many
 * processes it ended. Call it only when the lab itself is known to be gone.
 */
export function endRecordedProcesses(runDirectory: string): number {
  const directory = join(runDirectory, 'machines');
  let ended = 0;
  for (const name of listRecords(directory)) {
    const file = join(directory, name);
    const record = readRecord(file);
    if (record !== undefined && endRecorded(record)) ended += 1;
    rmSync(file, { force: true });
  }
  return ended;
}

/** Undefined when there is no such process. Linux: clock ticks since boot, in /proc; elsewhere: what `ps` prints. */
export function readProcessStartTime(pid: number): string | undefined {
  return process.platform === 'linux' ? readStat(pid)[19] : askPs(pid);
}

/** The fields after the command's name, which stands in parentheses and may contain anything: state first. */
function readStat(pid: number): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}

/** Whether there was anything left to signal. */
export function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** Whether the process was still running. Of one that has ended, and that nobody has waited for, the group may still live. */
function endRecorded({ pid, startTime }: ProcessRecord): boolean {
  if (startTime === undefined || readProcessStartTime(pid) !== startTime) return false;
  const wasRunning = readStat(pid)[0] !== 'Z';
  return signalGroup(pid, 'SIGKILL') && wasRunning;
}

function askPs(pid: number): string | undefined {
  try {
    const text = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return text.trim() === '' ? undefined : text.trim();
  } catch {
    return undefined;
  }
}

function listRecords(directory: string): string[] {
  try {
    return readdirSync(directory).filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
}

function readRecord(file: string): ProcessRecord | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof value !== 'object' || value === null) return undefined;
    const { pid } = value as ProcessRecord;
    // A group id of 0 or 1 would mean ourselves, or everybody.
    return Number.isInteger(pid) && pid > 1 ? (value as ProcessRecord) : undefined;
  } catch {
    return undefined;
  }
}
