// exec: a command with the secrets in its environment. They are in no argument and in no file; the environment of a process can be
// read by its own user and by root.
import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { constants as osConstants } from 'node:os';
import { delimiter, join } from 'node:path';
import { readParametersBelow } from '@directrix/aws';
import { DirectrixError } from '@directrix/rollout';
import type { CommandContext } from '../../command-context.js';
import { nameVariables } from './env-names.js';
import { normalizePath } from './parameter-limits.js';
import { pathEmpty, performSecrets } from './perform-secrets.js';

export interface ExecOptions {
  readonly path: string;
  readonly pristine?: boolean;
}

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
    const secrets = await readParametersBelow(ssm, path, { isDecrypted: true });
    if (secrets.length === 0) throw pathEmpty(path);
    const variables = Object.fromEntries(nameVariables(secrets, path));
    refuseNul(variables, path);
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
  const child = startChild(file, args, env, cwd);
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

/** The environment of a process is text that ends with a NUL: a value cannot hold one. Said by name, before Node would say it by value. */
function refuseNul(variables: Readonly<Record<string, string>>, path: string): void {
  const names = Object.keys(variables).filter((name) => variables[name]?.includes('\0'));
  if (names.length === 0) return;
  throw new DirectrixError(
    'SECRET_UNQUOTABLE',
    `No environment can hold the value of ${names.join(', ')}: it has a NUL character.`,
    {
      source: path,
      hint: 'directrix secrets get prints it exactly; write it anew in base64 for an environment',
    },
  );
}

function startChild(file: string, args: readonly string[], env: NodeJS.ProcessEnv, cwd: string): ChildProcess {
  try {
    return spawn(file, args, { env, cwd, stdio: 'inherit' });
  } catch (error) {
    // Node's text quotes the argument or the variable that it does not take.
    throw notRunnable(file, (error as NodeJS.ErrnoException).code ?? 'unknown error');
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
