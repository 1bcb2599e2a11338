// Channel: somewhere that alerts go.

export interface Message {
  /** The same for the same alert, however often it is sent: a receiver may drop what it has. */
  readonly id: string;
  /** One line. */
  readonly title: string;
  readonly text: string;
  /** The alert as data. */
  readonly document: unknown;
}

export interface Channel {
  /** `slack 1`: what it is called in logs and metrics. Its address may be a secret. */
  readonly name: string;
  /** Resolves when the receiver has accepted the message. Rejects with a ChannelError; nothing of the address is in it. */
  send(message: Message, signal: AbortSignal): Promise<void>;
}

/** `code`: `HTTP_500`, `ECONNREFUSED`, `EAUTH`. The texts of servers and libraries may quote an address, and are left out. */
export class ChannelError extends Error {
  override readonly name = 'ChannelError';

  constructor(readonly code: string) {
    super(code);
  }
}

/** The code of whatever a library threw. */
export function channelErrorOf(error: unknown): ChannelError {
  if (error instanceof ChannelError) return error;
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth += 1) {
    const { code } = cause as NodeJS.ErrnoException;
    if (typeof code === 'string' && /^\w{1,60}$/.test(code)) return new ChannelError(code);
  }
  return new ChannelError(error instanceof Error && /^\w{1,60}$/.test(error.name) ? error.name : 'FAILED');
}

/** One HTTP POST. */
export type Post = (
  url: string,
  request: { readonly headers: Readonly<Record<string, string>>; readonly body: string; readonly signal: AbortSignal },
) => Promise<{ readonly status: number }>;
