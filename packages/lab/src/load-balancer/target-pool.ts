import { connect } from 'node:net';
import { type buildConnector, Pool } from 'undici';
import type { Clock } from '../clock.js';
import type { TargetLocator } from './target-locator.js';

/** Why no connection to a target came about. */
export class TargetConnectError extends Error {
  override readonly name = 'TargetConnectError';
  constructor(
    readonly code: 'TARGET_REFUSED' | 'TARGET_CONNECT_TIMEOUT',
    options?: ErrorOptions,
  ) {
    super(
      code === 'TARGET_REFUSED' ? 'the target refused the connection' : 'the target did not accept within 10 s',
      options,
    );
  }
}

/** How long an ALB waits for a connection. Source: ALB guide, "HTTP 504: Gateway timeout". */
const connectTimeoutMs = 10_000;
/** A larger header of a response is a bad one: 502. Source: ALB guide, "HTTP 502: Bad gateway". */
const largestResponseHeader = 32 * 1024;

/** A pool needs one; connections go where the locator says. */
export const origin = 'http://target.invalid';

interface TargetPoolOptions {
  readonly clock: Clock;
  readonly locator: TargetLocator;
  readonly loadBalancerArn: string;
  readonly targetId: string;
  readonly port: number;
}

/**
 * The connections to one target. Asks the locator for each new one, so that a change of the network holds for new connections and
 * not for open ones, as with AWS's connection tracking.
 *
 * Before undici writes to a connection that was idle it lets pending input through, so that one which the target has closed is never
 * handed out; and it gives up an idle connection a second before the target's `Keep-Alive: timeout` would. What is left is the
 * target that closes at the very moment a request leaves: that request is not repeated, and its client gets the 502 of an ALB.
 */
export function createTargetPool({ clock, locator, loadBalancerArn, targetId, port }: TargetPoolOptions): TargetPool {
  const pending = new Set<() => void>();

  const connectTarget: buildConnector.connector = (_, done) => {
    const location = locator.locate(loadBalancerArn, targetId, port);
    if (location.kind === 'refused') {
      setImmediate(() => done(new TargetConnectError('TARGET_REFUSED'), null));
      return;
    }
    const socket = location.kind === 'open' ? connect({ ...address(location), noDelay: true }) : undefined;
    const timer = clock.setTimer(clock.now() + connectTimeoutMs, () => {
      finish(new TargetConnectError('TARGET_CONNECT_TIMEOUT'));
    });
    const cancel = () => finish(new TargetConnectError('TARGET_REFUSED'));
    pending.add(cancel);
    const onError = (cause: Error) => finish(new TargetConnectError('TARGET_REFUSED', { cause }));
    socket?.once('error', onError).once('connect', () => finish(undefined));

    function finish(error: Error | undefined): void {
      if (!pending.delete(cancel)) return;
      timer.cancel();
      socket?.off('error', onError);
      if (error === undefined && socket !== undefined) {
        done(null, socket);
      } else {
        socket?.on('error', () => {}).destroy();
        done(error ?? new TargetConnectError('TARGET_REFUSED'), null);
      }
    }
  };

  const pool = new Pool(origin, {
    connect: connectTarget,
    pipelining: 1,
    // The lab's clock times requests, not undici.
    headersTimeout: 0,
    bodyTimeout: 0,
    maxHeaderSize: largestResponseHeader,
    strictContentLength: true,
  });
  return {
    dispatch: (options, handler) => pool.dispatch(options, handler),
    close: async () => {
      for (const cancel of pending) cancel();
      await pool.destroy();
    },
  };
}

export interface TargetPool {
  readonly dispatch: Pool['dispatch'];
  /** Cuts every connection; requests in flight fail. */
  close(): Promise<void>;
}

function address(location: { readonly host: string; readonly port: number }): { host: string; port: number } {
  return { host: location.host, port: location.port };
}
