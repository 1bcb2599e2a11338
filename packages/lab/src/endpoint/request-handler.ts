import { Readable } from 'node:stream';
import type { HttpRequest, HttpResponse, RequestHandler } from '@smithy/types';
import type { Clock } from '../clock.js';
import type { LabHttpRequest, LabHttpResponse } from '../data-plane.js';

/** What an SDK client takes as its `requestHandler`. */
export type LabRequestHandler = RequestHandler<HttpRequest, HttpResponse> & {
  updateHttpClientConfig(): void;
  httpHandlerConfigs(): Record<string, never>;
};

/**
 * Carries an SDK client's requests to `handle` without a socket: serialised and signed all the same. The SDK backs off on the wall
 * between its attempts; `clock` is held meanwhile.
 */
export function createRequestHandler(
  handle: (request: LabHttpRequest) => Promise<LabHttpResponse>,
  clock: Pick<Clock, 'holdTime'> = {},
): LabRequestHandler {
  const backingOff = new Map<string, () => void>();
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    async handle(sdkRequest) {
      const request = readSdkRequest(sdkRequest);
      const invocationId = request.headers['amz-sdk-invocation-id'] ?? '';
      backingOff.get(invocationId)?.();
      backingOff.delete(invocationId);
      const response = await handle(request);
      const release = willRetry(request, response) ? clock.holdTime?.() : undefined;
      if (release !== undefined) backingOff.set(invocationId, release);
      const { statusCode, headers } = response;
      return { response: { statusCode, headers: { ...headers }, body: sdkBody(response) } };
    },
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
  };
}

// The bytes of an object are read as a stream, everything else is taken whole.
function sdkBody({ headers, body }: LabHttpResponse): unknown {
  return headers['accept-ranges'] === undefined ? body : Readable.from([body]);
}

// What the SDK's standard retry strategy takes for throttling, as far as the lab answers it.
const THROTTLING = /Throttling|RequestLimitExceeded|LimitExceededException/;
const LONGEST_ERROR_BYTES = 2_048;

function willRetry(request: LabHttpRequest, { statusCode, body }: LabHttpResponse): boolean {
  const [, attempt, most] = /attempt=(\d+); max=(\d+)/.exec(request.headers['amz-sdk-request'] ?? '') ?? [];
  if (statusCode < 400 || attempt === most) return false;
  return statusCode >= 500 || THROTTLING.test(Buffer.from(body.subarray(0, LONGEST_ERROR_BYTES)).toString('utf8'));
}

function readSdkRequest(request: HttpRequest): LabHttpRequest {
  const headers = Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]);
  return {
    method: request.method,
    path: request.path,
    query: writeQuery(request.query),
    headers: Object.fromEntries(headers),
    body: readSdkBody(request.body),
  };
}

function writeQuery(query: HttpRequest['query'] = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const item of Array.isArray(value) ? value : [value]) parameters.append(name, item ?? '');
  }
  return parameters.toString();
}

function readSdkBody(body: unknown): Uint8Array {
  if (body === undefined || body === null) return new Uint8Array();
  if (typeof body === 'string') return Buffer.from(body, 'utf8');
  // A plain view: the SDK's own subclass of Uint8Array warns when it is taken for a text.
  if (body instanceof Uint8Array) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  throw new TypeError('The lab takes request bodies that are text or bytes; this one is a stream.');
}
