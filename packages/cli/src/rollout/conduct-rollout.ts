// conduct-rollout: takes the lease, runs a rollout to its end, and leaves its story behind. What deploy, rollback, resume and abort
// have in common; they differ in the record that they begin with.
import { join } from 'node:path';
import {
  acquireLease,
  createJournal,
  createRolloutPorts,
  type Lease,
  type ReportSettings,
  rememberRollout,
  stateDirectoryOf,
  tidyApprovals,
  tidyRecordParts,
} from '@directrix/aws';
import { type Notice, type RolloutEvent, type RolloutPorts, type RolloutRecord, run } from '@directrix/rollout';
import { type ExitCode, exitCode } from '../exit-code.js';
import { describeFailure, isExplained, writeFailure } from '../failure.js';
import { keepLogsOfRollout } from '../instance-logs/keep-logs.js';
import type { Io } from '../io.js';
import { keepNetwork } from '../preflight/keep-network.js';
import { tellEnding } from '../text/ending-text.js';
import { documentOf, type RolloutDocument } from '../view/rollout-document.js';
import { createRolloutView } from '../view/rollout-view.js';
import { continueStory, type Story, storyOf } from '../view/story.js';
import type { World } from '../world.js';
import { answerCheckpoints } from './answer-checkpoints.js';
import { countedRequestsFile } from './counted-requests.js';
import type { NotificationSettings } from './notification-settings.js';
import { createNotifier } from './notify.js';
import { createLooked, type Looked } from './observed-group.js';
import { UnexpectedUnderLease } from './unexpected-under-lease.js';
import { watchProof } from './watch-proof.js';
import { watchRequests } from './watch-requests.js';

export interface RolloutRequest {
  /** `deploy`, `rollback`, `resume` or `abort`. */
  readonly command: string;
  readonly groupName: string;
  readonly rolloutId: string;
  readonly reports: ReportSettings;
  /** Default: below the state directory of the group. */
  readonly journalFile?: string;
  /** That has looked at the group already. */
  readonly looked?: Looked;
  /** Who is told what becomes of it. */
  readonly notifications?: readonly NotificationSettings[];
  /** What the journal must know before the first step. */
  readonly notices?: readonly Notice[];
  /** The record to begin with, made under the lease. */
  begin(epoch: number): Promise<RolloutRecord>;
}

const requestTimeoutMs = 5_000;

/** A server is as fast as the wall's clock, whatever the lab's says. */
export function timeReports(reports: ReportSettings, { clock }: Pick<World, 'clock'>): ReportSettings {
  return { ...reports, timeoutMs: requestTimeoutMs * (clock.speed ?? 1) };
}

/**
 * Runs it, and returns what it came to. Throws what was refused before anything was changed (GROUP_BUSY among it), and UnexpectedUnderLease
 * once that is not certain.
 */
export async function conductRollout(io: Io, world: World, request: RolloutRequest): Promise<RolloutDocument> {
  const document = await conductUnderLease(io, world, request);
  // After the lease: nothing of the group waits for a log.
  await keepLogsOfRollout(io, world, request);
  return document;
}

async function conductUnderLease(io: Io, world: World, request: RolloutRequest): Promise<RolloutDocument> {
  const { groupName, rolloutId, command } = request;
  const lease = await acquireLease(world, { groupName, rolloutId, command, holder: world.holder });
  let wentWrong = false;
  try {
    const first = await request.begin(lease.epoch).catch((error) => {
      // What was refused is explained, and was refused before the first change. Of a defect nobody knows.
      throw isExplained(error) || error instanceof UnexpectedUnderLease ? error : new UnexpectedUnderLease(error);
    });
    try {
      const stage = await openStage(io, world, request, lease, first);
      const attempt: Attempt = await run(first, stage.ports, io.signal).then(
        (record) => ({ record }),
        (error: unknown) => ({ error }),
      );
      await stage.close(attempt);
      if (attempt.record !== undefined) await remember(io, world, attempt.record);
      wentWrong = attempt.record?.outcome === 'rolledBack' || attempt.record?.outcome === 'needsHuman';
      return describeAttempt(io, world, request, first, attempt, stage);
    } catch (error) {
      throw new UnexpectedUnderLease(error);
    }
  } finally {
    // The lease runs out by itself when this fails too.
    await lease.release().catch(() => undefined);
    if (wentWrong && !io.signal.aborted) await keepNetwork(io.env, world, groupName);
  }
}

/** Where run() came to, or what it threw. */
interface Attempt {
  readonly record?: RolloutRecord;
  readonly error?: unknown;
}

/** What a rollout runs on: its ports, and everybody who is told of it. */
interface Stage {
  readonly ports: RolloutPorts;
  readonly startedAt: number;
  readonly journalPath: string;
  /** As far as it was told. */
  readonly story: () => Story;
  /** Ends the prober, the hooks and the picture, and sends what is still to be told. */
  close(attempt: Attempt): Promise<void>;
}

async function openStage(
  io: Io,
  world: World,
  request: RolloutRequest,
  lease: Lease,
  first: RolloutRecord,
): Promise<Stage> {
  const { groupName, rolloutId, command } = request;
  const directory = stateDirectoryOf(groupName, io.env);
  const journal = createJournal(request.journalFile ?? join(directory, `${rolloutId}.jsonl`), (error) =>
    io.stderr.write(`warning: the journal is not written any more: ${error.message}\n`),
  );
  const view = createRolloutView(io, first);
  let story = storyOf(first);
  const tell = (event: RolloutEvent) => {
    journal.append(event);
    story = continueStory(story, event);
    view.show(event);
    checkpoints.hear(event);
    notifier.hear(event);
  };
  const looked = request.looked ?? createLooked(world);
  const bundleDirectory = join(directory, rolloutId);
  const { from, to } = first;
  const notifier = createNotifier(
    io,
    world,
    request.notifications ?? [],
    { command, groupName, rolloutId, from, to },
    (event) => tell(event),
  );
  const checkpoints = answerCheckpoints(io, world, { command, record: first, directory: bundleDirectory, tell });
  const ports = createRolloutPorts({
    clients: world.clients,
    clock: world.clock,
    fetch: world.fetch,
    lease,
    groupName,
    // As the deploy said it, who resumes need not.
    reports: timeReports({ versionHeader: first.options.requests?.versionHeader, ...request.reports }, world),
    ...looked,
    bundleDirectory,
    journal: tell,
  });
  const startedAt = world.clock.now();
  const tellNotice = (notice: Notice) => tell({ kind: 'notice', at: startedAt, rolloutId, notice });
  for (const notice of [...findClockSkew(world), ...(request.notices ?? [])]) tellNotice(notice);
  const countsFile = countedRequestsFile(io.env, groupName, rolloutId);
  const watching = await watchRequests(world, first, checkpoints.wrap(ports), looked, countsFile);
  if (watching.trouble !== undefined) tellNotice({ code: 'REQUESTS_NOT_WATCHED', trouble: watching.trouble });
  const proving = await watchProof(world, first, watching.ports, request.reports);
  return {
    ports: proving.ports,
    startedAt,
    journalPath: journal.path,
    story: () => story,
    async close({ error }) {
      await proving.stop();
      await watching.stop();
      await checkpoints.stop();
      if (error !== undefined && !io.signal.aborted) {
        const { message, code } = describeFailure(error);
        notifier.stopped(message, code);
      }
      await notifier.stop();
      view.close();
    },
  };
}

function describeAttempt(
  io: Io,
  world: World,
  { command, groupName, rolloutId }: RolloutRequest,
  first: RolloutRecord,
  attempt: Attempt,
  { startedAt, journalPath, story }: Stage,
): RolloutDocument {
  const told = story();
  return {
    schema: 'directrix.rollout/1',
    command,
    group: groupName,
    rolloutId,
    ...documentOf(told),
    from: first.from,
    to: attempt.record?.to ?? first.to,
    need: attempt.record?.needs,
    ...concludeAttempt(io, attempt, told.finished && tellEnding(told.finished.ending, groupName)),
    startedAt: new Date(first.startedAt).toISOString(),
    elapsedMs: told.finished?.elapsedMs ?? world.clock.now() - startedAt,
    journal: journalPath,
  };
}

/** Below this nobody needs to know. */
const toldSkewMs = 5_000;

function findClockSkew({ awsClockOffsetMs }: World): readonly Notice[] {
  const offsetMs = awsClockOffsetMs?.() ?? 0;
  return Math.abs(offsetMs) < toldSkewMs ? [] : [{ code: 'CLOCK_SKEWED', offsetMs }];
}

function concludeAttempt(
  io: Io,
  { record, error }: Attempt,
  told: string | undefined,
): Pick<RolloutDocument, 'outcome' | 'text' | 'error'> {
  if (record?.outcome !== undefined) return { outcome: record.outcome, text: told ?? '' };
  if (io.signal.aborted)
    return { outcome: 'interrupted', text: `${String(io.signal.reason)}: stopped at a safe point.` };
  if (error !== undefined) writeFailure(io, error);
  const failure = error === undefined ? undefined : describeFailure(error);
  return { outcome: 'needsHuman', text: failure?.message ?? 'The rollout stopped without an outcome.', error: failure };
}

/** Puts what an ended rollout came to on record, and clears away what only its record needed. Never throws: it warns. */
export async function remember(io: Io, world: World, record: RolloutRecord): Promise<void> {
  if (record.outcome !== 'done' && record.outcome !== 'rolledBack') return;
  try {
    await rememberRollout(world.clients, record, world.clock.now());
    await tidyRecordParts(world.clients, record.groupName);
    if (record.options.approvals !== undefined) await tidyApprovals(world.clients, record.groupName);
  } catch (error) {
    // The group is as it should be, and the record has it too: the next command remembers it.
    const { code, message } = describeFailure(error);
    io.stderr.write(`warning: the release was not remembered: ${code}: ${message}\n`);
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
