// logs of a group: what its instances shipped, between the events of its rollouts.
import { DirectrixError, type RolloutEvent } from '@directrix/rollout';
import { colorsFor } from '../../colors.js';
import type { CommandContext } from '../../command-context.js';
import { exitCode } from '../../exit-code.js';
import { describeFailure, writeFailure } from '../../failure.js';
import { findLogGroup } from '../../instance-logs/log-group.js';
import { interleave, type LogLine, LogReader } from '../../instance-logs/log-lines.js';
import { JournalTail } from '../../rollout/journal-tail.js';
import { listJournals } from '../../rollout/journals.js';
import { writeText } from '../../text/lines.js';
import { withWorld } from '../../with-world.js';
import type { World } from '../../world.js';
import { defaultSinceMs } from './default-since.js';
import { documentOfLine, formatLine } from './output.js';

export interface GroupLogsOptions {
  readonly group?: string;
  readonly instance?: string;
  readonly release?: string;
  /** Milliseconds. */
  readonly since?: number;
  readonly follow?: boolean;
  readonly logGroup?: string;
  readonly json?: boolean;
}

const betweenLooksMs = 2_000;

export async function runGroupLogs(context: CommandContext, options: GroupLogsOptions): Promise<void> {
  const { io } = context;
  try {
    await withWorld(context, (world) => show(context, world, options));
    context.setExitCode(io.signal.aborted ? exitCode.interrupted : exitCode.done);
  } catch (error) {
    if (io.signal.aborted) return context.setExitCode(exitCode.interrupted);
    writeFailure(io, error);
    if (options.json)
      io.stdout.write(`${JSON.stringify({ schema: 'directrix.log/1', error: describeFailure(error) })}\n`);
    context.setExitCode(exitCode.refused);
  }
}

async function show({ io }: CommandContext, world: World, options: GroupLogsOptions): Promise<void> {
  const { group, instance, release, since = defaultSinceMs, follow, json } = options;
  if (group === undefined)
    throw new DirectrixError('USAGE', 'Neither a rollout nor a group is named.', {
      kind: 'invalid',
      source: '--group',
      hint: 'directrix logs --group NAME, or directrix logs ROLLOUT',
    });
  const logGroupName = options.logGroup ?? (await findLogGroup(world, group));
  const from = world.clock.now() - since;
  const reader = new LogReader(world.clients, { logGroupName, instanceId: instance, release }, from);
  const journals = new GroupJournals(io.env, group);
  const colors = colorsFor(io.stdout, io.env);
  const write = (line: LogLine) => {
    const text = json ? JSON.stringify(documentOfLine(line)) : formatLine(line, colors);
    if (text !== undefined) writeText(io.stdout, `${text}\n`);
  };
  io.stderr.write(`${group}: ${logGroupName} since ${new Date(from).toISOString()}\n`);
  for (;;) {
    const events = (await journals.readNew()).filter(({ at }) => at >= from);
    for await (const line of interleave(events, reader.readNew(io.signal))) {
      write(line);
      // Whoever read it has enough.
      if (io.stdout.isClosed || io.signal.aborted) return;
    }
    if (follow !== true) return;
    await world.clock.sleep(betweenLooksMs, io.signal);
    if (io.stdout.isClosed) return;
  }
}

/** The events of all rollouts of the group that this machine has journals of. */
class GroupJournals {
  readonly #tails = new Map<string, JournalTail>();

  constructor(
    readonly env: CommandContext['io']['env'],
    readonly groupName: string,
  ) {}

  async readNew(): Promise<RolloutEvent[]> {
    const events: RolloutEvent[] = [];
    for (const { path } of await listJournals(this.env, this.groupName)) {
      const tail = this.#tails.get(path) ?? new JournalTail(path);
      this.#tails.set(path, tail);
      for (let read = await tail.read(); read.length > 0; read = await tail.read()) events.push(...read);
    }
    return events;
  }
}
