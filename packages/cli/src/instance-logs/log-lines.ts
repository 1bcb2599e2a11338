// log lines: what instances shipped and what a rollout did, as one sequence by time.
//
//   1. An entry that was shipped twice is told once.
//   2. Bounded: a page, the ids of the last entries, and what two minutes bring.
import { readStreamEvent, readStreamName, type StreamEvent } from '@directrix/agent/stream';
import { type AwsClients, readLogEvents } from '@directrix/aws';
import type { RolloutEvent } from '@directrix/rollout';

export type LogLine =
  | {
      readonly kind: 'instance';
      /** Epoch milliseconds. */
      readonly at: number;
      /** Undefined for a stream that is not an agent's. */
      readonly instanceId?: string;
      readonly release?: string;
      readonly streamName: string;
      readonly event: Exclude<StreamEvent, { readonly kind: 'shipped' }>;
    }
  | { readonly kind: 'rollout'; readonly at: number; readonly event: RolloutEvent };

interface LogSelection {
  readonly logGroupName: string;
  readonly instanceId?: string;
  readonly release?: string;
  /** Epoch milliseconds, inclusive. Undefined: up to now. */
  readonly until?: number;
}

/** An agent that catches up ships what is older than what others have shipped: so far back each look goes. */
const overlapMs = 120_000;
const rememberedIds = 50_000;

/** Reads a log group again and again: each event once. */
export class LogReader {
  readonly #clients: AwsClients;
  readonly #selection: LogSelection;
  readonly #since: number;
  readonly #seen = new Map<string, number>();
  readonly #entries = new Set<string>();
  #newest: number;

  constructor(clients: AwsClients, selection: LogSelection, since: number) {
    this.#clients = clients;
    this.#selection = selection;
    this.#since = since;
    this.#newest = since;
  }

  /** What has come since the last look, by its time. */
  async *readNew(signal: AbortSignal): AsyncGenerator<LogLine> {
    const { logGroupName, instanceId, until } = this.#selection;
    const since = Math.max(this.#since, this.#newest - overlapMs);
    for (const [eventId, at] of this.#seen) if (at < since) this.#seen.delete(eventId);
    const streamNamePrefix = instanceId === undefined ? undefined : `${instanceId}/`;
    for await (const { at, eventId, streamName, message } of readLogEvents(this.#clients, {
      logGroupName,
      streamNamePrefix,
      since,
      until,
      signal,
    })) {
      if (this.#seen.has(eventId)) continue;
      this.#seen.set(eventId, at);
      forgetOldest(this.#seen);
      this.#newest = Math.max(this.#newest, at);
      const line = this.#lineOf(at, streamName, message);
      if (line !== undefined) yield line;
    }
  }

  #lineOf(at: number, streamName: string, message: string): LogLine | undefined {
    const origin = readStreamName(streamName);
    const { release } = this.#selection;
    if (release !== undefined && origin?.release !== release) return undefined;
    const event = readStreamEvent(message);
    if (event.kind === 'shipped' || this.#isRepeated(streamName, event)) return undefined;
    return { kind: 'instance', at, ...origin, streamName, event };
  }

  #isRepeated(streamName: string, event: StreamEvent): boolean {
    if (event.kind !== 'entry' || event.id === undefined) return false;
    const key = `${streamName} ${event.id} ${event.part ?? ''}`;
    if (this.#entries.has(key)) return true;
    this.#entries.add(key);
    forgetOldest(this.#entries);
    return false;
  }
}

/** Both keep the order in which their keys came. */
function forgetOldest(ids: Map<string, unknown> | Set<string>): void {
  if (ids.size <= rememberedIds) return;
  const [oldest = ''] = ids.keys();
  ids.delete(oldest);
}

/** Both by time; of the same time the rollout's first. */
export async function* interleave(
  events: readonly RolloutEvent[],
  lines: AsyncIterable<LogLine>,
): AsyncGenerator<LogLine> {
  const waiting = [...events].sort((left, right) => left.at - right.at);
  const tell = (event: RolloutEvent): LogLine => ({ kind: 'rollout', at: event.at, event });
  for await (const line of lines) {
    while (waiting[0] !== undefined && waiting[0].at <= line.at) yield tell(waiting.shift() as RolloutEvent);
    yield line;
  }
  for (const event of waiting) yield tell(event);
}
