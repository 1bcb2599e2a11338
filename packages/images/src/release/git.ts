// git: the user's own git, in one directory. What it says is read with -z and never parsed for sentences.
import { spawn } from 'node:child_process';
import { DirectrixError } from '@directrix/rollout';

export interface Git {
  /** What it printed, without the newline at its end. Throws GIT_FAILED with what git said, GIT_MISSING. */
  run(...words: readonly string[]): Promise<string>;
  /** Undefined where git answers with an exit code other than 0. */
  ask(...words: readonly string[]): Promise<string | undefined>;
}

/** A hook may wait for somebody. Milliseconds. */
const deadlineMs = 30 * 60_000;
/** A hook may talk without end. Bytes. */
const mostOutput = 16 * 1024 * 1024;

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `signal` ends a git that runs, as Ctrl-C does. */
export function createGit(
  directory: string,
  env: Readonly<Record<string, string | undefined>>,
  signal?: AbortSignal,
): Git {
  async function execute(words: readonly string[]): Promise<Outcome> {
    try {
      return await runChild('git', words, { directory, env: { ...env, LC_ALL: 'C' }, signal });
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
      const message = 'git could not be run: it is not installed, or not on the PATH.';
      throw new DirectrixError('GIT_MISSING', message, { kind: 'missing', source: 'git', cause });
    }
  }
  return {
    async run(...words) {
      const { code, stdout, stderr } = await execute(words);
      if (code === 0) return stdout.replace(/\n$/, '');
      const said = stderr.trim() || stdout.trim() || `exit code ${code}`;
      throw new DirectrixError('GIT_FAILED', `git ${words[0]} failed: ${said.slice(-2_000)}`, {
        kind: 'refused',
        source: `git ${words[0]}`,
      });
    },
    async ask(...words) {
      const { code, stdout } = await execute(words);
      return code === 0 ? stdout.replace(/\n$/, '') : undefined;
    },
  };
}

/** Runs a program to its end; rejects with ENOENT where there is none. stdin is the caller's, so that a signing key can ask for its passphrase. */
export function runChild(
  file: string,
  words: readonly string[],
  options: {
    readonly directory: string;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, words, {
      cwd: options.directory,
      env: options.env,
      stdio: ['inherit', 'pipe', 'pipe'],
      signal: options.signal,
      timeout: deadlineMs,
    });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (text: string) => {
        if (output[name].length < mostOutput) output[name] += text;
      });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...output }));
  });
}
