import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DirectrixError, relayCode } from '@directrix/rollout';
import type { FailureDocument } from '../../failure.js';
import type { HostedLab, HostOptions } from './hosted-lab.js';

/** What a daemon tells whoever started it. */
export type DaemonMessage =
  | { readonly kind: 'ready'; readonly document: HostedLab['document'] }
  | { readonly kind: 'failed'; readonly failure: FailureDocument };

interface StartedDaemon {
  readonly document: HostedLab['document'];
  /** Lets it live on when this process ends. */
  keep(): Promise<void>;
  /** Ends it, and resolves when it is gone. */
  end(): Promise<void>;
}

const startTimeoutMs = 30_000;
const logLinesShown = 15;

/**
 * Starts a lab in the background, in a process group of its own that no terminal can interrupt, and resolves when it listens. Its
 * output goes to lab.log in its directory. Rejects as hostLab does, or with LAB_DIED and the end of its log.
 */
export async function startDaemon(options: HostOptions, signal: AbortSignal): Promise<StartedDaemon> {
  const logFile = join(options.directory, 'lab.log');
  const child = spawnDaemon(options, logFile);
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once('exit', (code, by) => resolve(code ?? by));
  });
  const end = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  const abort = () => void end();
  const timeout = setTimeout(abort, startTimeoutMs);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    const message = await Promise.race([firstMessage(child), ended]);
    signal.throwIfAborted();
    if (typeof message === 'object' && message?.kind === 'ready') {
      return { document: message.document, keep: () => keep(child), end };
    }
    await ended;
    throw typeof message === 'object' && message !== null ? refusal(message.failure) : died(message, logFile);
  } finally {
    clearTimeout(timeout);
    signal.removeEventListener('abort', abort);
  }
}

function spawnDaemon(options: HostOptions, logFile: string): ChildProcess {
  const log = openSync(logFile, 'a', 0o600);
  try {
    return spawn(process.execPath, [fileURLToPath(new URL('./daemon.js', import.meta.url)), JSON.stringify(options)], {
      cwd: options.directory,
      detached: true,
      stdio: ['ignore', log, log, 'ipc'],
    });
  } finally {
    closeSync(log);
  }
}

function firstMessage(child: ChildProcess): Promise<DaemonMessage> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as DaemonMessage)).once('error', reject);
  });
}

async function keep(child: ChildProcess): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    child.send({ kind: 'keep' }, (error) => (error === null ? resolve() : reject(error)));
  });
  child.disconnect();
  child.unref();
}

function refusal({ code, message, hint, source }: FailureDocument): DirectrixError {
  return new DirectrixError(relayCode(code), message, { hint, source });
}

function died(how: number | NodeJS.Signals | null | undefined, logFile: string): DirectrixError {
  const manner = typeof how === 'number' ? `with exit code ${how}` : `by ${how ?? 'an unknown cause'}`;
  return new DirectrixError('LAB_DIED', `The lab ended ${manner} while it started.${lastLines(logFile)}`, {
    hint: 'directrix lab up without --detach shows more',
  });
}

function lastLines(logFile: string): string {
  try {
    const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-logLinesShown);
    return lines.join('') === '' ? ' It said nothing.' : ` The end of what it said:\n    ${lines.join('\n    ')}`;
  } catch {
    return '';
  }
}
