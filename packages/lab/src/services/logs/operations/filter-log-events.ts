import type { FilterLogEventsCommandInput, FilterLogEventsResponse } from '@aws-sdk/client-cloudwatch-logs';
import type { OperationContext } from '../../../control-plane/types.js';
import { takeWithinBytes } from '../answer-size.js';
import { parseFilterPattern } from '../filter-pattern/filter-pattern.js';
import { findGroup } from '../log-group.js';
import { findStream, streamsInOrder, visibleEvents } from '../log-stream.js';
import { invalidParameter } from '../refusal.js';
import type { LogGroupRecord, LogStreamRecord, StoredEvent } from '../state.js';

const MOST_EVENTS = 10_000;
const MOST_STREAM_NAMES = 100;

/** Streams are always interleaved, as on AWS since 2019. A page can be empty although another one follows. */
export function filterLogEvents(
  input: FilterLogEventsCommandInput,
  context: OperationContext,
): FilterLogEventsResponse {
  const group = findGroup(context.state, input);
  const limit = input.limit ?? MOST_EVENTS;
  const matches = parseFilterPattern(input.filterPattern ?? '');
  const after = input.nextToken === undefined ? '' : readToken(input.nextToken);
  const streams = chooseStreams(group, input);
  const found = streams
    .flatMap((stream) =>
      visibleEvents(group, stream, context.now, inclusive(input)).map((event) => ({ ...event, stream: stream.name })),
    )
    .filter((event) => event.eventId > after && matches(event.message))
    .sort((a, b) => (a.eventId < b.eventId ? -1 : 1));
  const isEmpty = context.meetsFault?.('emptyPage') === true;
  const page = isEmpty ? [] : takeWithinBytes(found.slice(0, limit));
  const searchedLogStreams = streams.map(({ name }) => ({ logStreamName: name, searchedCompletely: true }));
  const last = isEmpty ? after.padStart(56, '0') : page.at(-1)?.eventId;
  const nextToken = page.length < found.length && last !== undefined ? writeToken(last) : undefined;
  return { events: page.map(toFiltered), searchedLogStreams, nextToken };
}

/** FilterLogEvents takes an event at `endTime`, which GetLogEvents leaves out. */
function inclusive({ startTime, endTime }: FilterLogEventsCommandInput): { startTime?: number; endTime?: number } {
  return { startTime, endTime: endTime === undefined ? undefined : endTime + 1 };
}

function chooseStreams(
  group: LogGroupRecord,
  { logStreamNames, logStreamNamePrefix }: FilterLogEventsCommandInput,
): readonly LogStreamRecord[] {
  if (logStreamNames !== undefined && logStreamNamePrefix !== undefined)
    throw invalidParameter('logStreamNamePrefix and logStreamNames are mutually exclusive parameters.');
  if (logStreamNames === undefined)
    return streamsInOrder(group).filter(({ name }) => name.startsWith(logStreamNamePrefix ?? ''));
  if (logStreamNames.length > MOST_STREAM_NAMES)
    throw invalidParameter(`A request names at most ${MOST_STREAM_NAMES} log streams.`);
  return [...new Set(logStreamNames)].map((name) => findStream(group, name));
}

function toFiltered(event: StoredEvent & { readonly stream: string }) {
  const { stream, timestamp, message, ingestionTime, eventId } = event;
  return { logStreamName: stream, timestamp, message, ingestionTime, eventId };
}

function writeToken(eventId: string): string {
  return Buffer.from(eventId).toString('base64url');
}

function readToken(token: string): string {
  const eventId = Buffer.from(token, 'base64url').toString('utf8');
  if (!/^\d{56}$/.test(eventId)) throw invalidParameter('The specified nextToken is invalid.');
  return eventId;
}
