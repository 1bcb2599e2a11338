import { type LabRecord, labsDirectory, listRunningLabs } from '@directrix/lab/run-directory';
import { DirectrixError } from '@directrix/rollout';
import type { Io } from '../../io.js';

/** A lab that answers. */
export type RunningLab = LabRecord & { readonly endpoint: string };

/**
 * The lab that a command means: the one named, else the one that this shell talks to, else the only one that runs. A shell that talks
 * to something else means no lab of ours, even if only one runs. Throws LAB_NOT_FOUND, LAB_NOT_RUNNING, LAB_AMBIGUOUS or LAB_STARTING.
 */
export function chooseLab(io: Pick<Io, 'env'>, id: string | undefined): RunningLab {
  const running = listRunningLabs(labsDirectory(io.env));
  const chosen = pick(running, io.env.AWS_ENDPOINT_URL, id);
  if (chosen.endpoint !== undefined) return { ...chosen, endpoint: chosen.endpoint };
  throw new DirectrixError('LAB_STARTING', `The lab ${chosen.id} (pid ${chosen.pid}) does not listen yet.`, {
    hint: 'wait a moment, or end it with directrix lab down',
  });
}

/** As chooseLab, among `running`, and it may still be starting. */
export function pick(
  running: readonly LabRecord[],
  endpointUrl: string | undefined,
  id: string | undefined,
): LabRecord {
  if (id !== undefined) {
    const named = running.find((lab) => lab.id === id);
    if (named === undefined) throw notFound(`No lab ${id} is running.`, '--lab', running);
    return named;
  }
  if (endpointUrl) {
    const spokenTo = running.find(({ endpoint }) => endpoint !== undefined && isSameOrigin(endpoint, endpointUrl));
    if (spokenTo === undefined) {
      throw notFound('No lab of yours answers where AWS_ENDPOINT_URL points.', 'AWS_ENDPOINT_URL', running);
    }
    return spokenTo;
  }
  const [only] = running;
  if (only === undefined) {
    throw new DirectrixError('LAB_NOT_RUNNING', 'No lab is running.', { hint: 'start one: directrix lab up --detach' });
  }
  if (running.length > 1) {
    throw new DirectrixError('LAB_AMBIGUOUS', `${running.length} labs are running: ${list(running)}.`, {
      hint: 'name one with --lab ID',
    });
  }
  return only;
}

function notFound(message: string, source: string, running: readonly LabRecord[]): DirectrixError {
  return new DirectrixError('LAB_NOT_FOUND', message, {
    source,
    hint: running.length === 0 ? 'no lab is running: directrix lab up --detach' : `running: ${list(running)}`,
  });
}

function list(labs: readonly LabRecord[]): string {
  return labs
    .map(({ id, endpoint, scenario }) => `${id} (${[endpoint ?? 'starting', scenario].filter(Boolean).join(', ')})`)
    .join(', ');
}

function isSameOrigin(a: string, b: string): boolean {
  const origin = (text: string) =>
    URL.canParse(text) ? new URL(text).origin.replace('//localhost', '//127.0.0.1') : text;
  return origin(a) === origin(b);
}
