// put limits: what CloudWatch Logs accepts of one PutLogEvents request.
//
// Source: CloudWatch Logs API reference, PutLogEvents (the limit of an event was raised from 256 KB to 1 MB in April 2025).
//
//   P1. A batch that breaks a rule of the whole batch is refused whole: size, order, span. The model bounds its count.
//   P2. An event that is too old, expired or too new is left out, and the answer says where such events end or begin.
import type { InputLogEvent, RejectedLogEventsInfo } from '@aws-sdk/client-cloudwatch-logs';
import { invalidParameter } from './refusal.js';

const MOST_BATCH_BYTES = 1_048_576;
const MOST_EVENT_BYTES = 1_048_576;
const BYTES_BESIDES_MESSAGE = 26;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const FUTURE_MS = 2 * HOUR_MS;
const PAST_MS = 14 * DAY_MS;

interface InputEvent {
  readonly timestamp: number;
  readonly message: string;
}

interface AcceptedEvents {
  readonly accepted: readonly InputEvent[];
  readonly rejectedLogEventsInfo?: RejectedLogEventsInfo;
}

/** P1. Throws InvalidParameterException. */
export function checkBatch(given: readonly InputLogEvent[]): readonly InputEvent[] {
  const events = given.map(({ timestamp = 0, message = '' }) => ({ timestamp, message }));
  const sizes = events.map(({ message }) => Buffer.byteLength(message));
  for (const size of sizes) checkSize(size);
  const total = sizes.reduce((sum, size) => sum + size + BYTES_BESIDES_MESSAGE, 0);
  if (total > MOST_BATCH_BYTES)
    throw invalidParameter(`Upload too large: ${total} bytes exceeds limit of ${MOST_BATCH_BYTES}`);
  checkOrder(events);
  return events;
}

function checkSize(size: number): void {
  if (size + BYTES_BESIDES_MESSAGE > MOST_EVENT_BYTES)
    throw invalidParameter(
      `Log event too large: ${size + BYTES_BESIDES_MESSAGE} bytes exceeds limit of ${MOST_EVENT_BYTES}`,
    );
}

function checkOrder(events: readonly InputEvent[]): void {
  let previous = Number.NEGATIVE_INFINITY;
  for (const { timestamp } of events) {
    if (timestamp < previous)
      throw invalidParameter('Log events in a single PutLogEvents request must be in chronological order.');
    previous = timestamp;
  }
  if (previous - (events[0]?.timestamp ?? previous) > DAY_MS)
    throw invalidParameter('The batch of log events in a single PutLogEvents request cannot span more than 24 hours.');
}

/** P2. `oldestKept` is where the group's retention begins. */
export function acceptEvents(events: readonly InputEvent[], now: number, oldestKept: number): AcceptedEvents {
  const tooOldEnd = countBefore(events, now - PAST_MS);
  const expiredEnd = countBefore(events, oldestKept);
  const tooNewStart = countBefore(events, now + FUTURE_MS + 1);
  const rejected = {
    ...(tooOldEnd > 0 ? { tooOldLogEventEndIndex: tooOldEnd } : {}),
    ...(expiredEnd > 0 ? { expiredLogEventEndIndex: expiredEnd } : {}),
    ...(tooNewStart < events.length ? { tooNewLogEventStartIndex: tooNewStart } : {}),
  };
  const accepted = events.slice(Math.max(tooOldEnd, expiredEnd), tooNewStart);
  return Object.keys(rejected).length === 0 ? { accepted } : { accepted, rejectedLogEventsInfo: rejected };
}

function countBefore(events: readonly InputEvent[], timestamp: number): number {
  const index = events.findIndex((event) => event.timestamp >= timestamp);
  return index === -1 ? events.length : index;
}
