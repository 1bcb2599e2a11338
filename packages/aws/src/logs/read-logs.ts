// What agents have shipped to CloudWatch Logs, read back.
import { paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import type { AwsClients } from '../clients/aws-clients.js';
import { TooManyPages } from '../clients/page.js';

export interface LogQuestion {
  readonly logGroupName: string;
  /** `i-0abc/`: the streams of one instance. Default: all. */
  readonly streamNamePrefix?: string;
  /** In CloudWatch's language. Default: every event. */
  readonly filterPattern?: string;
  /** Epoch milliseconds, both inclusive. */
  readonly since: number;
  readonly until?: number;
  readonly signal?: AbortSignal;
}

export interface StoredLogEvent {
  /** Epoch milliseconds, as the client said. */
  readonly at: number;
  readonly streamName: string;
  readonly message: string;
  /** Unique in the account. */
  readonly eventId: string;
}

/** A page has up to 1 MB: more than this is more than anybody reads. */
const pagesMax = 10_000;

/** The events of a log group by their time, page by page. A page may be empty and have a next one. Throws TooManyPages. */
export async function* readLogEvents({ logs }: AwsClients, question: LogQuestion): AsyncGenerator<StoredLogEvent> {
  const { logGroupName, streamNamePrefix, filterPattern, since, until, signal } = question;
  const input = {
    logGroupName,
    logStreamNamePrefix: streamNamePrefix,
    filterPattern,
    startTime: Math.floor(since),
    endTime: until === undefined ? undefined : Math.ceil(until),
  };
  let pages = 0;
  for await (const page of paginateFilterLogEvents({ client: logs }, input, { abortSignal: signal })) {
    if (pages === pagesMax) throw new TooManyPages(pagesMax);
    pages += 1;
    for (const { timestamp = 0, logStreamName = '', message = '', eventId = '' } of page.events ?? [])
      yield { at: timestamp, streamName: logStreamName, message, eventId };
  }
}
