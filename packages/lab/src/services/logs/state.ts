import type { LogGroup } from '@aws-sdk/client-cloudwatch-logs';

/** An event as it is kept. `eventId` orders the events of the whole account: by their time, then as they came. */
export interface StoredEvent {
  readonly eventId: string;
  /** Epoch milliseconds, as the client said. */
  readonly timestamp: number;
  /** Epoch milliseconds of lab time. */
  readonly ingestionTime: number;
  readonly message: string;
}

export interface LogStreamRecord {
  readonly name: string;
  readonly creationTime: number;
  /** In the order of `eventId`. */
  events: StoredEvent[];
  storedBytes: number;
  lastIngestionTime?: number;
}

export interface LogGroupRecord {
  readonly name: string;
  readonly creationTime: number;
  readonly logGroupClass: NonNullable<LogGroup['logGroupClass']>;
  readonly streams: Map<string, LogStreamRecord>;
  readonly tags: Map<string, string>;
  retentionInDays?: number;
  isDeletionProtected: boolean;
}

/** A query of Logs Insights. Its rows are computed when it starts and are handed out once it is complete. */
export interface QueryRecord {
  readonly queryId: string;
  readonly queryString: string;
  readonly logGroupName: string;
  readonly createdAt: number;
  readonly completeAt: number;
  readonly rows: readonly QueryRow[];
  readonly statistics: { readonly matched: number; readonly scanned: number; readonly bytes: number };
  isCancelled: boolean;
}

type QueryRow = readonly { readonly field: string; readonly value: string }[];

export interface LogsState {
  readonly groups: Map<string, LogGroupRecord>;
  /** Oldest first, bounded. */
  readonly queries: Map<string, QueryRecord>;
  /** How many events were ever stored: the last part of an event's id. */
  eventCount: number;
  /** Of all messages that are kept. */
  storedBytes: number;
}

export function createLogsState(): LogsState {
  return { groups: new Map(), queries: new Map(), eventCount: 0, storedBytes: 0 };
}
