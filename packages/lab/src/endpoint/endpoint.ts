// endpoint: the lab on a real socket.
//
// One HTTP server answers for every service, as AWS_ENDPOINT_URL expects. What AWS does not have lives below `/_lab/`:
//
//   GET    /_lab/status   what `status` tells
//   GET    /_lab/listeners  where each listener is served on this machine, by its ARN
//   POST   /_lab/down     ends the lab: answers first, then calls `down`
//   GET    /_lab/faults   the faults in force
//   POST   /_lab/faults   adds one (see Fault), answers its id
//   DELETE /_lab/faults   removes all
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseFault } from '../control-plane/parse-fault.js';
import type { LabHttpRequest, LabHttpResponse } from '../data-plane.js';
import type { Lab } from '../lab.js';
import { LabError } from '../lab-error.js';
import { LARGEST_BODY_BYTES } from '../protocols/request-body.js';

export interface EndpointOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** What `GET /_lab/status` answers, as JSON. */
  readonly status?: () => object | Promise<object>;
  /** Called after `POST /_lab/down` has been answered. */
  readonly down?: () => void;
}

export interface Endpoint {
  /** `http://127.0.0.1:4566`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Ends every connection. Resolves when the port is free. */
  close(): Promise<void>;
}

// Longer than the keep-alive of the SDKs, so that they never meet a connection that is just being closed.
const KEEP_ALIVE_MS = 75_000;
const REQUEST_TIMEOUT_MS = 60_000;
const MOST_DISCARDED_BYTES = 8 * LARGEST_BODY_BYTES;

/** Listens. Rejects with LabError PORT_TAKEN or PORT_REFUSED. */
export async function startEndpoint(lab: Lab, options: EndpointOptions): Promise<Endpoint> {
  const { host = '127.0.0.1' } = options;
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: REQUEST_TIMEOUT_MS });
  server.on('request', (request, response) => {
    void answer(lab, options, request)
      .catch(describeDefect)
      .then((answered) => {
        if (answered.isLast === true) response.on('close', () => options.down?.());
        send(response, answered);
      })
      // An answer that cannot be written is nobody else's misfortune.
      .catch(() => response.destroy());
  });
  await listen(server, options.port, host);
  const { port } = server.address() as AddressInfo;
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`, port, close: () => close(server) };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(describeListenError(error, port, host)));
    server.listen(port, host, resolve);
  });
}

function describeListenError(cause: NodeJS.ErrnoException, port: number, host: string): LabError {
  const source = `${host}:${port}`;
  if (cause.code === 'EADDRINUSE') {
    const hint = 'give another port with --port, or 0 for a free one; `directrix lab status` shows labs that run';
    return new LabError('PORT_TAKEN', `The lab cannot listen on ${source}: the port is taken.`, {
      hint,
      source,
      cause,
    });
  }
  const hint = 'give another port with --port, or 0 for a free one';
  return new LabError('PORT_REFUSED', `The lab cannot listen on ${source}: ${cause.message}.`, { hint, source, cause });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

type Answer = LabHttpResponse & { readonly isLast?: boolean };

async function answer(lab: Lab, options: EndpointOptions, incoming: IncomingMessage): Promise<Answer> {
  const body = await readBody(incoming);
  if (body === undefined) return refuse(413, 'BODY_TOO_LARGE', `A request holds at most ${LARGEST_BODY_BYTES} bytes.`);
  const request = describeRequest(incoming, body);
  return request.path.startsWith('/_lab/')
    ? answerLabRequest(lab, options, request)
    : lab.handle(request, { kind: 'endpoint' });
}

/** The body; undefined when it is too large, or when the client went away before it was whole. */
async function readBody(incoming: IncomingMessage): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  let byteCount = 0;
  try {
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      byteCount += chunk.byteLength;
      if (byteCount <= LARGEST_BODY_BYTES) chunks.push(chunk);
      // A client hears a refusal only when its body has been taken; but nobody is listened to for ever.
      else if (byteCount > MOST_DISCARDED_BYTES) return undefined;
    }
  } catch {
    return undefined;
  }
  return byteCount > LARGEST_BODY_BYTES ? undefined : Buffer.concat(chunks);
}

function describeRequest(incoming: IncomingMessage, body: Uint8Array): LabHttpRequest {
  const [path = '/', query = ''] = splitOnce(incoming.url ?? '/', '?');
  const headers = Object.entries(incoming.headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(', ') : (value ?? ''),
  ]);
  return { method: incoming.method ?? 'GET', path, query, headers: Object.fromEntries(headers), body };
}

function splitOnce(text: string, separator: string): readonly string[] {
  const index = text.indexOf(separator);
  return index === -1 ? [text] : [text.slice(0, index), text.slice(index + 1)];
}

async function answerLabRequest(lab: Lab, options: EndpointOptions, request: LabHttpRequest): Promise<Answer> {
  // A web page in the operator's browser must not be able to end the lab.
  if (request.headers.origin !== undefined) return refuse(403, 'BROWSER_REFUSED', 'The lab does not answer web pages.');
  switch (`${request.method} ${request.path}`) {
    case 'GET /_lab/status':
      return json(200, (await options.status?.()) ?? { region: lab.state.region });
    case 'GET /_lab/listeners':
      return json(200, { listeners: Object.fromEntries(lab.state.elbv2.listenerUrls) });
    case 'POST /_lab/down':
      return { ...json(202, { closing: true }), isLast: true };
    case 'GET /_lab/faults':
      return json(200, { faults: lab.faults.list() });
    case 'POST /_lab/faults':
      return addFault(lab, request);
    case 'DELETE /_lab/faults':
      lab.faults.clear();
      return json(200, { faults: [] });
    default:
      return refuse(404, 'NOT_FOUND', `The lab has no ${request.method} ${request.path}.`);
  }
}

function addFault(lab: Lab, request: LabHttpRequest): Answer {
  try {
    return json(200, { id: lab.faults.add(parseFault(Buffer.from(request.body).toString('utf8'))) });
  } catch (error) {
    if (error instanceof LabError) return refuse(400, error.code, error.message, error.hint);
    throw error;
  }
}

function describeDefect(error: unknown): Answer {
  return refuse(
    500,
    'LAB_DEFECT',
    `The lab failed to answer: ${error instanceof Error ? error.message : String(error)}`,
  );
}

function refuse(statusCode: number, code: string, message: string, hint?: string): Answer {
  return json(statusCode, { code, message, ...(hint === undefined ? {} : { hint }) });
}

function json(statusCode: number, value: object): Answer {
  return {
    statusCode,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(value), 'utf8'),
  };
}

function send(response: ServerResponse, { statusCode, headers, body }: LabHttpResponse): void {
  // The rest of a body that was too large may not have been read: the connection cannot go on.
  const connection = statusCode === 413 ? { connection: 'close' } : {};
  response.writeHead(statusCode, { 'content-length': body.byteLength, ...headers, ...connection });
  response.end(body);
}
