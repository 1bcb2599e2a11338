import { once } from 'node:events';
import { join } from 'node:path';
import { publishNotification } from '@directrix/aws';
import { DirectrixError } from '@directrix/rollout';
import {
  createChannels,
  createMetrics,
  fetchPost,
  History,
  StateLog,
  startWatch,
  startWatchServer,
  type Watch,
  type WatchConfiguration,
  type WatchEvent,
  type WatchMetrics,
} from '@directrix/watch';
import type { CommandContext } from '../../command-context.js';
import { exitCode } from '../../exit-code.js';
import { describeFailure, writeFailure } from '../../failure.js';
import type { Io } from '../../io.js';
import { cleanLine, writeText } from '../../text/lines.js';
import { count } from '../../text/quantities.js';
import { tellAlert, tellWatchEvent } from '../../text/watch-text.js';
import { withWorld } from '../../with-world.js';
import type { World } from '../../world.js';
import { lookOnce } from './once.js';
import { createDeployReader } from './read-deploy.js';
import { readWatchFile } from './read-file.js';
import { lockDirectory, watchDirectoryOf } from './state.js';

export interface WatchOptions {
  readonly checks: string;
  readonly place?: string;
  readonly state?: string;
  readonly checkOnly?: boolean;
  readonly once?: boolean;
  readonly json?: boolean;
}

export async function runWatch(context: CommandContext, options: WatchOptions): Promise<void> {
  const { io } = context;
  try {
    const configuration = readWatchFile(io, options.checks, options.place);
    if (options.checkOnly === true) return tellConfiguration(context, configuration, options);
    if (options.once === true) {
      const isWell = await withWorld(context, (world) => lookOnce(io, world, configuration, options.json === true));
      return context.setExitCode(isWell ? exitCode.done : exitCode.failed);
    }
    await withWorld(context, (world) => keepWatching(io, world, configuration, options));
    context.setExitCode(exitCode.done);
  } catch (error) {
    writeFailure(io, error);
    const refusal = { schema: 'directrix.watch/1', error: describeFailure(error) };
    if (options.json) io.stdout.write(`${JSON.stringify(refusal, null, options.once || options.checkOnly ? 2 : 0)}\n`);
    context.setExitCode(exitCode.refused);
  }
}

function tellConfiguration(
  context: CommandContext,
  { checks, place, agreement, alerts }: WatchConfiguration,
  { json }: WatchOptions,
) {
  const document = {
    schema: 'directrix.watch-configuration/1',
    place,
    checkCount: checks.length,
    agree: agreement.agree,
    placeNames: agreement.placeNames,
    channels: alerts.channels.map(({ kind }) => kind),
  };
  const text = `${count(checks.length, 'check')} from ${place}; ${agreement.agree} of ${count(agreement.placeNames.length, 'place')} must agree; ${count(alerts.channels.length, 'channel')} for alerts\n`;
  context.io.stdout.write(json ? `${JSON.stringify(document, null, 2)}\n` : text);
  context.setExitCode(exitCode.done);
}

async function keepWatching(
  io: Io,
  world: World,
  configuration: WatchConfiguration,
  options: WatchOptions,
): Promise<void> {
  const directory = watchDirectoryOf(io, configuration.place, options.state);
  const unlock = lockDirectory(directory);
  try {
    const teller = createTeller(io, world, options.json === true);
    const warn = (error: Error) =>
      io.stderr.write(`warning: what is seen cannot be written down: ${(error as NodeJS.ErrnoException).code}\n`);
    const metrics = createMetrics();
    let watch: Watch | undefined;
    // It listens before it looks: an address that is taken is refused, and nothing has begun.
    const server = await listen(configuration, metrics, () => watch);
    try {
      watch = startWatch(configuration, {
        clock: world.clock,
        transport: world.transport,
        post: fetchPost,
        channels: createChannels(configuration.alerts.channels, {
          post: fetchPost,
          publish: (topicArn, { id, title, text }, signal) =>
            publishNotification(world.clients, topicArn, { id, subject: title, text }, signal),
        }),
        history: new History({ directory: join(directory, 'history'), days: configuration.historyDays, warn }),
        stateLog: new StateLog(join(directory, 'state.jsonl'), warn),
        tell: tellAlert,
        readDeploy: createDeployReader(world),
        onEvent: (event) => {
          metrics.note(event);
          teller(event);
        },
      });
      tellStart(io, configuration, server);
      if (!io.signal.aborted) await once(io.signal, 'abort');
    } finally {
      await watch?.stop();
      await server?.close();
    }
  } finally {
    unlock();
  }
}

function tellStart(
  io: Io,
  { place, checks, agreement, alerts }: WatchConfiguration,
  server: { readonly host: string; readonly port: number } | undefined,
) {
  const names = agreement.placeNames;
  const agree =
    names.length === 1 ? '' : `; ${agreement.agree} of ${names.length} places must agree (${names.join(', ')})`;
  writeText(io.stderr, `${place} watches ${count(checks.length, 'check')}${agree}\n`);
  if (alerts.channels.length === 0)
    writeText(io.stderr, 'note: the file names no channel: no alert is sent from here\n');
  if (server === undefined) return;
  const host = server.host.includes(':') ? `[${server.host}]` : server.host;
  writeText(io.stderr, `metrics: http://${host}:${server.port}/metrics\n`);
}

async function listen(configuration: WatchConfiguration, metrics: WatchMetrics, watch: () => Watch | undefined) {
  const { listen: address, agreement } = configuration;
  if (address === undefined) return undefined;
  const reached = () => {
    const running = watch();
    if (running === undefined) throw new Error('it has not begun');
    return running;
  };
  try {
    return await startWatchServer({ ...address, token: agreement.token, watch: reached, metrics });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new DirectrixError('ADDRESS_UNAVAILABLE', `${address.host}:${address.port} cannot be listened on: ${code}.`, {
      kind: 'invalid',
      source: 'listen',
      hint: 'name another address with listen',
      cause: error,
    });
  }
}

/** Tells events as they come: a line on stderr, and with `--json` a document a line on stdout. */
function createTeller({ stdout, stderr }: Io, { clock }: World, isJson: boolean): (event: WatchEvent) => void {
  const unread = new Map<string, string>();
  return (event) => {
    if (event.kind === 'deployUnread') {
      const { code, message } = describeFailure(event.error);
      // It is tried every quarter of a minute: only what is new is told.
      if (unread.get(event.groupName) !== code)
        writeText(
          stderr,
          `${clockTime(clock.now())}  warning: rollouts of ${cleanLine(event.groupName)} are not known: ${code}: ${message}\n`,
        );
      unread.set(event.groupName, code);
      return;
    }
    if (event.kind === 'deploy') unread.delete(event.deploy.groupName);
    const line = tellWatchEvent(event);
    if (line === undefined) return;
    writeText(stderr, `${clockTime(clock.now())}  ${cleanLine(line)}\n`);
    if (isJson) stdout.write(`${JSON.stringify({ schema: 'directrix.watch-event/1', at: clock.now(), ...event })}\n`);
  };
}

function clockTime(at: number): string {
  return new Date(at).toISOString().slice(11, 19);
}
