// HTTP transport: one request over Node's own HTTP(S) client, with each phase timed.
import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Certificate, HttpRequest, HttpResult, RequestPhase, Transport } from './request.js';

export interface TransportTime {
  /** Epoch milliseconds. */
  now(): number;
  /** Monotonic milliseconds; how fast a server is, whatever a lab's clock says. */
  elapsed(): number;
}

const bodyBytesMaxDefault = 65_536;

/** `ca`: certificates to trust in place of the system's, as PEM. */
export function createHttpTransport(time: TransportTime, options: { readonly ca?: string } = {}): Transport {
  return (request, signal) => new Exchange(request, time, options.ca).run(signal);
}

class Exchange {
  readonly #request: HttpRequest;
  readonly #time: TransportTime;
  readonly #ca: string | undefined;
  readonly #at: number;
  readonly #startedAt: number;
  readonly #phases: Partial<Record<RequestPhase, number>> = {};
  #phase: RequestPhase = 'connect';
  #phaseStartedAt: number;
  #address: string | undefined;
  #certificate: Certificate | undefined;

  constructor(request: HttpRequest, time: TransportTime, ca: string | undefined) {
    this.#request = request;
    this.#time = time;
    this.#ca = ca;
    this.#at = time.now();
    this.#startedAt = time.elapsed();
    this.#phaseStartedAt = this.#startedAt;
  }

  run(signal: AbortSignal): Promise<HttpResult> {
    return new Promise((resolve) => {
      let outgoing: ClientRequest;
      const fail = (error: unknown) => resolve(this.#failure(signal.aborted ? signal.reason : error));
      try {
        outgoing = this.#open(signal);
      } catch (error) {
        fail(error);
        return;
      }
      outgoing.on('socket', (socket) => this.#watch(socket));
      outgoing.on('error', fail);
      outgoing.on('response', (incoming) => {
        this.#enter('body');
        this.#read(incoming).then((body) => resolve(this.#answer(incoming, body)), fail);
      });
      outgoing.end();
    });
  }

  #open(signal: AbortSignal): ClientRequest {
    const url = new URL(this.#request.url);
    const { method = 'GET', headers = {}, family } = this.#request;
    const options = {
      method,
      family,
      signal,
      // A connection of its own, so that whatever balances by connection balances too.
      agent: false as const,
      headers: { 'user-agent': 'directrix', ...headers, connection: 'close' },
    };
    if (url.protocol === 'http:') return requestHttp(url, options);
    if (url.protocol !== 'https:') throw Object.assign(new Error(`${url.protocol} is not HTTP`), { code: 'BAD_URL' });
    return requestHttps(url, { ...options, servername: headers.host?.replace(/:\d+$/, ''), ca: this.#ca });
  }

  #watch(socket: Socket): void {
    const isNamed = !/^(?:[\d.]+|\[.*\])$/.test(new URL(this.#request.url).hostname);
    if (isNamed) this.#phase = 'resolve';
    socket.once('lookup', (error: Error | null) => {
      if (error === null) this.#enter('connect');
    });
    socket.once('connect', () => {
      this.#address = socket.remoteAddress;
      this.#enter(isTls(socket) ? 'tls' : 'firstByte');
    });
    socket.once('secureConnect', () => {
      this.#certificate = readCertificate(socket as TLSSocket);
      this.#enter('firstByte');
    });
  }

  #enter(phase: RequestPhase): void {
    this.#endPhase();
    this.#phase = phase;
  }

  #endPhase(): void {
    const elapsed = this.#time.elapsed();
    this.#phases[this.#phase] = elapsed - this.#phaseStartedAt;
    this.#phaseStartedAt = elapsed;
  }

  async #read(incoming: IncomingMessage): Promise<string> {
    const bytesMax = this.#request.bodyBytesMax ?? bodyBytesMaxDefault;
    const pieces: Buffer[] = [];
    let size = 0;
    for await (const piece of incoming as AsyncIterable<Buffer>) {
      if (size < bytesMax) pieces.push(piece);
      size += piece.byteLength;
    }
    // A server that hangs up half-way ends the stream, but not the message.
    if (!incoming.complete)
      throw Object.assign(new Error('the connection was closed before the answer was complete'), {
        code: 'ECONNRESET',
      });
    return Buffer.concat(pieces).subarray(0, bytesMax).toString('utf8');
  }

  #answer(incoming: IncomingMessage, body: string): HttpResult {
    return {
      kind: 'answer',
      ...this.#attempt(),
      statusCode: incoming.statusCode ?? 0,
      headers: Object.fromEntries(
        Object.entries(incoming.headers).map(([name, value]) => [
          name,
          Array.isArray(value) ? value.join(', ') : (value ?? ''),
        ]),
      ),
      body,
    };
  }

  #failure(error: unknown): HttpResult {
    const phase = this.#phase;
    const { code, message } = describeError(error);
    return { kind: 'failure', ...this.#attempt(), phase, code, message };
  }

  #attempt() {
    this.#endPhase();
    return {
      at: this.#at,
      durationMs: this.#phaseStartedAt - this.#startedAt,
      phases: { ...this.#phases },
      address: this.#address,
      certificate: this.#certificate,
    };
  }
}

function isTls(socket: Socket): socket is TLSSocket {
  return 'getPeerCertificate' in socket;
}

function readCertificate(socket: TLSSocket): Certificate | undefined {
  const { valid_to, subject } = socket.getPeerCertificate();
  const expiresAt = Date.parse(valid_to ?? '');
  if (Number.isNaN(expiresAt)) return undefined;
  const name = subject?.CN;
  return { expiresAt, subject: Array.isArray(name) ? name.join(', ') : (name ?? '') };
}

function describeError(error: unknown): { readonly code: string; readonly message: string } {
  if (!(error instanceof Error)) return { code: 'ABORTED', message: String(error) };
  // Several addresses were tried, each in vain.
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return describeError(error.errors[0]);
  const { code } = error as NodeJS.ErrnoException;
  return { code: typeof code === 'string' ? code : error.name, message: error.message };
}
