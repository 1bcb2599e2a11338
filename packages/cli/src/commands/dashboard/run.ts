import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { Board, type DashboardServer, startDashboard } from '@directrix/dashboard';
import { DirectrixError } from '@directrix/rollout';
import type { CommandContext } from '../../command-context.js';
import { exitCode } from '../../exit-code.js';
import { describeFailure, writeFailure } from '../../failure.js';
import type { Io } from '../../io.js';
import { withWorld } from '../../with-world.js';
import type { World } from '../../world.js';
import { renderPostmortem } from '../postmortem/render.js';
import { type Actions, createActions } from './actions.js';
import { noteAddress } from './address.js';
import { InstanceLogTail } from './instance-log-tail.js';
import { readReach } from './reach-picture.js';
import { createHistoryReader, listPlaces, RolloutSource, readGroups, readUptime } from './sources.js';

export interface DashboardCommandOptions {
  readonly port?: string;
  readonly watch?: readonly string[];
  readonly offline?: boolean;
  readonly allowActions?: boolean;
  readonly logGroup?: string;
  readonly json?: boolean;
}

/** On the wall's clock: who looks at the page lives by it, whatever a lab's clock says. */
const journalEveryMs = 250;
const findEveryMs = 2_000;
// A call for each group: Parameter Store has a limit that deployments share.
const groupsEveryMs = 15_000;
const sampleEveryMs = 2_000;
const logsEveryMs = 5_000;
const uptimeEveryMs = 30_000;

export async function runDashboard(context: CommandContext, options: DashboardCommandOptions): Promise<void> {
  const { io } = context;
  try {
    await withWorld(context, (world) => keepShowing(io, world, options));
    context.setExitCode(exitCode.done);
  } catch (error) {
    writeFailure(io, error);
    const refusal = { schema: 'directrix.dashboard/1', error: describeFailure(error) };
    if (options.json) io.stdout.write(`${JSON.stringify(refusal, null, 2)}\n`);
    context.setExitCode(exitCode.refused);
  }
}

async function keepShowing(io: Io, world: World, options: DashboardCommandOptions): Promise<void> {
  const board = new Board({
    after(ms, act) {
      const timer = setTimeout(act, ms);
      return () => clearTimeout(timer);
    },
  });
  const actions = options.allowActions === true ? createActions(io, world, board) : undefined;
  board.set('actions', { isAllowed: actions !== undefined });
  const server = await listen(io, world, board, options, actions);
  const stopping = new AbortController();
  const forget = noteAddress(io.env, server.url);
  try {
    const loops = startLoops(io, world, board, options, stopping.signal);
    io.stdout.write(
      options.json
        ? `${JSON.stringify({ schema: 'directrix.dashboard/1', url: server.url }, null, 2)}\n`
        : `${server.url}\n`,
    );
    io.stderr.write(
      actions === undefined
        ? 'the page is for this machine alone and changes nothing; Ctrl-C ends it\n'
        : 'the page is for this machine alone; whoever has its address can approve and abort; Ctrl-C ends it\n',
    );
    if (!io.signal.aborted) await once(io.signal, 'abort');
    stopping.abort(new Error('the dashboard was ended'));
    await loops;
    await actions?.settle();
  } finally {
    forget();
    board.close();
    await server.close();
  }
}

async function startLoops(
  io: Io,
  world: World,
  board: Board,
  options: DashboardCommandOptions,
  signal: AbortSignal,
): Promise<void> {
  const rollouts = new RolloutSource(board, io.env);
  const logs = new InstanceLogTail(board, world, options.logGroup);
  const readHistory = createHistoryReader(board, io.env);
  const places = () => options.watch ?? listPlaces(io);
  const every = async (ms: number, act: () => Promise<unknown>) => {
    while (!signal.aborted) {
      // What cannot be read now may be there the next time.
      await act().catch(() => undefined);
      await wait(ms, undefined, { signal }).catch(() => undefined);
    }
  };
  if (options.offline === true)
    board.set('groupsTrouble', 'AWS is not asked (--offline): this page is made from the journals of this machine.');
  await rollouts.find();
  await Promise.all([
    every(journalEveryMs, () => rollouts.read()),
    every(findEveryMs, () => Promise.all([rollouts.find(), readHistory()])),
    every(sampleEveryMs, async () => rollouts.readLatencies()),
    every(uptimeEveryMs, async () => readUptime(board, places(), world.clock.now())),
    ...(options.offline === true
      ? []
      : [
          every(groupsEveryMs, () => readGroups(board, world)),
          every(logsEveryMs, () =>
            Promise.all(rollouts.running().map(({ groupName }) => logs.read(groupName, signal))),
          ),
          every(sampleEveryMs, () => Promise.all(rollouts.running().map((view) => rollouts.sample(world, view)))),
        ]),
  ]);
}

async function listen(
  io: Io,
  world: World,
  board: Board,
  { port = '0', offline = false }: DashboardCommandOptions,
  actions: Actions | undefined,
): Promise<DashboardServer> {
  if (offline && actions !== undefined)
    throw new DirectrixError('USAGE', 'Offline, nothing can be approved or aborted.', {
      kind: 'invalid',
      source: '--allow-actions',
      hint: 'leave --offline out',
    });
  const number = Number(port);
  if (!/^\d{1,5}$/.test(port) || number > 65_535)
    throw new DirectrixError('USAGE', `"${port}" is not a port.`, { kind: 'invalid', source: '--port' });
  try {
    return await startDashboard({
      port: number,
      token: randomBytes(24).toString('base64url'),
      board,
      readPostmortem: (groupName, rolloutId) => renderPostmortem(io, world, groupName, rolloutId),
      ...(offline ? {} : { readReach: (groupName: string, to: string) => readReach(world, groupName, to) }),
      ...(actions === undefined ? {} : { act: (request) => actions.act(request) }),
    });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT')
      throw new DirectrixError('DASHBOARD_NOT_BUILT', 'The page of the dashboard was not built.', {
        kind: 'missing',
        hint: 'npm run build',
        cause: error,
      });
    throw new DirectrixError('ADDRESS_UNAVAILABLE', `127.0.0.1:${number} cannot be listened on: ${code}.`, {
      kind: 'invalid',
      source: '--port',
      hint: 'name another port, or none',
      cause: error,
    });
  }
}
