import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { pageAnswer } from './own-answer.js';

interface ListenerPortOptions {
  readonly host: string;
  /** Wished for; a free port is taken when it is not to be had. */
  readonly preferredPort: number;
  onRequest(request: IncomingMessage, response: ServerResponse, upgrade?: { readonly head: Buffer }): void;
  onOpen(url: string): void;
}

/** The loopback port of one listener. */
export interface ListenerPort {
  /** Takes no new connection; requests in flight go on to their end, and `cut` ends them. */
  close(): void;
  cut(): void;
  /** Resolves when the port and its connections are closed. */
  readonly closed: Promise<void>;
}

// Limits of an ALB: 64 K for all headers. Source: ALB guide, "HTTP 400: Bad request".
const largestRequestHeader = 64 * 1024;

/** Opens a port; `onOpen` tells where. Client-side rules of HTTP (bad requests, HTTP/1.0, 100-continue, pipelining) live here. */
export function openListenerPort(options: ListenerPortOptions): ListenerPort {
  const { host, onRequest, onOpen } = options;
  let isClosing = false;
  const server = createServer({ maxHeaderSize: largestRequestHeader, requestTimeout: 0, noDelay: true });
  // Idle clients keep their connections: a shorter life than the client expects costs it a request.
  server.keepAliveTimeout = 0;
  server.on('request', (request, response) => {
    if (isClosing) response.shouldKeepAlive = false;
    onRequest(request, response);
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => {});
    onRequest(request, responseOn(socket as Socket, request), { head });
  });
  server.on('clientError', answerClientError);
  let wantedPort = options.preferredPort;
  server.on('error', (error: NodeJS.ErrnoException) => {
    if (server.listening || wantedPort === 0 || isClosing) return;
    wantedPort = 0; // taken, or not allowed
    if (error.syscall === 'listen') server.listen({ port: 0, host });
  });
  server.on('listening', () => {
    if (isClosing) server.close();
    else onOpen(`http://${host}:${(server.address() as AddressInfo).port}`);
  });
  const closed = new Promise<void>((resolve) => {
    server.once('close', resolve);
  });
  server.listen({ port: wantedPort, host });
  return {
    closed,
    close: () => {
      isClosing = true;
      closeServer(server);
    },
    cut: () => server.closeAllConnections(),
  };
}

function closeServer(server: Server): void {
  // Before it listens there is nothing to close, and 'listening' closes it.
  if (!server.listening) return;
  server.close();
  server.closeIdleConnections();
}

/** An upgrade that is not accepted is answered like any request, on a connection that then ends. */
function responseOn(socket: Socket, request: IncomingMessage): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once('finish', () => {
    response.detachSocket(socket);
    socket.end();
  });
  socket.once('close', () => response.destroy());
  return response;
}

function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const isTimeout = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
  const { statusCode, reason, headers, body } = pageAnswer(isTimeout ? 408 : 400);
  const lines = [`HTTP/1.1 ${statusCode} ${reason}`];
  for (let n = 0; n < headers.length; n += 2) lines.push(`${headers[n]}: ${headers[n + 1]}`);
  socket.end(`${lines.join('\r\n')}\r\nConnection: close\r\n\r\n${body}`);
}
