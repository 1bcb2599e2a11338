import { setTimeout as wait } from 'node:timers/promises';
import {
  cleanStaleLabs,
  isRunning,
  type LabRecord,
  labsDirectory,
  listRunningLabs,
} from '@directrix/lab/run-directory';
import { DirectrixError } from '@directrix/rollout';
import type { CommandContext } from '../../command-context.js';
import { exitCode } from '../../exit-code.js';
import type { Io } from '../../io.js';
import { pick } from './choose-lab.js';
import type { LabDownDocument } from './lab-document.js';
import { formatCleaned, formatEnded } from './output.js';
import { perform, writeJson } from './perform.js';

export interface DownOptions {
  readonly lab?: string;
  readonly all?: boolean;
  readonly json?: boolean;
}

/** How long each way of asking a lab to end is given, the friendliest first. */
const askTimeoutMs = 15_000;
const signalTimeoutMs = 5_000;
const pollMs = 20;

export async function runDown(context: CommandContext, options: DownOptions): Promise<void> {
  await perform(context, { json: options.json, schema: 'directrix.lab/1' }, async () => {
    const { io } = context;
    const labs = labsDirectory(io.env);
    const cleaned = [...cleanStaleLabs(labs)];
    const chosen = choose(listRunningLabs(labs), io, options, cleaned);
    await Promise.all(chosen.map((lab) => endLab(lab)));
    // One that had to be killed has left its machines to us.
    cleaned.push(...cleanStaleLabs(labs));
    report(context, options, {
      schema: 'directrix.lab/1',
      ended: chosen.map(({ id, endpoint }) => ({ id, endpoint })),
      cleaned: cleaned.map(({ id, endedProcessCount }) => ({ id, endedProcessCount })),
    });
    return exitCode.done;
  });
}

/** None is an answer where none runs, or where the one that was meant was dead already: it is down then. */
function choose(
  running: readonly LabRecord[],
  io: Io,
  { all, lab }: DownOptions,
  cleaned: readonly { readonly id: string; readonly endpoint: string | undefined }[],
): readonly LabRecord[] {
  if (all) return running;
  const { AWS_ENDPOINT_URL: endpointUrl } = io.env;
  const isMeant = ({ id, endpoint }: { id: string; endpoint: string | undefined }) =>
    lab === undefined ? endpoint !== undefined && endpoint === endpointUrl : id === lab;
  if (cleaned.some(isMeant)) return [];
  if (running.length === 0 && lab === undefined) return [];
  return [pick(running, endpointUrl, lab)];
}

/** Asks it, then tells it, then kills it; resolves when it is gone. Throws LAB_NOT_ENDING. */
async function endLab(lab: LabRecord): Promise<void> {
  if (lab.endpoint !== undefined && (await ask(lab.endpoint)) && (await isGoneWithin(lab, askTimeoutMs))) return;
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (isRunning(lab)) process.kill(lab.pid, signal);
    if (await isGoneWithin(lab, signalTimeoutMs)) return;
  }
  throw new DirectrixError('LAB_NOT_ENDING', `The lab ${lab.id} (pid ${lab.pid}) does not end, not even by SIGKILL.`);
}

async function ask(endpoint: string): Promise<boolean> {
  try {
    const response = await fetch(`${endpoint}/_lab/down`, {
      method: 'POST',
      signal: AbortSignal.timeout(signalTimeoutMs),
    });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

async function isGoneWithin(lab: LabRecord, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (isRunning(lab)) {
    if (performance.now() > deadline) return false;
    await wait(pollMs);
  }
  return true;
}

function report(context: CommandContext, options: DownOptions, document: LabDownDocument): void {
  const { io } = context;
  for (const lab of document.ended) io.stderr.write(formatEnded(lab));
  for (const lab of document.cleaned) io.stderr.write(formatCleaned(lab));
  if (document.ended.length + document.cleaned.length === 0) io.stderr.write('no lab is running\n');
  if (options.json) writeJson(context, document);
}
