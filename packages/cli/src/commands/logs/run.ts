import { describeGroups, loadRecord } from '@directrix/aws';
import { DirectrixError, type RolloutEvent, type RolloutRecord } from '@directrix/rollout';
import { type Colors, colorsFor } from '../../colors.js';
import type { CommandContext } from '../../command-context.js';
import { exitCode } from '../../exit-code.js';
import { describeFailure, writeFailure } from '../../failure.js';
import { type JournalLines, listJournals, readEvents } from '../../rollout/journals.js';
import { writeText } from '../../text/lines.js';
import { tellNeedWithCode } from '../../text/need-text.js';
import { count } from '../../text/quantities.js';
import { colorOutcome, nameRelease } from '../../view/describe-event.js';
import { createLineTeller } from '../../view/journal-lines.js';
import { formatEvidence } from '../../view/rollout-document.js';
import { withWorld } from '../../with-world.js';

export interface LogsOptions {
  readonly rollout: string;
  readonly group?: string;
  readonly json?: boolean;
  /** Only of a group. */
  readonly instance?: string;
  readonly release?: string;
  readonly since?: number;
  readonly follow?: boolean;
  readonly logGroup?: string;
}

interface Found extends JournalLines {
  readonly groupName: string;
  /** Undefined: there is no journal here. */
  readonly journal?: string;
  readonly record?: RolloutRecord;
}

export async function runLogs(context: CommandContext, options: LogsOptions): Promise<void> {
  const { io } = context;
  try {
    refuseGroupOptions(options);
    const found = await find(context, options);
    const { groupName: group, journal, events, record, unreadableCount } = found;
    const document = {
      schema: 'directrix.logs/1',
      rolloutId: options.rollout,
      group,
      journal,
      events,
      unreadableCount,
      ...(journal === undefined ? { record } : {}),
    };
    const colors = colorsFor(io.stdout, io.env);
    writeText(io.stdout, options.json ? `${JSON.stringify(document, null, 2)}\n` : tell(found, colors));
    context.setExitCode(exitCode.done);
  } catch (error) {
    writeFailure(io, error);
    const refusal = { schema: 'directrix.logs/1', rolloutId: options.rollout, error: describeFailure(error) };
    if (options.json) io.stdout.write(`${JSON.stringify(refusal, null, 2)}\n`);
    context.setExitCode(exitCode.refused);
  }
}

function refuseGroupOptions({ instance, release, since, follow, logGroup }: LogsOptions): void {
  const [wrong] = Object.entries({ instance, release, since, follow, 'log-group': logGroup }).find(
    ([, value]) => value !== undefined,
  ) ?? [undefined];
  if (wrong === undefined) return;
  throw new DirectrixError('USAGE', `--${wrong} is for the logs of a group, and a rollout is named.`, {
    kind: 'invalid',
    source: `--${wrong}`,
    hint: 'leave the rollout out, and name the group with --group',
  });
}

async function find(context: CommandContext, { rollout, group }: LogsOptions): Promise<Found> {
  const journals = await listJournals(context.io.env, group);
  const own = journals.find(({ rolloutId }) => rolloutId === rollout);
  if (own !== undefined) return { groupName: own.groupName, journal: own.path, ...(await readEvents(own.path)) };
  const record = await findRecord(context, rollout, group);
  if (record !== undefined) return { groupName: record.groupName, record, events: [], unreadableCount: 0 };
  const known = journals.slice(-5).map(({ rolloutId }) => rolloutId);
  throw new DirectrixError(
    'ROLLOUT_NOT_FOUND',
    `Neither a journal here nor a record tells of the rollout ${rollout}.`,
    {
      kind: 'missing',
      source: 'argument rollout',
      hint:
        known.length > 0 ? `the last ones here are ${known.join(', ')}` : 'directrix history --group NAME lists them',
    },
  );
}

async function findRecord(context: CommandContext, rollout: string, group: string | undefined) {
  return withWorld(context, async ({ clients }) => {
    const names =
      group === undefined ? (await describeGroups(clients)).map((each) => each.AutoScalingGroupName ?? '') : [group];
    for (const name of names) {
      const record = await loadRecord(clients, name);
      if (record?.rolloutId === rollout) return record;
    }
    return undefined;
  });
}

function tell(found: Found, colors: Colors): string {
  if (found.record !== undefined) return tellRecord(found.record, colors);
  const tellLine = createLineTeller(colors);
  let untoldCount = found.unreadableCount;
  const lines = found.events.flatMap((event) => {
    try {
      return tellLine(event) ?? [];
    } catch {
      // A line of another version, whose parts are not what this one knows.
      untoldCount += 1;
      return [];
    }
  });
  const rest =
    untoldCount === 0 ? [] : [colors.yellow(`${count(untoldCount, 'line')} of ${found.journal} cannot be read`)];
  return `${[tellStart(found.events, found.groupName), ...lines, ...rest].join('\n')}\n`;
}

function tellStart(events: readonly RolloutEvent[], groupName: string): string {
  const [first] = events;
  return first === undefined
    ? `The journal of this rollout of ${groupName} is empty.`
    : `rollout ${first.rolloutId} of ${groupName}, times since ${new Date(first.at).toISOString()}`;
}

/** What is known without the journal, which is on the machine that deployed. */
function tellRecord(record: RolloutRecord, colors: Colors): string {
  const { rolloutId, groupName, from, to, startedAt, phase, outcome, needs, evidence, instances } = record;
  const state = outcome === undefined ? `in phase ${phase}` : colorOutcome(outcome, colors)(outcome);
  const verified = Object.values(instances).filter(({ verifiedAt }) => verifiedAt !== undefined).length;
  return `${[
    `rollout ${rolloutId} of ${groupName} began at ${new Date(startedAt).toISOString()}`,
    `  ${nameRelease(from)} -> ${nameRelease(to)}, ${state}`,
    `  ${count(verified, 'instance')} of ${to.version} verified`,
    ...evidence.flatMap(formatEvidence).map((line) => `  ${line}`),
    ...(needs === undefined ? [] : [`  needs ${tellNeedWithCode(needs)}`]),
    '  This is of its record: its journal is on the machine that deployed.',
  ].join('\n')}\n`;
}
