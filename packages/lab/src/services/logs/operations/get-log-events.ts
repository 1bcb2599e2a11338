import type { GetLogEventsCommandInput, GetLogEventsResponse } from '@aws-sdk/client-cloudwatch-logs';
import type { OperationContext } from '../../../control-plane/types.js';
import { takeWithinBytes } from '../answer-size.js';
import { findGroup } from '../log-group.js';
import { findStream, visibleEvents } from '../log-stream.js';
import { invalidParameter } from '../refusal.js';
import type { StoredEvent } from '../state.js';

const MOST_EVENTS = 10_000;

/** Where a page begins: after (`f`) or before (`b`) an event. */
interface Position {
  readonly direction: 'f' | 'b';
  readonly eventId: string;
}

/** A token stands for a place between events, so what comes later changes no page; at the end the same token is given back. */
export function getLogEvents(input: GetLogEventsCommandInput, context: OperationContext): GetLogEventsResponse {
  const group = findGroup(context.state, input);
  const stream = findStream(group, input.logStreamName);
  const limit = input.limit ?? MOST_EVENTS;
  const position = input.nextToken === undefined ? undefined : readToken(input.nextToken);
  const all = visibleEvents(group, stream, context.now, input);
  const page = context.meetsFault?.('emptyPage') === true ? [] : takePage(all, position, limit, input.startFromHead);
  const [first, last] = [page[0], page.at(-1)];
  return {
    events: page.map(({ timestamp, message, ingestionTime }) => ({ timestamp, message, ingestionTime })),
    nextForwardToken: `f/${last?.eventId ?? position?.eventId ?? endOf(all, input.startFromHead)}/s`,
    nextBackwardToken: `b/${first?.eventId ?? position?.eventId ?? endOf(all, input.startFromHead)}/s`,
  };
}

function takePage(
  events: readonly StoredEvent[],
  position: Position | undefined,
  limit: number,
  startFromHead = false,
): readonly StoredEvent[] {
  const isForward = position === undefined ? startFromHead : position.direction === 'f';
  const rest =
    position === undefined
      ? events
      : events.filter(({ eventId }) => (isForward ? eventId > position.eventId : eventId < position.eventId));
  const page = isForward ? rest.slice(0, limit) : rest.slice(Math.max(0, rest.length - limit));
  return isForward ? takeWithinBytes(page) : [...takeWithinBytes([...page].reverse())].reverse();
}

function endOf(events: readonly StoredEvent[], startFromHead = false): string {
  return (startFromHead ? undefined : events.at(-1)?.eventId) ?? '0'.repeat(56);
}

function readToken(token: string): Position {
  const [, direction, eventId] = /^([fb])\/(\d{56})(?:\/s)?$/.exec(token) ?? [];
  if ((direction !== 'f' && direction !== 'b') || eventId === undefined)
    throw invalidParameter('The specified nextToken is invalid.');
  return { direction, eventId };
}
