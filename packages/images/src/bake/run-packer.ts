// run packer: the user's own packer as a child, line by line.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { DirectrixError } from '@directrix/rollout';
import { type BakeStory, emptyStory, tellLine } from './bake-story.js';
import { parseLine, textOf } from './machine-output.js';

export interface PackerRun {
  /** A name on the PATH or a path. */
  readonly packer: string;
  readonly words: readonly string[];
  readonly directory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Interrupts Packer, which then cleans up by itself. */
  readonly signal: AbortSignal;
  /** How long Packer may take to clean up after it was interrupted. Milliseconds. */
  readonly graceMs: number;
  /** Called with the id of packer's process. */
  readonly onStart?: (pid: number) => void;
  /** Each line as Packer wrote it, for the log. */
  readonly onRaw?: (line: string) => void;
  /** What a person is told. */
  readonly onText?: (text: string) => void;
  /** Called when the bake has made something. The next line waits for it. */
  readonly onMade?: (story: BakeStory) => Promise<void>;
}

export interface PackerEnd {
  /** Null when it was ended by a signal. */
  readonly code: number | null;
  readonly story: BakeStory;
}

/** Resolves when packer has ended. Throws PACKER_MISSING. */
export async function runPacker(run: PackerRun): Promise<PackerEnd> {
  const child = spawn(run.packer, run.words, {
    cwd: run.directory,
    env: { ...run.env, CHECKPOINT_DISABLE: '1', PACKER_NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: what interrupts packer must reach its provisioners too, as Ctrl-C does, and only once.
    detached: true,
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', (cause: NodeJS.ErrnoException) => reject(missing(run.packer, cause)));
    child.on('close', (code) => resolve(code));
  });
  // The loop below waits for lines; an early failure must not go unheard meanwhile.
  ended.catch(() => undefined);
  if (child.pid !== undefined) run.onStart?.(child.pid);
  let killTimer: NodeJS.Timeout | undefined;
  const interrupt = () => {
    signalGroup(child.pid, 'SIGINT');
    killTimer = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), run.graceMs);
  };
  if (run.signal.aborted) interrupt();
  run.signal.addEventListener('abort', interrupt, { once: true });
  child.stderr.setEncoding('utf8').on('data', (text: string) => run.onRaw?.(text.trimEnd()));
  let story = emptyStory;
  try {
    for await (const raw of createInterface({ input: child.stdout })) {
      run.onRaw?.(raw);
      const line = parseLine(raw);
      if (line === undefined) continue;
      for (const text of textOf(line)) run.onText?.(text);
      const next = tellLine(story, line);
      const hasMade = next.made !== story.made && JSON.stringify(next.made) !== JSON.stringify(story.made);
      story = next;
      if (hasMade) await run.onMade?.(story);
    }
    return { code: await ended, story };
  } finally {
    run.signal.removeEventListener('abort', interrupt);
    clearTimeout(killTimer);
    // What we threw ourselves must not leave a packer behind.
    if (child.exitCode === null && child.signalCode === null) signalGroup(child.pid, 'SIGINT');
  }
}

/** Packer and all that it has started. */
export function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}

function missing(packer: string, cause: NodeJS.ErrnoException): Error {
  if (cause.code !== 'ENOENT' && cause.code !== 'EACCES') return cause;
  return new DirectrixError('PACKER_MISSING', `${packer} could not be run: ${cause.code}.`, {
    kind: 'missing',
    source: '--packer',
    hint: 'install Packer 1.6 or later, or say where it is with --packer',
    cause,
  });
}

/** The oldest that is known to work. */
const leastVersion = [1, 6] as const;

/** `1.6.6`. Throws PACKER_MISSING, PACKER_TOO_OLD. */
export async function readPackerVersion(run: Omit<PackerRun, 'words'>): Promise<string> {
  let version = '';
  await runPacker({
    ...run,
    words: ['-machine-readable', 'version'],
    onRaw: (raw) => {
      const line = parseLine(raw);
      if (line?.type === 'version') version = line.data[0] ?? '';
    },
  });
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > leastVersion[0] || (major === leastVersion[0] && minor >= leastVersion[1])) return version;
  throw new DirectrixError(
    'PACKER_TOO_OLD',
    `${run.packer} is version ${version || 'unknown'}; ${leastVersion.join('.')} or later is needed.`,
    {
      source: '--packer',
    },
  );
}
