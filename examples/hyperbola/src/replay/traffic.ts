// Traffic: requests arrive at a steady rate whether or not the earlier ones were answered, as users do.
import { setInterval as every } from 'node:timers/promises';
import { Pool } from 'undici';
import type { LabTime } from './lab-time.js';
import { TrafficRecord } from './traffic-record.js';

const paths = ['/', '/w/', '/lifestream/', '/contact/'];
/** How long a user waits. On the wall's clock: a slow machine is not an outage. */
const patienceMs = 30_000;
/** Requests in flight beyond this are given up at once, and counted as failed. */
const maxInFlight = 5_000;
const sliceMs = 10;

export interface Traffic {
  readonly record: TrafficRecord;
  /** Sends no more, waits for what is in flight, closes the connections. */
  stop(): Promise<void>;
}

/** Sends `perSecond` requests each second of lab time to `url`, until stopped. */
export function startTraffic(url: string, perSecond: number, time: LabTime): Traffic {
  const record = new TrafficRecord();
  const pool = new Pool(url, { connections: 256, pipelining: 1 });
  const inFlight = new Set<Promise<void>>();
  const stopped = new AbortController();
  const startedAtMs = time.elapsedMs();
  let sent = 0;

  const send = () => {
    const arrivedAtMs = time.elapsedMs();
    if (inFlight.size >= maxInFlight) {
      record.note(arrivedAtMs, 'given up');
      return;
    }
    const request = ask(pool, paths[sent % paths.length]!, patienceMs).then((failure) => {
      inFlight.delete(request);
      record.note(arrivedAtMs, failure);
    });
    inFlight.add(request);
  };

  const sending = (async () => {
    for await (const _ of every(sliceMs, undefined, { signal: stopped.signal })) {
      const due = Math.floor(((time.elapsedMs() - startedAtMs) / 1000) * perSecond);
      for (; sent < due; sent++) send();
    }
  })().catch((error: Error) => {
    if (error.name !== 'AbortError') throw error;
  });

  return {
    record,
    async stop() {
      stopped.abort();
      await sending;
      await Promise.all(inFlight);
      await pool.destroy();
    },
  };
}

/** Resolves with what went wrong, or undefined when the answer was good. */
async function ask(pool: Pool, path: string, timeoutMs: number): Promise<string | undefined> {
  try {
    const { statusCode, body } = await pool.request({ method: 'GET', path, signal: AbortSignal.timeout(timeoutMs) });
    await body.dump();
    return statusCode < 400 ? undefined : String(statusCode);
  } catch (error) {
    const { name, code } = error as Error & { code?: string };
    return name === 'TimeoutError' ? 'timeout' : (code ?? name);
  }
}
