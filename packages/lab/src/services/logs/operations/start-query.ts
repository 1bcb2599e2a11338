import type { StartQueryCommandInput, StartQueryResponse } from '@aws-sdk/client-cloudwatch-logs';
import { notEmulated } from '../../../control-plane/not-emulated.js';
import type { LabState, OperationContext } from '../../../control-plane/types.js';
import { MOST_RESULTS, parseQuery } from '../insights/query.js';
import type { QueriedEvent } from '../insights/row.js';
import { findGroup, groupNameOf } from '../log-group.js';
import { visibleEvents } from '../log-stream.js';
import { invalidParameter } from '../refusal.js';
import type { LogGroupRecord, LogsState } from '../state.js';

const MOST_GROUPS = 50;
const MOST_KEPT_QUERIES = 100;
/** AWS says nothing; a client has to poll once. */
const RUNNING_MS = 200;

export function startQuery(input: StartQueryCommandInput, { state, now, ids }: OperationContext): StartQueryResponse {
  const { startTime = 0, endTime = 0, queryString = '', queryLanguage = 'CWLI' } = input;
  if (queryLanguage !== 'CWLI') throw notEmulated(`the query language ${queryLanguage}`);
  if (endTime < startTime) throw invalidParameter('End time should not be less than start time.');
  const limit = input.limit ?? MOST_RESULTS;
  const run = parseQuery(queryString, now);
  const groups = chooseGroups(state, input);
  // Both ends are inclusive, and in seconds.
  const events = groups.flatMap((group) => eventsOf(state, group, now, startTime * 1000, (endTime + 1) * 1000));
  const { rows, matched } = run(events, limit);
  const queryId = ids.uuid();
  keepQuery(state.logs, {
    queryId,
    queryString,
    logGroupName: groups[0]?.name ?? '',
    createdAt: now,
    completeAt: now + RUNNING_MS,
    rows,
    statistics: {
      matched,
      scanned: events.length,
      bytes: events.reduce((sum, { message }) => sum + Buffer.byteLength(message), 0),
    },
    isCancelled: false,
  });
  return { queryId };
}

function keepQuery({ queries }: LogsState, query: Parameters<LogsState['queries']['set']>[1]): void {
  queries.set(query.queryId, query);
  const [oldest] = queries.keys();
  if (queries.size > MOST_KEPT_QUERIES && oldest !== undefined) queries.delete(oldest);
}

function chooseGroups(
  state: LabState,
  { logGroupName, logGroupNames, logGroupIdentifiers }: StartQueryCommandInput,
): readonly LogGroupRecord[] {
  const ways = [logGroupName && [logGroupName], logGroupNames, logGroupIdentifiers].filter((way) => way !== undefined);
  if (ways.length !== 1)
    throw invalidParameter('Give exactly one of logGroupName, logGroupNames and logGroupIdentifiers.');
  const names = [...new Set((ways[0] || []).map(groupNameOf))];
  if (names.length === 0 || names.length > MOST_GROUPS)
    throw invalidParameter(`A query searches 1 to ${MOST_GROUPS} log groups.`);
  return names.map((name) => findGroup(state, { logGroupName: name }));
}

function eventsOf(
  state: LabState,
  group: LogGroupRecord,
  now: number,
  startTime: number,
  endTime: number,
): readonly QueriedEvent[] {
  const log = `${state.accountId}:${group.name}`;
  return [...group.streams.values()].flatMap((stream) =>
    visibleEvents(group, stream, now, { startTime, endTime }).map((event) => ({
      ...event,
      log,
      logStream: stream.name,
    })),
  );
}
