// sources: what the page shows, read again and again until it is ended: journals often, AWS seldom.
import { existsSync, readdirSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { loadRecord } from '@directrix/aws';
import {
  addSample,
  type Board,
  foldRollout,
  type Latency,
  type LatencySample,
  type PastRollout,
  type RolloutView,
  type UptimeCheck,
  withLatencies,
} from '@directrix/dashboard';
import type { RolloutEvent } from '@directrix/rollout';
import { readJournal } from '@directrix/timeline';
import { History, StateLog } from '@directrix/watch';
import picocolors from 'picocolors';
import { describeFailure } from '../../failure.js';
import type { Io } from '../../io.js';
import { type CountedSecond, countedRequestsFile, readCountedRequests } from '../../rollout/counted-requests.js';
import { JournalTail } from '../../rollout/journal-tail.js';
import { type JournalFile, listJournals } from '../../rollout/journals.js';
import { tellEvidence } from '../../text/evidence-text.js';
import { tellHold } from '../../text/hold-text.js';
import { cleanLine } from '../../text/lines.js';
import { createLineTeller } from '../../view/journal-lines.js';
import type { World } from '../../world.js';
import { describeOverview } from '../status/overview.js';
import { watchDirectoryOf } from '../watch/state.js';

const words = {
  tellEvidence: ({ evidence }: Extract<RolloutEvent, { kind: 'evidence' }>) => cleanLine(tellEvidence(evidence)),
  tellHolds: ({ heldBy }: Extract<RolloutEvent, { kind: 'waiting' }>) =>
    heldBy.map((hold) => cleanLine(tellHold(hold))),
};

/** Follows the newest journal of each group. */
export class RolloutSource {
  readonly #board: Board;
  readonly #env: Io['env'];
  readonly #followed = new Map<string, { readonly rolloutId: string; read(): Promise<void> }>();
  readonly #views = new Map<string, RolloutView>();
  /** Rollouts that had ended when their latencies were read. */
  readonly #isRead = new Set<string>();

  constructor(board: Board, env: Io['env']) {
    this.#board = board;
    this.#env = env;
  }

  /** Looks which journals there are. */
  async find(): Promise<void> {
    const newest = new Map<string, JournalFile>();
    for (const journal of await listJournals(this.#env)) newest.set(journal.groupName, journal);
    for (const [groupName, journal] of newest)
      if (this.#followed.get(groupName)?.rolloutId !== journal.rolloutId)
        this.#followed.set(groupName, this.#follow(journal));
  }

  async read(): Promise<void> {
    for (const followed of this.#followed.values()) await followed.read();
  }

  /** The groups with a rollout that has no outcome yet. */
  running(): RolloutView[] {
    return [...this.#views.values()].filter(({ outcome }) => outcome === undefined);
  }

  /** Adds how long answers took, as the deployer of this machine keeps it. The last look of a rollout comes after its end. */
  readLatencies(): void {
    for (const [groupName, view] of this.#views) {
      if (view.outcome !== undefined && view.latencies !== undefined && this.#isRead.has(view.rolloutId)) continue;
      if (view.outcome !== undefined) this.#isRead.add(view.rolloutId);
      const seconds = readCountedRequests(countedRequestsFile(this.#env, groupName, view.rolloutId));
      const next = withLatencies(view, latenciesOf(seconds, view));
      if (next !== view) this.#show(groupName, next);
    }
  }

  /** Adds what the gate has counted by now. */
  async sample(world: World, { groupName, rolloutId }: RolloutView): Promise<void> {
    const record = await loadRecord(world.clients, groupName);
    const view = this.#views.get(groupName);
    const gate = record?.gates?.requests;
    if (gate === undefined || record?.rolloutId !== rolloutId || view?.rolloutId !== rolloutId) return;
    this.#show(groupName, addSample(view, world.clock.now(), gate));
  }

  #show(groupName: string, view: RolloutView): void {
    this.#views.set(groupName, view);
    this.#board.set(`rollout/${groupName}`, view);
  }

  #follow({ groupName, rolloutId, path }: JournalFile) {
    const tail = new JournalTail(path);
    const tell = createLineTeller(picocolors.createColors(false));
    return {
      rolloutId,
      read: async () => {
        let view = this.#views.get(groupName);
        for (const event of await tail.read()) {
          try {
            view = { ...foldRollout(view, event, words), groupName };
            const line = tell(event)?.replace(/^[\d:]+ {2}/, '');
            if (line !== undefined) this.#board.say({ at: event.at, groupName, text: cleanLine(line) });
          } catch {
            // A line of another version is left out, as everywhere that journals are told.
          }
        }
        if (view !== undefined && view !== this.#views.get(groupName)) this.#show(groupName, view);
      },
    };
  }
}

function latenciesOf(seconds: readonly CountedSecond[], { from, to }: RolloutView): LatencySample[] {
  return seconds.map(({ at, latencies = {} }) => {
    const sample: { at: number; new?: Latency; old?: Latency; unknown?: Latency } = { at };
    for (const [version, latency] of Object.entries(latencies)) {
      const who = from === to ? 'unknown' : version === to ? 'new' : version === from ? 'old' : 'unknown';
      sample[who] = latency;
    }
    return sample;
  });
}

/** Every group with its last rollout. What AWS does not answer is said in the log. */
export async function readGroups(board: Board, world: World): Promise<void> {
  try {
    const { groups } = await describeOverview(world);
    const rows = groups.map(({ rollout, error, ...group }) => ({
      ...group,
      ...(rollout === undefined ? {} : { rollout: { ...rollout, from: rollout.from.version, to: rollout.to.version } }),
      ...(error === undefined ? {} : { trouble: error.code }),
    }));
    if (JSON.stringify(rows) !== JSON.stringify(board.get('groups'))) board.set('groups', rows);
  } catch (error) {
    const { code, message } = describeFailure(error);
    board.set('groupsTrouble', cleanLine(`The groups cannot be read: ${code}: ${message}`));
    board.say({
      at: world.clock.now(),
      groupName: '',
      text: cleanLine(`the groups cannot be read: ${code}: ${message}`),
    });
  }
}

const historyCountMax = 200;

/** The rollouts of this machine. A journal is read again only when it has changed. */
export function createHistoryReader(board: Board, env: Io['env']): () => Promise<void> {
  const known = new Map<string, { readonly mtimeMs: number; readonly past: PastRollout | undefined }>();
  return async () => {
    const journals = (await listJournals(env))
      .sort((a, b) => b.rolloutId.localeCompare(a.rolloutId))
      .slice(0, historyCountMax);
    for (const journal of journals) {
      const { mtimeMs } = await stat(journal.path).catch(() => ({ mtimeMs: 0 }));
      if (known.get(journal.path)?.mtimeMs !== mtimeMs)
        known.set(journal.path, { mtimeMs, past: await readPast(journal) });
    }
    const rollouts = journals.flatMap(({ path }) => known.get(path)?.past ?? []);
    if (JSON.stringify(rollouts) !== JSON.stringify(board.get('history'))) board.set('history', rollouts);
  };
}

async function readPast({ path, groupName, rolloutId }: JournalFile): Promise<PastRollout | undefined> {
  const { events } = readJournal(await readFile(path, 'utf8').catch(() => ''));
  const [first, last] = [events[0], events.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const started = events.find((event) => event.kind === 'started');
  return {
    groupName,
    rolloutId,
    startedAt: first.at,
    from: started?.from,
    to: started?.to,
    outcome: last.kind === 'finished' ? last.outcome : 'unfinished',
    ...(last.kind === 'finished' ? { endedAt: last.at } : {}),
    evidence: [...new Set(events.flatMap((event) => (event.kind === 'evidence' ? [event.code] : [])))],
  };
}

const uptimeDays = 90;
const incidentCountMax = 50;

/** The directories of places on this machine. */
export function listPlaces(io: Pick<Io, 'env' | 'cwd'>): string[] {
  const root = dirname(watchDirectoryOf(io, 'any'));
  if (!existsSync(root)) return [];
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(root, name));
}

/** 90 days of each check of each place. */
export function readUptime(board: Board, directories: readonly string[], now: number): void {
  const checks = directories
    .filter((directory) => existsSync(join(directory, 'history')))
    .flatMap((directory) => {
      const history = new History({ directory: join(directory, 'history'), days: uptimeDays });
      const { states, ended } = StateLog.read(join(directory, 'state.jsonl'));
      return history.checks().map((name): UptimeCheck => {
        const state = states.get(name);
        const span = { since: now - uptimeDays * 86_400_000, until: now };
        return {
          place: basename(directory),
          name,
          days: history
            .summarize(name, span)
            .map(({ day, goodCount, badCount, medianMs, p95Ms }) => ({ day, goodCount, badCount, medianMs, p95Ms })),
          ...(state?.kind === 'open'
            ? { openIncident: { id: state.incident.id, beganAt: state.incident.beganAt } }
            : {}),
          incidents: ended
            .filter(({ incident }) => incident.check === name)
            .map(({ incident: { id, beganAt }, endedAt }) => ({ id, beganAt, endedAt }))
            .reverse()
            .slice(0, incidentCountMax),
        };
      });
    });
  if (JSON.stringify(checks) !== JSON.stringify(board.get('uptime'))) board.set('uptime', checks);
}
