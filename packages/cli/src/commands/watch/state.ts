// state: where a place keeps what it saw, and that only one process writes there.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { DirectrixError } from '@directrix/rollout';
import { z } from 'zod';
import type { Io } from '../../io.js';
import { identifyProcess, isProcessGone } from '../../process-identity.js';

const lockSchema = z.object({
  pid: z.number().int(),
  process: z.object({ bootId: z.string(), namespace: z.string(), startTicks: z.string() }).optional(),
});

/** `${XDG_STATE_HOME:-~/.local/state}/directrix-watch/<place>`, or what `--state` names. */
export function watchDirectoryOf({ env, cwd }: Pick<Io, 'env' | 'cwd'>, place: string, state?: string): string {
  if (state !== undefined) return resolve(cwd, state);
  return join(env.XDG_STATE_HOME || join(env.HOME || homedir(), '.local', 'state'), 'directrix-watch', place);
}

/** Takes the directory for this process; returns how to give it back. Throws WATCH_RUNNING, and FILE_NOT_WRITTEN. */
export function lockDirectory(directory: string): () => void {
  const file = join(directory, 'lock');
  const own = { pid: process.pid, process: identifyProcess() };
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    clearStaleLock(file);
    writeFileSync(file, JSON.stringify(own), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (error instanceof DirectrixError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw running(file, undefined);
    throw new DirectrixError('FILE_NOT_WRITTEN', `${directory} cannot be written: ${code}.`, {
      kind: 'invalid',
      source: '--state',
      cause: error,
    });
  }
  return () => rmSync(file, { force: true });
}

function clearStaleLock(file: string): void {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return;
  }
  const holder = lockSchema.safeParse(parse(text)).data;
  // One that cannot be read was cut off by a kill, before its process watched anything.
  if (holder !== undefined && !isProcessGone(holder)) throw running(file, holder.pid);
  rmSync(file, { force: true });
}

function running(file: string, pid: number | undefined): DirectrixError {
  const who = pid === undefined ? 'Another process' : `Process ${pid}`;
  return new DirectrixError('WATCH_RUNNING', `${who} watches with this directory already.`, {
    kind: 'invalid',
    source: file,
    hint: 'end it, or name another directory with --state',
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
