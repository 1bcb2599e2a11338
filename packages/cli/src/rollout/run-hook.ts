// run-hook: runs one hook to its end or its deadline, and says how it ended. Nothing of it outlives its deadline, or us.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Hook, HookResult, Release } from '@directrix/rollout';
import type { Post } from '@directrix/watch';
import { codeOfPostFailure, headersFor } from './post.js';

/** What a hook is told. */
export interface HookFacts {
  /** The same however often the hook is run for the same checkpoint. */
  readonly id: string;
  readonly command: string;
  readonly groupName: string;
  readonly rolloutId: string;
  readonly from: Release;
  readonly to: Release;
}

export interface HookPorts {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Where what a command prints is kept, for its owner only. */
  readonly outputFile: string;
  readonly post: Post;
  now(): number;
  /** By the wall's clock. Rejects when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** `signal`: the rollout stops, and the hook with it. Never rejects. */
export async function runHook(
  hook: Hook,
  facts: HookFacts,
  ports: HookPorts,
  signal: AbortSignal,
): Promise<HookResult> {
  const ended = new AbortController();
  const limit = new AbortController();
  const stop = AbortSignal.any([signal, limit.signal]);
  const work =
    hook.action.kind === 'command' ? runCommand(hook, facts, ports, stop) : callWebhook(hook, facts, ports, stop);
  const deadline = ports.sleep(hook.deadlineMs, ended.signal).then(
    () => {
      limit.abort();
      return true;
    },
    () => false,
  );
  try {
    const result = await work;
    ended.abort();
    return limit.signal.aborted || (await deadline) ? { kind: 'timedOut', afterMs: hook.deadlineMs } : result;
  } finally {
    ended.abort();
  }
}

const outputBytesMax = 1_000_000;
/** How long a command may take to clean up, once it was told to end. */
const graceMs = 5_000;

async function runCommand(hook: Hook, facts: HookFacts, ports: HookPorts, stop: AbortSignal): Promise<HookResult> {
  if (hook.action.kind !== 'command') throw new TypeError('not a command');
  mkdirSync(dirname(ports.outputFile), { recursive: true, mode: 0o700 });
  writeFileSync(ports.outputFile, '', { mode: 0o600 });
  if (stop.aborted) return { kind: 'signal', signal: 'SIGTERM' };
  const child = spawn('/bin/sh', ['-c', hook.action.command], {
    cwd: ports.cwd,
    env: { ...ports.env, ...environmentOf(hook, facts) },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own: what it starts ends with it.
    detached: true,
  });
  const output = keepOutput(child, ports.outputFile);
  const end = () => endGroup(child);
  stop.addEventListener('abort', end, { once: true });
  try {
    return await new Promise<HookResult>((resolve) => {
      child.once('error', (error: NodeJS.ErrnoException) => resolve({ kind: 'notRun', code: error.code ?? 'UNKNOWN' }));
      child.once('exit', (code, signal) =>
        resolve(code === null ? { kind: 'signal', signal: signal ?? 'unknown' } : { kind: 'exit', code }),
      );
    });
  } finally {
    stop.removeEventListener('abort', end);
    // What it left behind in its group must not outlive it.
    signalGroup(child, 'SIGKILL');
    await output.end();
  }
}

function environmentOf({ when, phase, name }: Hook, { groupName, rolloutId, from, to, command }: HookFacts) {
  return {
    DIRECTRIX_HOOK: name,
    DIRECTRIX_WHEN: when,
    DIRECTRIX_PHASE: phase,
    DIRECTRIX_COMMAND: command,
    DIRECTRIX_GROUP: groupName,
    DIRECTRIX_ROLLOUT: rolloutId,
    DIRECTRIX_VERSION: to.version,
    DIRECTRIX_IMAGE: to.imageId,
    DIRECTRIX_FROM_VERSION: from.version,
    DIRECTRIX_FROM_IMAGE: from.imageId,
  };
}

/** What left its process group may hold the pipe open for ever. */
const outputPatienceMs = 1_000;

function keepOutput(child: ChildProcess, file: string): { end(): Promise<void> } {
  let kept = 0;
  let writing: Promise<unknown> = Promise.resolve();
  const keep = (chunk: Buffer) => {
    const part = chunk.subarray(0, Math.max(0, outputBytesMax - kept));
    kept += part.length;
    if (part.length > 0) writing = writing.then(() => appendFile(file, part)).catch(() => undefined);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const closed = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', () => resolve());
  });
  return {
    async end() {
      let timer: NodeJS.Timeout | undefined;
      const patience = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, outputPatienceMs);
      });
      await Promise.race([closed, patience]);
      clearTimeout(timer);
      child.stdout?.destroy();
      child.stderr?.destroy();
      await writing;
    },
  };
}

function endGroup(child: ChildProcess): void {
  signalGroup(child, 'SIGTERM');
  setTimeout(() => signalGroup(child, 'SIGKILL'), graceMs).unref();
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It is gone.
  }
}

async function callWebhook(hook: Hook, facts: HookFacts, ports: HookPorts, signal: AbortSignal): Promise<HookResult> {
  if (hook.action.kind !== 'webhook') throw new TypeError('not a webhook');
  const { urlFrom, secretFrom } = hook.action;
  const url = hook.action.url ?? variableOf(ports.env, urlFrom);
  if (url === undefined) return { kind: 'notRun', code: 'HOOK_URL_MISSING' };
  const secret = variableOf(ports.env, secretFrom);
  if (secretFrom !== undefined && secret === undefined) return { kind: 'notRun', code: 'HOOK_SECRET_MISSING' };
  const { when, phase, name } = hook;
  const body = JSON.stringify({ schema: 'directrix.hook/1', when, phase, name, ...facts });
  try {
    const { status } = await ports.post(url, { headers: headersFor(body, secret, ports.now()), body, signal });
    return { kind: 'status', status };
  } catch (error) {
    return { kind: 'notRun', code: codeOfPostFailure(error) };
  }
}

/** What a variable of the environment holds; one that is empty is not set. */
function variableOf(env: HookPorts['env'], name: string | undefined): string | undefined {
  return name === undefined ? undefined : env[name] || undefined;
}
