// exec: a command with the secrets in its environment. They are in no argument and in no file; the environment of a process can be
// read by its own user and by root.
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { constants as osConstants } from 'node:os';
import { delimiter, join } from 'node:path';
import { DirectrixError } from '@directrix/rollout';
import type { CommandContext } from '../../command-context.js';
import type { ExecOptions } from './command.js';
import { nameVariables } from './env-names.js';
import { normalizePath } from './parameter-limits.js';
import { pathEmpty, performSecrets } from './perform-secrets.js';
import { readBelow } from './store.js';

const passedSignals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const;
/** The terminal sends these to every process in front, the command included. */
const terminalSignals: ReadonlySet<string> = new Set(['SIGINT', 'SIGQUIT']);

export async function runExec(
  context: CommandContext,
  command: readonly string[],
  options: ExecOptions,
): Promise<void> {
  const { io } = context;
  await performSecrets(context, {}, async ({ ssm }) => {
    const path = normalizePath(options.path);
    const secrets = await readBelow(ssm, path, { isDecrypted: true });
    if (secrets.length === 0) throw pathEmpty(path);
    const variables = Object.fromEntries(nameVariables(secrets, path));
    const env = { ...(options.pristine ? {} : io.env), ...variables };
    const [name = '', ...args] = command;
    // With its own PATH gone, the command is still found by ours.
    return runChild(findProgram(name, io.env.PATH), args, env, io.cwd, io.stdin?.isTTY === true);
  });
}

async function runChild(
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  cwd: string,
  isTerminal: boolean,
): Promise<number> {
  const child = spawn(file, args, { env, cwd, stdio: 'inherit' });
  // Directrix's own reaction to signals is to stop at a safe point; here the command decides.
  const before = passedSignals.map((signal) => [signal, process.listeners(signal)] as const);
  for (const [signal] of before) process.removeAllListeners(signal);
  for (const signal of passedSignals) {
    process.on(signal, () => {
      if (!(isTerminal && terminalSignals.has(signal))) child.kill(signal);
    });
  }
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', ({ code }: NodeJS.ErrnoException) => reject(notRunnable(file, code ?? 'unknown error')));
      // As a shell says it: 128 and the number of the signal.
      child.once('exit', (code, signal) => resolve(code ?? 128 + (signal ? osConstants.signals[signal] : 0)));
    });
  } finally {
    for (const [signal, listeners] of before) {
      process.removeAllListeners(signal);
      for (const listener of listeners) process.on(signal, listener);
    }
  }
}

function findProgram(name: string, path = ''): string {
  if (name.includes('/')) return name;
  for (const directory of path.split(delimiter)) {
    const file = join(directory, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not here.
    }
  }
  throw notRunnable(name, 'not found');
}

function notRunnable(name: string, why: string): DirectrixError {
  return new DirectrixError('COMMAND_NOT_RUN', `${name} could not be run: ${why}.`, {
    source: 'directrix secrets exec',
  });
}
