// conduct-rollout: takes the lease, runs a rollout to its end, and leaves its story behind. What deploy, rollback, resume and abort
// have in common; they differ in the record that they begin with.
import { join } from 'node:path';
import {
  acquireLease,
  createJournal,
  createRolloutPorts,
  type Lease,
  type ReportSettings,
  recordGoodReleases,
  stateDirectoryOf,
  tidyRecordParts,
} from '@directrix/aws';
import { type RolloutEvent, type RolloutPorts, type RolloutRecord, run } from '@directrix/rollout';
import { type ExitCode, exitCode } from '../exit-code.js';
import { describeFailure, writeFailure } from '../failure.js';
import type { Io } from '../io.js';
import { documentOf, type RolloutDocument } from '../view/rollout-document.js';
import { createRolloutView } from '../view/rollout-view.js';
import { continueStory, storyOf } from '../view/story.js';
import type { World } from '../world.js';

/** Something that the journal must know, told before the first step. */
export interface Notice {
  readonly code: string;
  readonly text: string;
}

export interface RolloutRequest {
  /** `deploy`, `rollback`, `resume` or `abort`. */
  readonly command: string;
  readonly groupName: string;
  readonly rolloutId: string;
  readonly reports: ReportSettings;
  /** Default: below the state directory of the group. */
  readonly journalFile?: string;
  readonly notices?: readonly Notice[];
  /** The record to begin with, made under the lease. */
  begin(epoch: number): Promise<RolloutRecord>;
}

const requestTimeoutMs = 5_000;

/** A server is as fast as the wall's clock, whatever the lab's says. */
export function timeReports(reports: ReportSettings, { clock }: Pick<World, 'clock'>): ReportSettings {
  return { ...reports, timeoutMs: requestTimeoutMs * (clock.speed ?? 1) };
}

/** Runs it, and returns what it came to. Throws what was refused before anything was changed (GROUP_BUSY among it). */
export async function conductRollout(io: Io, world: World, request: RolloutRequest): Promise<RolloutDocument> {
  const { groupName, rolloutId, command } = request;
  const lease = await acquireLease(world, { groupName, rolloutId, command, holder: world.holder });
  try {
    const first = await request.begin(lease.epoch);
    return await runUnderLease(io, world, request, lease, first);
  } finally {
    // The lease runs out by itself when this fails too.
    await lease.release().catch(() => undefined);
  }
}

async function runUnderLease(
  io: Io,
  world: World,
  request: RolloutRequest,
  lease: Lease,
  first: RolloutRecord,
): Promise<RolloutDocument> {
  const { groupName, rolloutId, command } = request;
  const directory = stateDirectoryOf(groupName, io.env);
  const journal = createJournal(request.journalFile ?? join(directory, `${rolloutId}.jsonl`), (error) =>
    io.stderr.write(`warning: the journal is not written any more: ${error.message}\n`),
  );
  const view = createRolloutView(io);
  let story = storyOf(first);
  const tell = (event: RolloutEvent) => {
    journal.append(event);
    story = continueStory(story, event);
    view.show(event);
  };
  const ports = createRolloutPorts({
    clients: world.clients,
    clock: world.clock,
    fetch: world.fetch,
    lease,
    groupName,
    reports: timeReports(request.reports, world),
    bundleDirectory: join(directory, rolloutId),
    journal: tell,
  });
  const startedAt = world.clock.now();
  for (const notice of request.notices ?? []) tell({ kind: 'notice', at: startedAt, rolloutId, ...notice });
  const attempt = await attemptRun(first, ports, io.signal);
  view.close();
  if (attempt.record !== undefined) await remember(io, world, attempt.record);
  return {
    schema: 'directrix.rollout/1',
    command,
    group: groupName,
    rolloutId,
    ...documentOf(story),
    from: first.from,
    to: attempt.record?.to ?? first.to,
    ...concludeAttempt(io, attempt, story.finished?.text),
    startedAt: new Date(first.startedAt).toISOString(),
    elapsedMs: story.finished?.elapsedMs ?? world.clock.now() - startedAt,
    journal: journal.path,
  };
}

interface Attempt {
  /** Where run() came to; undefined when it threw. */
  readonly record?: RolloutRecord;
  readonly error?: unknown;
}

async function attemptRun(record: RolloutRecord, ports: RolloutPorts, signal: AbortSignal): Promise<Attempt> {
  try {
    return { record: await run(record, ports, signal) };
  } catch (error) {
    return { error };
  }
}

function concludeAttempt(
  io: Io,
  { record, error }: Attempt,
  told: string | undefined,
): Pick<RolloutDocument, 'outcome' | 'text' | 'error'> {
  if (record?.outcome !== undefined) return { outcome: record.outcome, text: record.needs ?? told ?? '' };
  if (io.signal.aborted)
    return { outcome: 'interrupted', text: `${String(io.signal.reason)}: stopped at a safe point.` };
  if (error !== undefined) writeFailure(io, error);
  const failure = error === undefined ? undefined : describeFailure(error);
  return { outcome: 'needsHuman', text: failure?.message ?? 'The rollout stopped without an outcome.', error: failure };
}

// Both releases were good: the one that serves now, and the one that served until then.
async function remember(
  io: Io,
  world: World,
  { outcome, from, to, groupName, rolloutId }: RolloutRecord,
): Promise<void> {
  if (outcome !== 'done' && outcome !== 'rolledBack') return;
  const at = world.clock.now();
  const good =
    outcome === 'done' && to.launchTemplateVersion !== undefined
      ? [{ ...to, launchTemplateVersion: to.launchTemplateVersion }, from]
      : [from];
  try {
    await recordGoodReleases(
      world.clients,
      groupName,
      good.map((release) => ({ ...release, at, rolloutId })),
    );
    await tidyRecordParts(world.clients, groupName);
  } catch (error) {
    // The group is as it should be; only the next rollback will need --to-version.
    io.stderr.write(`warning: the release was not remembered: ${(error as Error).message}\n`);
  }
}

export function exitCodeOf({ outcome }: Pick<RolloutDocument, 'outcome'>): ExitCode {
  switch (outcome) {
    case 'done':
    case 'unchanged':
      return exitCode.done;
    case 'rolledBack':
      return exitCode.failed;
    case 'refused':
      return exitCode.refused;
    case 'needsHuman':
      return exitCode.needsHuman;
    case 'interrupted':
      return exitCode.interrupted;
  }
}
