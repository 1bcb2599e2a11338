import type { LogStream } from '@aws-sdk/client-cloudwatch-logs';
import type { LabState } from '../../control-plane/types.js';
import { groupArn } from './log-group.js';
import { streamNotFound } from './refusal.js';
import type { LogGroupRecord, LogStreamRecord, StoredEvent } from './state.js';

const DAY_MS = 86_400_000;

/** Throws ResourceNotFoundException. */
export function findStream(group: LogGroupRecord, name: string | undefined): LogStreamRecord {
  const stream = group.streams.get(name ?? '');
  if (stream === undefined) throw streamNotFound();
  return stream;
}

export function streamsInOrder(group: LogGroupRecord): LogStreamRecord[] {
  return [...group.streams.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

export function logStreamOf(state: LabState, group: LogGroupRecord, stream: LogStreamRecord): LogStream {
  const [first] = stream.events;
  return {
    logStreamName: stream.name,
    creationTime: stream.creationTime,
    ...(first === undefined
      ? {}
      : { firstEventTimestamp: first.timestamp, lastEventTimestamp: lastEventTimestampOf(stream) }),
    ...(stream.lastIngestionTime === undefined ? {} : { lastIngestionTime: stream.lastIngestionTime }),
    uploadSequenceToken: nextSequenceTokenOf(stream),
    arn: `${groupArn(state, group.name)}:log-stream:${stream.name}`,
    // As the service does since 2019: stored bytes are told of the group only.
    storedBytes: 0,
  };
}

export function lastEventTimestampOf(stream: LogStreamRecord): number | undefined {
  return stream.events.at(-1)?.timestamp;
}

/** Sequence tokens are given and no longer asked for. */
export function nextSequenceTokenOf({ events, creationTime }: LogStreamRecord): string {
  return String(creationTime).padStart(40, '4') + String(events.length).padStart(16, '0');
}

/** The events that retention has not removed yet, from `startTime` (inclusive) to `endTime` (exclusive). */
export function visibleEvents(
  group: LogGroupRecord,
  stream: LogStreamRecord,
  now: number,
  {
    startTime = 0,
    endTime = Number.POSITIVE_INFINITY,
  }: { readonly startTime?: number; readonly endTime?: number } = {},
): readonly StoredEvent[] {
  const from = Math.max(startTime, oldestKept(group, now));
  return stream.events.slice(firstAtOrAfter(stream.events, from), firstAtOrAfter(stream.events, endTime));
}

/** Epoch milliseconds before which the group's retention keeps nothing. */
export function oldestKept({ retentionInDays }: LogGroupRecord, now: number): number {
  return retentionInDays === undefined ? 0 : now - retentionInDays * DAY_MS;
}

/** Keeps `events` in the order of their ids, and forgets what retention has passed. Returns by how much the stored bytes grew. */
export function storeEvents(
  group: LogGroupRecord,
  stream: LogStreamRecord,
  events: readonly StoredEvent[],
  now: number,
): number {
  const before = stream.storedBytes;
  // Only what comes behind the first of them can change its place.
  const tail = stream.events.splice(firstAtOrAfter(stream.events, events[0]?.timestamp ?? Number.POSITIVE_INFINITY));
  const added = tail.length === 0 ? events : [...tail, ...events].sort((a, b) => (a.eventId < b.eventId ? -1 : 1));
  for (const event of added) stream.events.push(event);
  const expired = firstAtOrAfter(stream.events, oldestKept(group, now));
  const gone = stream.events.splice(0, expired);
  stream.storedBytes += bytesOf(events) - bytesOf(gone);
  stream.lastIngestionTime = now;
  return stream.storedBytes - before;
}

function bytesOf(events: readonly StoredEvent[]): number {
  return events.reduce((sum, { message }) => sum + Buffer.byteLength(message), 0);
}

function firstAtOrAfter(events: readonly StoredEvent[], timestamp: number): number {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((events[middle]?.timestamp ?? 0) < timestamp) low = middle + 1;
    else high = middle;
  }
  return low;
}
