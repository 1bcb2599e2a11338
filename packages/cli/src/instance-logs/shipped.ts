// shipped: up to which time an instance's journal is in CloudWatch Logs, as its agent has said in its stream.
import { HEARTBEAT_SECONDS, readStreamEvent, readStreamName, SHIPPED_PATTERN } from '@directrix/agent/stream';
import { type AwsClients, awsCodeOf, readLogEvents } from '@directrix/aws';

interface ShippedPorts {
  readonly clients: AwsClients;
  readonly clock: { now(): number; sleep(ms: number, signal: AbortSignal): Promise<void> };
}

/** So long ago an agent may have spoken last. One that has not is silent: it is gone, or has no way to the service. */
export const silentAfterMs = 10 * HEARTBEAT_SECONDS * 1000;
/** How long somebody waits for an agent: it says how far it is every HEARTBEAT_SECONDS. */
const shippedPatienceMs = 2 * HEARTBEAT_SECONDS * 1000;
const betweenLooksMs = 5_000;

/**
 * By instance: epoch milliseconds up to which all is there. Only those that have said so in the last `silentAfterMs`: none where the log
 * group is not there yet, which the first agent makes.
 */
export async function readShipped(
  ports: ShippedPorts,
  logGroupName: string,
  instanceId?: string,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  try {
    return await readSpoken(ports, logGroupName, instanceId, signal);
  } catch (error) {
    if (awsCodeOf(error)?.startsWith('ResourceNotFound')) return new Map();
    throw error;
  }
}

async function readSpoken(
  { clients, clock }: ShippedPorts,
  logGroupName: string,
  instanceId?: string,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const shipped = new Map<string, number>();
  for await (const { streamName, message } of readLogEvents(clients, {
    logGroupName,
    streamNamePrefix: instanceId === undefined ? undefined : `${instanceId}/`,
    filterPattern: SHIPPED_PATTERN,
    since: clock.now() - silentAfterMs,
    signal,
  })) {
    const event = readStreamEvent(message);
    const origin = readStreamName(streamName);
    if (event.kind !== 'shipped' || origin === undefined) continue;
    shipped.set(origin.instanceId, Math.max(event.until, shipped.get(origin.instanceId) ?? 0));
  }
  return shipped;
}

type ShippedOutcome =
  | { readonly kind: 'shipped'; readonly until: number }
  /** Not in time. `until` is undefined when nothing was heard of its agent. */
  | { readonly kind: 'late'; readonly until: number | undefined };

/** Waits until all that the instance wrote before `wanted` is there, at most `shippedPatienceMs`. Rejects when AWS refuses, and when the signal aborts. */
export async function waitForShipped(
  ports: ShippedPorts,
  { logGroupName, instanceId, wanted }: { logGroupName: string; instanceId: string; wanted: number },
  signal: AbortSignal,
): Promise<ShippedOutcome> {
  const deadline = ports.clock.now() + shippedPatienceMs;
  for (;;) {
    const until = (await readShipped(ports, logGroupName, instanceId, signal)).get(instanceId);
    if (until !== undefined && until >= wanted) return { kind: 'shipped', until };
    if (ports.clock.now() >= deadline) return { kind: 'late', until };
    await ports.clock.sleep(betweenLooksMs, signal);
  }
}
