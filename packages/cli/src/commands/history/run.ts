import { readFile } from 'node:fs/promises';
import { type GoodRelease, loadHistory, loadRecord } from '@directrix/aws';
import type { RolloutRecord } from '@directrix/rollout';
import { type JournalEvent, readJournal } from '@directrix/timeline';
import { colorsFor } from '../../colors.js';
import type { CommandContext } from '../../command-context.js';
import { exitCode } from '../../exit-code.js';
import { describeFailure, writeFailure } from '../../failure.js';
import { listJournals } from '../../rollout/journals.js';
import { writeText } from '../../text/lines.js';
import { withWorld } from '../../with-world.js';
import { formatHistory, type HistoryDocument, type PastRollout } from './output.js';

export interface HistoryOptions {
  readonly group: string;
  readonly limit: number;
  readonly json?: boolean;
}

export async function runHistory(context: CommandContext, options: HistoryOptions): Promise<void> {
  const { io } = context;
  try {
    const [[releases, record], journals] = await Promise.all([
      withWorld(context, ({ clients }) =>
        Promise.all([loadHistory(clients, options.group), loadRecord(clients, options.group)]),
      ),
      readAll(io.env, options.group),
    ]);
    const rollouts = unite([...journals, ...(record === undefined ? [] : [ofRecord(record)]), ...ofReleases(releases)]);
    const document: HistoryDocument = {
      schema: 'directrix.history/1',
      group: options.group,
      rollouts: rollouts.slice(0, options.limit),
      rolloutCount: rollouts.length,
      releases: releases.map(({ at, withdrawnAt, ...release }) => ({
        ...release,
        at: iso(at),
        ...(withdrawnAt === undefined ? {} : { withdrawnAt: iso(withdrawnAt) }),
      })),
    };
    const colors = colorsFor(io.stdout, io.env);
    writeText(io.stdout, options.json ? `${JSON.stringify(document, null, 2)}\n` : formatHistory(document, colors));
    context.setExitCode(exitCode.done);
  } catch (error) {
    writeFailure(io, error);
    const refusal = { schema: 'directrix.history/1', group: options.group, error: describeFailure(error) };
    if (options.json) io.stdout.write(`${JSON.stringify(refusal, null, 2)}\n`);
    context.setExitCode(exitCode.refused);
  }
}

async function readAll(env: Readonly<Record<string, string | undefined>>, groupName: string): Promise<PastRollout[]> {
  const rollouts: PastRollout[] = [];
  for (const { path, rolloutId } of await listJournals(env, groupName)) {
    // A journal that cannot be read hides no other.
    const text = await readFile(path, 'utf8').catch(() => '');
    const { events } = readJournal(text);
    if (events.length > 0) rollouts.push(ofJournal(rolloutId, events, path));
  }
  return rollouts;
}

function ofJournal(rolloutId: string, events: readonly JournalEvent[], journal: string): PastRollout {
  const started = events.find((event) => event.kind === 'started');
  const finished = events.findLast((event) => event.kind === 'finished');
  const evidence = events.flatMap((event) => (event.kind === 'evidence' ? [event.code] : []));
  // Resumed after its end, it is not ended.
  const isEnded = finished !== undefined && events.at(-1) === finished;
  return {
    rolloutId,
    startedAt: iso(events[0]?.at ?? 0),
    endedAt: isEnded ? iso(finished.at) : undefined,
    from: started?.from,
    to: started?.to,
    outcome: isEnded ? finished.outcome : 'unfinished',
    evidence: [...new Set(evidence)],
    need: isEnded ? finished.needCode : undefined,
    journal,
  };
}

function ofRecord({ rolloutId, startedAt, from, to, outcome, evidence, needs }: RolloutRecord): PastRollout {
  return {
    rolloutId,
    startedAt: iso(startedAt),
    from: from.version,
    to: to.version,
    outcome: outcome ?? 'unfinished',
    evidence: [...new Set(evidence.map(({ code }) => code))],
    need: needs?.code,
  };
}

/** Of a rollout of another machine, its end is on record with what was good then. */
function ofReleases(releases: readonly GoodRelease[]): PastRollout[] {
  const ids = [...new Set(releases.map(({ rolloutId }) => rolloutId))];
  return ids.map((rolloutId) => {
    const [first, second] = releases.filter((release) => release.rolloutId === rolloutId);
    return ofRemembered(rolloutId, first, second);
  });
}

function ofRemembered(rolloutId: string, first?: GoodRelease, second?: GoodRelease): PastRollout {
  return {
    rolloutId,
    endedAt: iso(first?.at ?? 0),
    // Both are remembered when a rollout has ended well: the new one first.
    from: second?.version,
    to: second === undefined ? undefined : first?.version,
    outcome: second === undefined ? undefined : 'done',
    evidence: [],
  };
}

/** One for each rollout, the newest first: what one source does not say, the next may. The record knows best how it stands. */
function unite(rollouts: readonly PastRollout[]): PastRollout[] {
  const united = new Map<string, PastRollout>();
  for (const rollout of rollouts) {
    const known = united.get(rollout.rolloutId);
    const isNews = known?.outcome === 'unfinished' && rollout.outcome !== undefined;
    united.set(rollout.rolloutId, {
      ...rollout,
      ...known,
      endedAt: known?.endedAt ?? rollout.endedAt,
      ...(isNews ? { outcome: rollout.outcome, need: rollout.need } : {}),
    });
  }
  const timeOf = ({ startedAt, endedAt }: PastRollout) => startedAt ?? endedAt ?? '';
  return [...united.values()].sort((left, right) => timeOf(right).localeCompare(timeOf(left)));
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
