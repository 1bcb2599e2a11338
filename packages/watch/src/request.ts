// Request: what is asked of a site, and what came of it. Times are milliseconds; `at` is epoch milliseconds.

export interface HttpRequest {
  /** Absolute, `http:` or `https:`. */
  readonly url: string;
  /** Default GET. */
  readonly method?: string;
  /** Names in lower case. `host` also names the server in a TLS handshake. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: whichever the name resolves to first. */
  readonly family?: 4 | 6;
  /** Bytes of the body that are kept; the rest is read and forgotten. Default 65,536. */
  readonly bodyBytesMax?: number;
}

/** What a request goes through, in this order. A phase that it did not need is not in `phases`. */
export type RequestPhase = 'resolve' | 'connect' | 'tls' | 'firstByte' | 'body';

export type Phases = Readonly<Partial<Record<RequestPhase, number>>>;

export interface Certificate {
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  readonly subject: string;
}

interface Attempt {
  readonly at: number;
  readonly durationMs: number;
  /** How long each phase took. */
  readonly phases: Phases;
  /** The address that was connected to. */
  readonly address?: string;
  readonly certificate?: Certificate;
}

export interface HttpAnswer extends Attempt {
  readonly kind: 'answer';
  readonly statusCode: number;
  /** Names in lower case; several of one name are joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Redirects that were followed, in order. */
  readonly redirects?: readonly Redirect[];
}

export interface Redirect {
  readonly statusCode: number;
  readonly location: string;
}

/** There was no complete answer. */
export interface HttpFailure extends Attempt {
  readonly kind: 'failure';
  /** The phase that did not end well. Up to `tls` nothing was asked yet. */
  readonly phase: RequestPhase;
  /** `ENOTFOUND`, `ECONNREFUSED`, `CERT_HAS_EXPIRED`, …; `TIMEOUT` when the time was up. */
  readonly code: string;
  readonly message: string;
}

export type HttpResult = HttpAnswer | HttpFailure;

/** Makes one request on a connection of its own. Never rejects; a signal that aborts ends it as a failure. */
export type Transport = (request: HttpRequest, signal: AbortSignal) => Promise<HttpResult>;

/** Whether the request got as far as the server. What fails before says nothing about an application behind a load balancer. */
export function isConnected(result: HttpResult): boolean {
  return result.kind === 'answer' || result.phase === 'firstByte' || result.phase === 'body';
}
