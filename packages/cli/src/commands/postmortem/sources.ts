// sources: what is read for a postmortem. Each file is checked against a schema; a source that is not there is told, not guessed.
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createActivityReader, describeParameters, stateDirectoryOf } from '@directrix/aws';
import { DirectrixError } from '@directrix/rollout';
import {
  type FindingSeen,
  type JournalEvent,
  type PreflightRun,
  type ProbedIncident,
  type RequestSecond,
  readJournal,
  readSightings,
  type Span,
  type Statement,
  statementOfActivities,
  statementOfIncidents,
} from '@directrix/timeline';
import { History, StateLog, type Trouble } from '@directrix/watch';
import { z } from 'zod';
import type { Io } from '../../io.js';
import { finding, type KeptPreflight } from '../../preflight/kept-preflights.js';
import { countedRequestsFile, readCountedRequests } from '../../rollout/counted-requests.js';
import type { World } from '../../world.js';

const requestSecond = z.object({
  at: z.number(),
  succeeded: z.number().int().min(0),
  failed: z.number().int().min(0),
  failures: z.record(z.string(), z.number()).optional(),
});

const preflightDocument = z.looseObject({
  schema: z.literal('directrix.preflight/1'),
  findings: z.array(finding),
  skipped: z.array(finding).default([]),
});

/** The events of all journals of the group on this machine, or of the files named. Unreadable lines are told on stderr. */
export async function readJournals(io: Io, groupName: string, files: readonly string[]): Promise<JournalEvent[]> {
  const found = files.length > 0 ? files : await listJournals(stateDirectoryOf(groupName, io.env));
  const events: JournalEvent[] = [];
  for (const file of found) {
    const reading = readJournal(await readText(file, '--journal'));
    events.push(...reading.events);
    if (reading.unreadableCount > 0)
      io.stderr.write(`warning: ${reading.unreadableCount} lines of ${file} cannot be read and are left out\n`);
  }
  return events;
}

async function listJournals(directory: string): Promise<string[]> {
  try {
    const names = await readdir(directory);
    return names
      .filter((name) => name.endsWith('.jsonl'))
      .sort()
      .map((name) => join(directory, name));
  } catch {
    return [];
  }
}

/** The users' requests by the second. Throws REQUESTS_UNREADABLE with the line. */
export async function readRequests(file: string): Promise<RequestSecond[]> {
  const lines = (await readText(file, '--requests')).split('\n');
  return lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    const checked = requestSecond.safeParse(parseJson(line));
    if (checked.success) return [checked.data];
    throw new DirectrixError('REQUESTS_UNREADABLE', `Line ${index + 1} of ${file} is not a second of requests.`, {
      kind: 'invalid',
      source: '--requests',
      hint: 'a line is {"at": epoch milliseconds, "succeeded": 50, "failed": 0, "failures": {"502": 0}}',
    });
  });
}

/** What preflight said, and what of it the operator set aside. `wasBefore`: it said so before the incident. */
export async function readFindings(io: Io, file: string, wasBefore = false): Promise<FindingSeen[]> {
  const source = wasBefore ? '--findings-before' : '--findings';
  const text = file === '-' ? ((await io.stdin?.readAll()) ?? '') : await readText(file, source);
  const checked = preflightDocument.safeParse(parseJson(text));
  if (!checked.success)
    throw new DirectrixError('FINDINGS_UNREADABLE', `${file} is not the output of directrix preflight --json.`, {
      kind: 'invalid',
      source,
      hint: 'directrix preflight --group web --json > findings.json',
    });
  const seen = (found: z.infer<typeof finding>, isSkipped: boolean): FindingSeen => ({
    ...foundBy(found, isSkipped),
    wasSaidBefore: isSkipped || wasBefore,
  });
  const { findings, skipped } = checked.data;
  return [
    ...skipped.map((found) => seen(found, true)),
    ...findings.filter(({ severity }) => severity === 'error').map((found) => seen(found, false)),
  ];
}

/** What a rollout was told before it began, and overrode: its journal has it. */
export function findingsOfJournal(events: readonly JournalEvent[]): FindingSeen[] {
  return events.flatMap((event) =>
    event.kind === 'skipped'
      ? [
          {
            code: event.code,
            subject: event.subject,
            message: event.finding,
            commands: [],
            isSkipped: true,
            wasSaidBefore: true,
            saidAt: event.at,
          },
        ]
      : [],
  );
}

/** What the looks of preflight that were kept here said. */
export function runsOf(looks: readonly KeptPreflight[]): PreflightRun[] {
  return looks.flatMap(({ at, said }) =>
    said === undefined
      ? []
      : [
          {
            at,
            findings: [
              ...said.skipped.map((found) => foundBy(found, true)),
              ...said.findings.filter(({ severity }) => severity === 'error').map((found) => foundBy(found, false)),
            ],
          },
        ],
  );
}

function foundBy({ code, subject, message, fix }: z.infer<typeof finding>, isSkipped: boolean) {
  return { code, subject, message, fix: fix?.text, commands: fix?.commands ?? [], isSkipped };
}

/** What the prober of each rollout heard; undefined where none was kept here. */
export function readRolloutRequests(
  io: Io,
  groupName: string,
  rolloutIds: readonly string[],
): readonly RequestSecond[] | undefined {
  const seconds = rolloutIds.flatMap((id) => readCountedRequests(countedRequestsFile(io.env, groupName, id)));
  return seconds.length === 0 ? undefined : seconds;
}

/** Each look of the places as a request; undefined where they have none in this time. */
export function readLooks(
  directories: readonly string[],
  { since, until }: Span,
): readonly RequestSecond[] | undefined {
  const seconds = directories.flatMap((directory) => {
    const history = new History({ directory: join(directory, 'history'), days: 90 });
    return history.checks().flatMap((name) =>
      [...history.looks(name, { since, until })].flatMap(({ at, outcome, code, statusCode }): RequestSecond[] => {
        if (outcome === 'cutOff') return [];
        if (outcome === 'good') return [{ at, succeeded: 1, failed: 0 }];
        return [{ at, succeeded: 0, failed: 1, failures: { [code ?? String(statusCode)]: 1 } }];
      }),
    );
  });
  return seconds.length === 0 ? undefined : seconds;
}

/** What the group did, by AWS. AWS keeps it for six weeks. */
export async function readActivities(world: World, groupName: string, since: number): Promise<Statement> {
  const activities = await createActivityReader(world.clients).read(groupName, since);
  return { sightings: statementOfActivities(activities) };
}

/** The incidents that a place of `directrix watch` keeps in its directory. Throws FILE_UNREADABLE when nothing is there. */
export function readIncidents(directory: string): Statement {
  const file = join(directory, 'state.jsonl');
  if (!existsSync(file))
    throw new DirectrixError('FILE_UNREADABLE', `${file} is not there: ${directory} is not of directrix watch.`, {
      kind: 'invalid',
      source: '--watch',
      hint: 'a place keeps what it saw in ~/.local/state/directrix-watch/PLACE',
    });
  const { ended, states } = StateLog.read(file);
  const open = [...states.values()].flatMap((state) => (state.kind === 'open' ? [{ incident: state.incident }] : []));
  const incidents = [...ended, ...open].map(({ incident, ...rest }): ProbedIncident => {
    const { id, check, beganAt, openedAt, places, trouble } = incident;
    const endedAt = 'endedAt' in rest ? { endedAt: rest.endedAt as number } : {};
    return { id, check, beganAt, openedAt, places, codes: codesOf(trouble), ...endedAt };
  });
  // One that was opened again is among the ended ones too, with an end that was none.
  const isOpen = new Set(open.map(({ incident }) => incident.id));
  return {
    sightings: statementOfIncidents(incidents.filter(({ id, endedAt }) => !isOpen.has(id) || endedAt === undefined)),
  };
}

function codesOf(trouble: Trouble | undefined): readonly string[] {
  if (trouble === undefined) return [];
  return trouble.kind === 'mismatch'
    ? trouble.codes
    : [trouble.kind === 'failure' ? trouble.code : 'CERTIFICATE_EXPIRES'];
}

/** What others saw. Unreadable lines are told on stderr. */
export async function readWitness(io: Io, file: string): Promise<Statement> {
  const { sightings, unreadableCount } = readSightings(await readText(file, '--witness'));
  if (unreadableCount > 0)
    io.stderr.write(`warning: ${unreadableCount} lines of ${file} are no sightings and are left out\n`);
  return { sightings };
}

/** The parameters below `path` that were last written within the span: their names, and no value. */
export async function readSecretChanges({ clients }: World, path: string, { since, until }: Span): Promise<Statement> {
  const found = await describeParameters(clients.ssm, { below: path });
  return {
    sightings: found.flatMap(({ Name, LastModifiedDate }) => {
      const at = LastModifiedDate?.getTime();
      if (Name === undefined || at === undefined || at < since || at > until) return [];
      return [{ at, sighting: { witness: 'secrets', what: 'written', name: Name } as const }];
    }),
  };
}

async function readText(file: string, source: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new DirectrixError('FILE_UNREADABLE', `${file} cannot be read: ${(error as NodeJS.ErrnoException).code}.`, {
      kind: 'invalid',
      source,
      cause: error,
    });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
