import { DirectrixError, shell } from '@directrix/rollout';
import { colorsFor } from '../../colors.js';
import type { CommandContext } from '../../command-context.js';
import { exitCode } from '../../exit-code.js';
import { chooseLab, type RunningLab } from './choose-lab.js';
import type { LabStatusDocument } from './lab-document.js';
import { formatStatus } from './output.js';
import { perform, writeJson } from './perform.js';

export interface StatusOptions {
  readonly lab?: string;
  readonly json?: boolean;
}

const answerTimeoutMs = 10_000;

export async function runStatus(context: CommandContext, options: StatusOptions): Promise<void> {
  await perform(context, { json: options.json, schema: 'directrix.lab/1' }, async () => {
    const { io } = context;
    const document = await fetchStatus(chooseLab(io, options.lab), io.signal);
    if (options.json) writeJson(context, document);
    else io.stdout.write(formatStatus(document, colorsFor(io.stdout, io.env)));
    return exitCode.done;
  });
}

async function fetchStatus({ id, endpoint, pid }: RunningLab, signal: AbortSignal): Promise<LabStatusDocument> {
  try {
    const response = await fetch(`${endpoint}/_lab/status`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(answerTimeoutMs)]),
    });
    return (await response.json()) as LabStatusDocument;
  } catch (cause) {
    throw new DirectrixError('LAB_NOT_ANSWERING', `The lab ${id} (pid ${pid}) does not answer.`, {
      source: endpoint,
      hint: `end it: ${shell`directrix lab down --lab ${id}`}`,
      cause,
    });
  }
}
