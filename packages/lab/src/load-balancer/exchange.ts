// exchange: one client's request on its way to one target, and the response on its way back.
//
// Streams both ways with back-pressure and holds no whole body. Whoever owns it (the proxy) chooses the target, watches its idleness
// and is told when it ends.
//
//   E1. The client gets exactly one response: the target's, or the load balancer's own, or a closed connection when the target's
//       had begun and cannot be completed.
//   E2. A request that has been written to a target is never sent again.
//   E3. It ends exactly once, whichever of client, target, idle timeout, drain or close comes first.
import { type IncomingMessage, type ServerResponse, validateHeaderValue } from 'node:http';
import { type Duplex, PassThrough } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { Clock } from '../clock.js';
import { responseHeadersForClient } from './forwarded-headers.js';
import type { Traveller } from './in-flight.js';
import { type OwnAnswer, pageAnswer } from './own-answer.js';
import { origin, TargetConnectError, type TargetPool } from './target-pool.js';

/** How an exchange ended. */
export type Ending =
  | { readonly kind: 'answered'; readonly statusCode: number }
  | { readonly kind: 'failed'; readonly statusCode: number; readonly reason: string }
  | { readonly kind: 'clientClosed' };

interface ExchangeOptions {
  readonly clock: Clock;
  readonly pool: TargetPool;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  /** For the target: raw, name and value in turn. */
  readonly headers: string[];
  readonly hasBody: boolean;
  readonly idleTimeoutMs: number;
  /** Names the target. */
  readonly targetKey: string;
  /** For an upgrade: the protocol, and what the client sent after its request. */
  readonly upgrade?: { readonly protocol: string; readonly head: Buffer };
  /** Called once, when the target's response headers are there. */
  onTargetResponse(statusCode: number, afterMs: number): void;
  /** Called once. */
  onEnd(ending: Ending): void;
}

type Controller = Dispatcher.DispatchController;

export class Exchange implements Traveller, Dispatcher.DispatchHandler {
  lastActiveAt: number;
  position = -1;
  readonly idleTimeoutMs: number;
  readonly targetKey: string;
  readonly #options: ExchangeOptions;
  readonly #startedAt: number;
  #controller: Controller | undefined;
  #tunnel: Duplex | undefined;
  #targetStatusCode = 0;
  #isOver = false;
  #isWaitingForClient = false;
  /** Of the response's body; not a number when its length is not known before. */
  #missingBytes = Number.NaN;
  /** Held back for the end, which comes with it, so that both leave in one write. */
  #lastChunk: Buffer | undefined;

  constructor(options: ExchangeOptions) {
    this.#options = options;
    this.idleTimeoutMs = options.idleTimeoutMs;
    this.targetKey = options.targetKey;
    this.#startedAt = options.clock.now();
    this.lastActiveAt = this.#startedAt;
  }

  start(): void {
    const { pool, request, response, path, headers, hasBody, upgrade } = this.#options;
    response.on('close', () => this.#clientClosed());
    const body = hasBody ? this.#body() : null;
    pool.dispatch(
      {
        origin,
        path,
        method: request.method ?? 'GET',
        headers,
        body,
        blocking: false,
        upgrade: upgrade?.protocol ?? null,
      },
      this,
    );
  }

  /** The target's drain time is over, or the load balancer closes: 502, or a cut connection (E1). */
  cut(): void {
    this.#fail(502, 'cut: the deregistration delay of the target is over');
  }

  onIdle(): void {
    const { request, response } = this.#options;
    if (!request.complete) {
      response.shouldKeepAlive = false;
      this.#fail(408, 'the client sent nothing for the idle timeout');
    } else this.#fail(504, 'the target sent nothing for the idle timeout');
  }

  // --- undici's handler

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    if (this.#isOver) controller.abort(new Error('the exchange is over'));
  }

  onResponseStart(
    controller: Controller,
    statusCode: number,
    headers: { readonly 'content-length'?: string },
    statusMessage?: string,
  ): void {
    if (this.#isOver || statusCode < 200) return;
    this.#targetAnswered(statusCode);
    this.#missingBytes = Number(headers['content-length']);
    const raw = controller.rawHeaders as readonly Buffer[];
    const { response } = this.#options;
    response.writeHead(statusCode, statusMessage ?? '', responseHeadersForClient(raw));
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    if (this.#isOver) return;
    this.#touch();
    this.#missingBytes -= chunk.length;
    if (this.#missingBytes === 0) {
      this.#lastChunk = chunk;
      return;
    }
    const { response } = this.#options;
    if (response.write(chunk) || this.#isWaitingForClient) return;
    controller.pause();
    this.#isWaitingForClient = true;
    response.once('drain', () => {
      this.#isWaitingForClient = false;
      this.#touch();
      controller.resume();
    });
  }

  onResponseEnd(): void {
    if (this.#isOver) return;
    this.#options.response.end(this.#lastChunk);
    this.#discardRest();
    this.#end({ kind: 'answered', statusCode: this.#targetStatusCode });
  }

  onResponseError(_controller: Controller, error: Error): void {
    if (error instanceof TargetConnectError && error.code === 'TARGET_CONNECT_TIMEOUT') this.#fail(504, error.message);
    else this.#fail(502, error.message);
  }

  onRequestUpgrade(controller: Controller, statusCode: number, _headers: unknown, socket: Duplex): void {
    const { response, upgrade } = this.#options;
    const client = response.socket;
    if (this.#isOver || client === null) {
      socket.destroy();
      return;
    }
    this.#targetAnswered(statusCode);
    this.#tunnel = socket;
    response.detachSocket(client);
    client.write(rawHead(statusCode, responseHeadersForClient(controller.rawHeaders as readonly Buffer[], true)));
    if (upgrade !== undefined && upgrade.head.length > 0) socket.write(upgrade.head);
    this.#join(client, socket);
  }

  // --- inside

  #join(client: Duplex, target: Duplex): void {
    const close = () => {
      client.destroy();
      target.destroy();
      this.#end({ kind: 'answered', statusCode: this.#targetStatusCode });
    };
    for (const side of [client, target]) {
      side.on('data', () => this.#touch());
      side.once('error', close).once('close', close);
    }
    client.pipe(target);
    target.pipe(client);
  }

  #body(): PassThrough {
    const { request } = this.#options;
    const body = new PassThrough();
    // Not the request itself: undici destroys what it cannot finish, and the client's connection is still needed for the answer.
    body.on('error', () => {});
    request.on('data', () => this.#touch());
    request.once('error', () => body.destroy());
    return request.pipe(body);
  }

  #targetAnswered(statusCode: number): void {
    this.#touch();
    this.#targetStatusCode = statusCode;
    this.#options.onTargetResponse(statusCode, this.lastActiveAt - this.#startedAt);
  }

  #touch(): void {
    this.lastActiveAt = this.#options.clock.now();
  }

  #clientClosed(): void {
    if (this.#isOver || this.#tunnel !== undefined) return;
    this.#end({ kind: 'clientClosed' });
    this.#controller?.abort(new Error('the client closed the connection'));
  }

  #fail(statusCode: number, reason: string): void {
    if (this.#isOver) return;
    const { response } = this.#options;
    this.#end({ kind: 'failed', statusCode, reason });
    this.#controller?.abort(new Error(reason));
    this.#tunnel?.destroy();
    if (this.#tunnel !== undefined || response.headersSent) response.destroy();
    else sendAnswer(response, pageAnswer(statusCode));
    this.#discardRest();
  }

  /** What the client still sends of a request that has been answered; left unread, it would block the connection's next request. */
  #discardRest(): void {
    const { request } = this.#options;
    if (!request.complete) request.unpipe().resume();
  }

  #end(ending: Ending): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#options.onEnd(ending);
  }
}

/** Sends the load balancer's own answer. What HTTP cannot carry becomes a 500 of this request. */
export function sendAnswer(response: ServerResponse, answer: OwnAnswer): void {
  const sent = canBeSent(answer) ? answer : pageAnswer(500);
  response.writeHead(sent.statusCode, sent.reason, [...sent.headers]);
  response.end(sent.body);
}

function canBeSent({ statusCode, headers }: OwnAnswer): boolean {
  try {
    for (let n = 0; n < headers.length; n += 2) validateHeaderValue(headers[n] ?? '', headers[n + 1] ?? '');
    return statusCode >= 200 && statusCode <= 599;
  } catch {
    return false;
  }
}

function rawHead(statusCode: number, headers: readonly string[]): string {
  let head = `HTTP/1.1 ${statusCode} Switching Protocols\r\n`;
  for (let n = 0; n < headers.length; n += 2) head += `${headers[n]}: ${headers[n + 1]}\r\n`;
  return `${head}\r\n`;
}
