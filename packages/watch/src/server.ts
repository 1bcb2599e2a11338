// Server: where other places report, and where metrics and the status are read.
//
// On loopback everybody may read. From elsewhere everything needs the token of the places.
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WatchMetrics } from './metrics.js';
import { reportBytesMax } from './places/report.js';
import type { Watch } from './watch.js';

export interface WatchServer {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

export interface WatchServerOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly token?: string;
  readonly watch: () => Watch;
  readonly metrics: WatchMetrics;
}

/** Listens. Rejects with Node's own error (`EADDRINUSE`, …) when it cannot. */
export async function startWatchServer(options: WatchServerOptions): Promise<WatchServer> {
  const server = createServer((request, response) => {
    answer(options, request, response).catch(() => end(response, 500, ''));
  });
  server.headersTimeout = 10_000;
  server.requestTimeout = 15_000;
  server.maxConnections = 200;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { address, port } = server.address() as AddressInfo;
  return { host: address, port, close: () => close(server) };
}

async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}

async function answer(options: WatchServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://watch').pathname;
  if (request.method === 'POST' && path === '/reports') return receive(options, request, response);
  if (request.method !== 'GET') return end(response, 405, '');
  if (!isLocal(request) && !hasToken(options, request)) return end(response, 401, '');
  if (path === '/metrics') {
    const text = await options.metrics.expose(options.watch().status());
    return end(response, 200, text, options.metrics.contentType);
  }
  if (path === '/status') return end(response, 200, JSON.stringify(options.watch().status()), 'application/json');
  return end(response, 404, '');
}

async function receive(options: WatchServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!hasToken(options, request)) return end(response, 401, '');
  const body = await readBody(request);
  if (body === undefined) return end(response, 413, '');
  const reception = options.watch().receive(parse(body));
  return end(response, reception === 'accepted' ? 204 : 400, reception === 'accepted' ? '' : reception);
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.byteLength;
    if (size > reportBytesMax) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

// A page of a browser may not read it under another name that leads to loopback.
function isLocal({ socket, headers }: IncomingMessage): boolean {
  const isLoopback = /^(?:::1|(?:::ffff:)?127\.\d+\.\d+\.\d+)$/.test(socket.remoteAddress ?? '');
  return isLoopback && /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/.test(headers.host ?? '');
}

function hasToken({ token }: WatchServerOptions, { headers }: IncomingMessage): boolean {
  if (token === undefined || token === '') return false;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(headers.authorization ?? ''), digest(`Bearer ${token}`));
}

function end(response: ServerResponse, status: number, body: string, type = 'text/plain; charset=utf-8'): void {
  if (response.writableEnded) return;
  response.writeHead(status, {
    'content-type': type,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}
