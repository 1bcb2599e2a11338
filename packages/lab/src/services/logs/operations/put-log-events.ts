import type { PutLogEventsCommandInput, PutLogEventsResponse } from '@aws-sdk/client-cloudwatch-logs';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { eventIdOf } from '../event-id.js';
import { findGroup } from '../log-group.js';
import { findStream, nextSequenceTokenOf, oldestKept, storeEvents } from '../log-stream.js';
import { acceptEvents, checkBatch } from '../put-limits.js';

/** What one lab keeps of all messages: it lives in memory. AWS has no such limit. */
const MOST_STORED_BYTES = 512 * 1024 * 1024;

export function putLogEvents(input: PutLogEventsCommandInput, { state, now }: OperationContext): PutLogEventsResponse {
  const events = checkBatch(input.logEvents ?? []);
  const group = findGroup(state, input);
  const stream = findStream(group, input.logStreamName);
  if (state.logs.storedBytes > MOST_STORED_BYTES)
    throw new AwsError(
      'ServiceUnavailableException',
      `The lab keeps at most ${MOST_STORED_BYTES} bytes of log messages: delete a log group or stream.`,
      503,
    );
  const { accepted, rejectedLogEventsInfo } = acceptEvents(events, now, oldestKept(group, now));
  const stored = accepted.map(({ timestamp, message }) => {
    state.logs.eventCount += 1;
    return { eventId: eventIdOf(timestamp, state.logs.eventCount), timestamp, ingestionTime: now, message };
  });
  state.logs.storedBytes += storeEvents(group, stream, stored, now);
  return { nextSequenceToken: nextSequenceTokenOf(stream), rejectedLogEventsInfo };
}
