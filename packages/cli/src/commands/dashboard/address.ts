// address: where the dashboards of this machine are, for `directrix status`. A file for its owner alone, because the address has the token.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Io } from '../../io.js';
import { identifyProcess, isProcessGone } from '../../process-identity.js';

const addressSchema = z.object({
  url: z.string().regex(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+$/),
  pid: z.number().int(),
  process: z.object({ bootId: z.string(), namespace: z.string(), startTicks: z.string() }).optional(),
});

/** Writes the address down; returns how to take it back. A page is worth more than its note: what cannot be written is left out. */
export function noteAddress(env: Io['env'], url: string): () => void {
  const file = join(directoryOf(env), `${process.pid}.json`);
  try {
    mkdirSync(directoryOf(env), { recursive: true, mode: 0o700 });
    writeFileSync(file, JSON.stringify({ url, pid: process.pid, process: identifyProcess() }), { mode: 0o600 });
  } catch {
    return () => undefined;
  }
  return () => rmSync(file, { force: true });
}

/** The addresses of dashboards that may still run: none whose process is known to have ended. */
export function listAddresses(env: Io['env']): string[] {
  const directory = directoryOf(env);
  return readNames(directory).flatMap((name) => {
    const note = addressSchema.safeParse(read(join(directory, name))).data;
    return note === undefined || isProcessGone(note) ? [] : [note.url];
  });
}

function directoryOf(env: Io['env']): string {
  return join(env.XDG_STATE_HOME || join(env.HOME || homedir(), '.local', 'state'), 'directrix-dashboard');
}

function readNames(directory: string): string[] {
  try {
    return readdirSync(directory).filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
}

function read(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
