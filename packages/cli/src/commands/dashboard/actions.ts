// actions: what may be done from the page: what `directrix approve`, `reject` and `abort` do, and nothing else.
//
//   A1. Each is of the rollout that the page showed. When another one has begun since, nothing is done.
//   A2. An abort asks a deployer of this machine to stop, as Ctrl-C does, and goes back only when that one has let go of the group.
//       A deployer of another machine is not stopped: that it runs is said.
//   A3. An abort goes on when the page is closed. Ctrl-C at the dashboard stops it at a safe point, as it stops any deployer.
import { readLease } from '@directrix/aws';
import type { ActionOutcome, ActionRequest, Board } from '@directrix/dashboard';
import { DirectrixError, defaultHealthPath, shell } from '@directrix/rollout';
import { describeFailure } from '../../failure.js';
import type { Io } from '../../io.js';
import { isProcessHere } from '../../process-identity.js';
import { requireUnfinished } from '../../rollout/unfinished.js';
import { cleanLine } from '../../text/lines.js';
import type { World } from '../../world.js';
import { abortRollout } from '../abort/run.js';
import { answerApproval, tellApproval } from '../approve/run.js';

export interface Actions {
  /** Never rejects. */
  act(request: ActionRequest): Promise<ActionOutcome>;
  /** Ends when every abort that was begun has ended. */
  settle(): Promise<void>;
}

type Lease = NonNullable<Awaited<ReturnType<typeof readLease>>>;

/** How long a deployer has to come to a safe point: a call of AWS and its retries. On the wall's clock. */
const stopWithinMs = 60_000;
const lookEveryMs = 500;

/** Asks the holder's process to stop; false when it is not of this machine, or cannot be asked. */
type StopDeployer = (holder: Lease['holder']) => boolean;

const interrupt: StopDeployer = (holder) => {
  if (!isProcessHere(holder)) return false;
  try {
    process.kill(holder.pid, 'SIGINT');
    return true;
  } catch {
    return false;
  }
};

export function createActions(
  io: Io,
  world: World,
  board: Pick<Board, 'say'>,
  stopDeployer: StopDeployer = interrupt,
): Actions {
  const aborting = new Map<string, Promise<void>>();
  /** Asked for, and neither begun nor refused yet: who asks again meanwhile gets the same answer, and the deployer one signal. */
  const beginning = new Map<string, Promise<string>>();
  const say = (groupName: string, text: string) =>
    board.say({ at: world.clock.now(), groupName, text: cleanLine(text) });

  async function answer({ groupName, rolloutId, action, phase }: ActionRequest): Promise<string> {
    const isApproved = action === 'approve';
    const request = { group: groupName, rolloutId, isApproved, before: phase, reason: 'on the dashboard' };
    return tellApproval(await answerApproval(world, request));
  }

  function abort(request: ActionRequest): Promise<string> {
    const key = JSON.stringify([request.groupName, request.rolloutId]);
    const begun = beginning.get(key) ?? beginAbort(request).finally(() => beginning.delete(key));
    beginning.set(key, begun);
    return begun;
  }

  async function beginAbort({ groupName, rolloutId }: ActionRequest): Promise<string> {
    if (aborting.has(groupName)) return `The rollout ${rolloutId} is being aborted.`;
    const record = await requireUnfinished(world, groupName);
    if (record.rolloutId !== rolloutId)
      throw new DirectrixError(
        'NOTHING_TO_RESUME',
        `The rollout ${rolloutId} of ${groupName} is not under way any more.`,
      );
    const lease = await readLease(world, groupName);
    const isStopping = lease?.isActive === true && stopDeployer(lease.holder);
    if (lease?.isActive === true && !isStopping)
      throw new DirectrixError(
        'GROUP_BUSY',
        `${lease.holder.name} (pid ${lease.holder.pid}) is changing ${groupName}: ${lease.command}.`,
        { hint: shell`press Ctrl-C there; then directrix abort --group ${groupName} goes back` },
      );
    io.mustFinish?.();
    const work = goBack(groupName)
      .catch((error: unknown) => say(groupName, `the abort failed: ${describe(error)}`))
      .finally(() => aborting.delete(groupName));
    aborting.set(groupName, work);
    const first = isStopping ? `The deployer ${lease?.holder.name} stops, and then ` : '';
    return `${first}${groupName} goes back to ${record.from.version}.`;
  }

  async function goBack(groupName: string): Promise<void> {
    // A process ends as fast as the wall's clock lets it, whatever the lab's says.
    const pauseMs = lookEveryMs * (world.clock.speed ?? 1);
    for (let looks = stopWithinMs / lookEveryMs; looks > 0; looks -= 1) {
      if ((await readLease(world, groupName))?.isActive !== true) break;
      await world.clock.sleep(pauseMs, io.signal);
    }
    // A run of a command of its own: the lease must not take it for the one before.
    const own = { ...world, holder: { ...world.holder, id: crypto.randomUUID() } };
    const { text } = await abortRollout(withoutTerminal(io), own, 'abort', {
      groupName,
      reports: { healthPath: defaultHealthPath },
    });
    say(groupName, text);
  }

  return {
    async act(request) {
      try {
        const text = await (request.action === 'abort' ? abort(request) : answer(request));
        return { isDone: true, text: text.trim() };
      } catch (error) {
        return { isDone: false, text: describe(error) };
      }
    },
    async settle() {
      await Promise.allSettled(beginning.values());
      await Promise.all(aborting.values());
    },
  };
}

function describe(error: unknown): string {
  const { code, message, hint } = describeFailure(error);
  return cleanLine(`${code}: ${message}${hint === undefined ? '' : ` ${hint}.`}`);
}

/** What an abort would print is in its journal, which the page shows. */
function withoutTerminal(io: Io): Io {
  const nowhere = { write: () => undefined, isTTY: false, columns: 80 };
  return { ...io, stdout: nowhere, stderr: nowhere };
}
