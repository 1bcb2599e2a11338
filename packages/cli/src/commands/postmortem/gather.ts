// gather: everything that is known of a time, from this machine, from files that were named, and from AWS.
import {
  addFindings,
  type JournalEvent,
  type PostmortemRequest,
  type Span,
  type Statement,
  statementOfJournal,
} from '@directrix/timeline';
import { describeFailure } from '../../failure.js';
import type { Io } from '../../io.js';
import { readGroupNetwork } from '../../preflight/group-network.js';
import { type KeptPreflight, readKeptPreflights } from '../../preflight/kept-preflights.js';
import type { World } from '../../world.js';
import { findAlarmNames, readAlarmChanges, readBakes } from './aws-sources.js';
import { readTroubleLines } from './log-source.js';
import { type NetworkLook, statementOfNetwork } from './network-changes.js';
import {
  findingsOfJournal,
  readActivities,
  readFindings,
  readIncidents,
  readLooks,
  readRequests,
  readRolloutRequests,
  readSecretChanges,
  readWitness,
  runsOf,
} from './sources.js';

export interface SourceOptions {
  readonly group: string;
  readonly requests?: string;
  readonly findings?: string;
  readonly findingsBefore?: string;
  readonly watch?: readonly string[];
  readonly secrets?: readonly string[];
  readonly alarm?: readonly string[];
  readonly logGroup?: string;
  readonly witness?: readonly string[];
  readonly offline?: boolean;
}

/** The network as it is now tells of an incident only while that is not long ago. */
const nowCountsMs = 60 * 60_000;

export async function gatherSources(
  io: Io,
  world: World,
  options: SourceOptions,
  events: readonly JournalEvent[],
  span: Span,
): Promise<PostmortemRequest> {
  const { group: groupName } = options;
  const within = events.filter(({ at }) => at >= span.since && at <= span.until);
  const kept = readKeptPreflights(io.env, groupName, span, world.choice);
  const statements: Statement[] = [{ sightings: statementOfJournal(events) }];
  for (const directory of options.watch ?? []) statements.push(readIncidents(directory));
  for (const file of options.witness ?? []) statements.push(await readWitness(io, file));
  const looks = networkLooksOf(kept);
  if (options.offline !== true) {
    statements.push(...(await askAws(io, world, options, { span, within, kept })));
    looks.push(...(await lookNow(io, world, groupName, span, looks)));
  }
  statements.push(statementOfNetwork(looks));
  const given = [
    ...(options.findingsBefore === undefined ? [] : await readFindings(io, options.findingsBefore, true)),
    ...(options.findings === undefined ? [] : await readFindings(io, options.findings)),
  ];
  return {
    groupName,
    span,
    statements,
    findings: addFindings(findingsOfJournal(within), given),
    preflightRuns: runsOf(kept),
    ...(await countRequests(io, options, within, span)),
  };
}

/** The best count of the users' requests that there is. */
async function countRequests(
  io: Io,
  { group, requests, watch = [] }: SourceOptions,
  within: readonly JournalEvent[],
  span: Span,
): Promise<Pick<PostmortemRequest, 'requests' | 'requestsFrom'>> {
  if (requests !== undefined) return { requests: await readRequests(requests), requestsFrom: 'given' };
  const rolloutIds = rolloutIdsOf(within);
  const ofRollouts = readRolloutRequests(io, group, rolloutIds);
  if (ofRollouts !== undefined) return { requests: ofRollouts, requestsFrom: 'rollout' };
  const looks = readLooks(watch, span);
  return looks === undefined ? {} : { requests: looks, requestsFrom: 'prober' };
}

function networkLooksOf(kept: readonly KeptPreflight[]): NetworkLook[] {
  return kept.flatMap(({ at, network, launch }) =>
    network === undefined || launch === undefined ? [] : [{ at, network, launch }],
  );
}

interface Known {
  readonly span: Span;
  readonly within: readonly JournalEvent[];
  readonly kept: readonly KeptPreflight[];
}

async function askAws(
  io: Io,
  world: World,
  { group, alarm, secrets, logGroup }: SourceOptions,
  { span, within, kept }: Known,
): Promise<Statement[]> {
  const rolloutIds = rolloutIdsOf(within);
  const alarmNames = alarm ?? (await askAlarmNames(io, world, group, rolloutIds));
  const secretsPaths = secrets ?? [...new Set(kept.flatMap(({ secretsPath }) => secretsPath ?? []))];
  return Promise.all([
    ask(io, `the scaling activities of ${group} are`, () => readActivities(world, group, span.since)),
    ask(io, 'the images that were baked are', () => readBakes(world, span)),
    ask(io, 'the logs of the instances are', () =>
      readTroubleLines(world, { groupName: group, logGroupName: logGroup, span, within, signal: io.signal }),
    ),
    ...alarmNames.map((name) =>
      ask(io, `the history of the alarm ${name} is`, () => readAlarmChanges(world, name, span)),
    ),
    ...secretsPaths.map((path) => ask(io, `the changes below ${path} are`, () => readSecretChanges(world, path, span))),
  ]);
}

function rolloutIdsOf(events: readonly JournalEvent[]): readonly string[] {
  return [...new Set(events.map(({ rolloutId }) => rolloutId))];
}

async function askAlarmNames(io: Io, world: World, group: string, rolloutIds: readonly string[]) {
  try {
    return await findAlarmNames(world, group, rolloutIds);
  } catch (error) {
    io.stderr.write(`warning: the alarms of the rollouts are left out: ${describeFailure(error).message}\n`);
    return [];
  }
}

// A postmortem is often written when the group, or the access to it, is gone: what AWS does not say is an open question.
async function ask(io: Io, what: string, read: () => Promise<Statement>): Promise<Statement> {
  try {
    return await read();
  } catch (error) {
    io.stderr.write(`warning: ${what} left out: ${describeFailure(error).message}\n`);
    return { sightings: [] };
  }
}

/** The network as it is now, where an earlier look is there to compare it with. */
async function lookNow(
  io: Io,
  world: World,
  groupName: string,
  { until }: Span,
  before: readonly NetworkLook[],
): Promise<NetworkLook[]> {
  const now = world.clock.now();
  if (before.length === 0 || now - until > nowCountsMs) return [];
  try {
    return [{ at: Math.min(now, until), ...(await readGroupNetwork(world.clients, groupName)) }];
  } catch (error) {
    io.stderr.write(`warning: the network as it is now is left out: ${describeFailure(error).message}\n`);
    return [];
  }
}
