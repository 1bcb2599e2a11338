// cloudwatch sink: PutLogEvents, and the group and the stream that it needs.
//
//   K1. put() answers with what happened and never throws but when the signal aborts: whether to try again is the loop's affair.
//   K2. A group or stream that is missing is created, with the retention asked for; one that was deleted meanwhile is created again.
//   K3. The SDK does not retry by itself: the loop does, on its own clock, and counts.
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  type PutLogEventsCommandOutput,
  PutRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { classify } from '@directrix/secrets/connection';
import type { LogEvent } from './event.js';
import type { Rejection } from './loss.js';
import type { LogSink, PutFailure, PutOutcome } from './ports.js';

interface SinkOptions {
  readonly logGroupName: string;
  readonly logStreamName: string;
  /** Set when the group is created by the agent; undefined leaves the group's events for ever. */
  readonly retentionDays?: number;
}

const CONNECT_MS = 2_000;
const REQUEST_MS = 15_000;

/** A client that gives up soon enough for the loop to look again: K3. */
export function createLogsClient(region: string, endpoint?: string): CloudWatchLogsClient {
  return new CloudWatchLogsClient({
    region,
    endpoint,
    maxAttempts: 1,
    requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: REQUEST_MS, throwOnRequestTimeout: true },
  });
}

export function createCloudWatchSink(client: Pick<CloudWatchLogsClient, 'send'>, options: SinkOptions): LogSink {
  const { logGroupName, logStreamName, retentionDays } = options;

  async function putEvents(events: readonly LogEvent[], abortSignal: AbortSignal): Promise<PutOutcome> {
    const logEvents = events.map(({ timestamp, message }) => ({ timestamp, message }));
    const answer = await client.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }), {
      abortSignal,
    });
    return { kind: 'acknowledged', rejected: rejectionsOf(events, answer) };
  }

  async function createDestination(abortSignal: AbortSignal): Promise<void> {
    const create = async (): Promise<void> => {
      await client.send(new CreateLogStreamCommand({ logGroupName, logStreamName }), { abortSignal });
    };
    try {
      await create();
    } catch (error) {
      if (isNamed(error, 'ResourceAlreadyExistsException')) return;
      if (!isNamed(error, 'ResourceNotFoundException')) throw error;
      await createGroup(abortSignal);
      await create().catch((again: unknown) => ignoreNamed(again, 'ResourceAlreadyExistsException'));
    }
  }

  async function createGroup(abortSignal: AbortSignal): Promise<void> {
    try {
      await client.send(new CreateLogGroupCommand({ logGroupName }), { abortSignal });
    } catch (error) {
      // Another instance was first, and sets the retention.
      return ignoreNamed(error, 'ResourceAlreadyExistsException');
    }
    if (retentionDays !== undefined)
      await client.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: retentionDays }), {
        abortSignal,
      });
  }

  return {
    async put(events, signal) {
      try {
        return await putEvents(events, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (!isNamed(error, 'ResourceNotFoundException')) return outcomeOf(error);
      }
      try {
        await createDestination(signal);
        return await putEvents(events, signal);
      } catch (error) {
        signal.throwIfAborted();
        return outcomeOf(error);
      }
    },
  };
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}

function ignoreNamed(error: unknown, name: string): void {
  if (!isNamed(error, name)) throw error;
}

// The service says where refused events end (exclusive) or begin (inclusive), in the order of the batch.
function rejectionsOf(events: readonly LogEvent[], answer: PutLogEventsCommandOutput): readonly Rejection[] {
  const { tooOldLogEventEndIndex, expiredLogEventEndIndex, tooNewLogEventStartIndex } =
    answer.rejectedLogEventsInfo ?? {};
  const tooOldEnd = tooOldLogEventEndIndex ?? 0;
  return [
    rejection('tooOld', events.slice(0, tooOldEnd)),
    rejection('expired', events.slice(tooOldEnd, Math.max(tooOldEnd, expiredLogEventEndIndex ?? 0))),
    rejection('tooNew', events.slice(tooNewLogEventStartIndex ?? events.length)),
  ].filter(({ count }) => count > 0);
}

function rejection(reason: Rejection['reason'], events: readonly LogEvent[]): Rejection {
  return { reason, count: events.length, from: events[0]?.timestamp ?? 0, until: events.at(-1)?.timestamp ?? 0 };
}

/** The codes of a batch that the service will never take: another batch may pass. */
const REFUSALS = new Set([
  'InvalidParameterException',
  'ValidationException',
  'RequestEntityTooLarge',
  'SerializationException',
]);

function outcomeOf(error: unknown): PutFailure | Extract<PutOutcome, { kind: 'refused' }> {
  const name = error instanceof Error ? error.name : 'Error';
  if (REFUSALS.has(name)) return { kind: 'refused', code: name };
  const failure = classify(error);
  switch (failure.kind) {
    case 'throttled':
      return { kind: 'throttled', code: name };
    case 'name':
    case 'connect':
    case 'tls':
      return { kind: 'unreachable', code: name };
    case 'silent':
      return { kind: 'silent', code: name };
    case 'credentials':
      return { kind: 'credentials', code: name };
    case 'refused':
      return { kind: failure.by === 'keys' ? 'credentials' : 'denied', code: failure.code };
    case 'serverFault':
      return { kind: 'fault', code: name };
    case 'other':
      return { kind: name === 'ResourceNotFoundException' ? 'missing' : 'fault', code: name };
  }
}
