// Fetch transport: requests over a fetch that was passed in, where there is no socket to time: only the whole is timed.

import type { TransportTime } from './http-transport.js';
import type { HttpRequest, HttpResult, Transport } from './request.js';

/** The part of the platform's fetch that is used. */
export type Fetch = (
  url: string,
  init: {
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly redirect: 'manual';
    readonly signal: AbortSignal;
  },
) => Promise<{
  readonly status: number;
  readonly headers: { forEach(each: (value: string, name: string) => void): void };
  text(): Promise<string>;
}>;

export function createFetchTransport(fetch: Fetch, time: TransportTime): Transport {
  return async (request, signal) => {
    const at = time.now();
    const startedAt = time.elapsed();
    const attempt = () => ({ at, durationMs: time.elapsed() - startedAt, phases: {} });
    try {
      const answer = await readAnswer(fetch, request, signal);
      return { kind: 'answer', ...attempt(), ...answer };
    } catch (error) {
      return { kind: 'failure', ...attempt(), phase: 'firstByte', ...describe(signal.aborted ? signal.reason : error) };
    }
  };
}

async function readAnswer(fetch: Fetch, request: HttpRequest, signal: AbortSignal) {
  const { url, method = 'GET', headers = {} } = request;
  const response = await fetch(url, { method, headers, redirect: 'manual', signal });
  const named: Record<string, string> = {};
  response.headers.forEach((value, name) => {
    named[name.toLowerCase()] = value;
  });
  const body = (await response.text()).slice(0, request.bodyBytesMax);
  return { statusCode: response.status, headers: named, body };
}

function describe(error: unknown): Pick<Extract<HttpResult, { kind: 'failure' }>, 'code' | 'message'> {
  if (!(error instanceof Error)) return { code: 'ABORTED', message: String(error) };
  const { code } = (error.cause ?? error) as { readonly code?: unknown };
  return { code: typeof code === 'string' ? code : error.name, message: error.message };
}
