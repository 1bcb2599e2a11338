// The directrix command as a child process: the replay uses what a user uses.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

export const command = join(
  dirname(createRequire(import.meta.url).resolve('directrix/package.json')),
  'bin',
  'directrix.js',
);

interface Invocation {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Each line that the command tells on standard error. */
  readonly onLine?: (line: string) => void;
}

export interface Completion {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `directrix …args` to its end. When the signal aborts, the command is told to stop (SIGINT) and waited for. */
export async function runDirectrix({ args, env, signal, onLine }: Invocation): Promise<Completion> {
  const child = spawn(process.execPath, [command, ...args], {
    env: { ...process.env, ...env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own: Ctrl-C at the terminal reaches it through us, once.
    detached: true,
  });
  const interrupt = () => child.kill('SIGINT');
  signal.addEventListener('abort', interrupt, { once: true });
  try {
    return await collect(child, onLine);
  } finally {
    signal.removeEventListener('abort', interrupt);
  }
}

/** As runDirectrix, for a command whose result is JSON and which must succeed. */
export async function askDirectrix<T>(invocation: Invocation): Promise<T> {
  const { exitCode, stdout, stderr } = await runDirectrix(invocation);
  if (exitCode !== 0) {
    throw new Error(`directrix ${invocation.args.join(' ')} ended with exit code ${exitCode}\n${stderr.trimEnd()}`);
  }
  return JSON.parse(stdout) as T;
}

async function collect(child: ChildProcess, onLine: ((line: string) => void) | undefined): Promise<Completion> {
  let stdout = '';
  let stderr = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  createInterface({ input: child.stderr! }).on('line', (line) => {
    stderr += `${line}\n`;
    onLine?.(line);
  });
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode: exitCode ?? 1, stdout, stderr };
}
