// process-identity: which process this is, so that another one can tell whether it still runs.
//
//   1. A process id alone names nothing: it is used again, and every container has a process 1. With the boot of its kernel, its
//      process id namespace and its start time it names one process for good.
//   2. "Gone" is said only of what is known. Where process information is hidden, or belongs to another machine, nothing is.
import { readFileSync, readlinkSync } from 'node:fs';
import type { LeaseHolder, ProcessIdentity } from '@directrix/aws';

/** What of the operating system is looked at. */
export interface ProcessSource {
  readonly pid: number;
  /** Throws when there is no such file or it must not be read. */
  readFile(path: string): string;
  /** Throws likewise. */
  readLink(path: string): string;
  /** Throws ESRCH when no such process is in this process's own namespace. */
  signal(pid: number): void;
}

export const ownProcess: ProcessSource = {
  pid: process.pid,
  readFile: (path) => readFileSync(path, 'utf8'),
  readLink: (path) => readlinkSync(path),
  signal: (pid) => void process.kill(pid, 0),
};

/** This process; undefined where the operating system does not tell (macOS, a hidden or a foreign /proc). */
export function identifyProcess(source: ProcessSource = ownProcess): ProcessIdentity | undefined {
  return attempt(() => {
    // The /proc of another namespace (a host's, mounted into a container) numbers processes otherwise.
    if (source.readLink('/proc/self') !== String(source.pid)) return undefined;
    const startedAt = startTimeOf(source, source.pid);
    if (startedAt === undefined) return undefined;
    return {
      bootId: source.readFile('/proc/sys/kernel/random/boot_id').trim(),
      namespace: source.readLink('/proc/self/ns/pid'),
      startTicks: startedAt,
    };
  });
}

/** A child of this process, likewise. */
export function identifyChild(pid: number, source: ProcessSource = ownProcess): ProcessIdentity | undefined {
  const self = identifyProcess(source);
  const startTicks = startTimeOf(source, pid);
  return self === undefined || startTicks === undefined ? undefined : { ...self, startTicks };
}

/** Whether the process `pid` of that identity is known to have ended. False when nothing is known of it. */
export function isProcessGone(
  { pid, process: holder }: Pick<LeaseHolder, 'pid' | 'process'>,
  source: ProcessSource = ownProcess,
): boolean {
  const self = identifyProcess(source);
  if (holder === undefined || self === undefined) return false;
  if (holder.bootId !== self.bootId || holder.namespace !== self.namespace) return false;
  if (!exists(source, pid)) return true;
  const startTicks = startTimeOf(source, pid);
  return startTicks !== undefined && startTicks !== holder.startTicks;
}

/** Whether the process `pid` of that identity is known to run here: only then is a signal to `pid` a signal to it. */
export function isProcessHere(
  { pid, process: holder }: Pick<LeaseHolder, 'pid' | 'process'>,
  source: ProcessSource = ownProcess,
): boolean {
  const self = identifyProcess(source);
  if (holder === undefined || self === undefined) return false;
  return (
    holder.bootId === self.bootId &&
    holder.namespace === self.namespace &&
    holder.startTicks === startTimeOf(source, pid)
  );
}

/** In clock ticks since the kernel booted; undefined where it is hidden (`hidepid`). */
function startTimeOf(source: ProcessSource, pid: number): string | undefined {
  const status = attempt(() => source.readFile(`/proc/${pid}/stat`));
  // The second field is the program's name in parentheses, with anything in it; the start time is the 22nd.
  return status?.slice(status.lastIndexOf(')') + 2).split(' ')[19];
}

function exists(source: ProcessSource, pid: number): boolean {
  try {
    source.signal(pid);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
