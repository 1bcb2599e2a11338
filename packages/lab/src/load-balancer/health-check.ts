import { request } from 'node:http';
import type { Clock } from '../clock.js';
import type { HealthCheckResult } from '../control-plane/types.js';
import type { Location } from './target-locator.js';

export interface HealthCheck {
  readonly clock: Clock;
  readonly location: Location;
  /** `10.0.1.23:8888`, which an ALB sends as the Host. */
  readonly authority: string;
  readonly path: string;
  /** Lab time. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Asks a target whether it is well, as an ALB node does: one GET on a connection of its own. Calls `report` once, unless the signal
 * aborts first. A status code counts as soon as the response's headers are there.
 */
export function checkHealth(check: HealthCheck, report: (result: HealthCheckResult) => void): void {
  const { clock, location, signal } = check;
  let isDone = false;
  const finish = (result: HealthCheckResult | undefined) => {
    if (isDone) return;
    isDone = true;
    signal.removeEventListener('abort', onAbort);
    if (result?.kind !== 'response') timer.cancel();
    if (result !== undefined) report(result);
  };
  const onAbort = () => {
    finish(undefined);
    timer.cancel();
    outgoing?.destroy();
  };
  const timer = clock.setTimer(clock.now() + check.timeoutMs, () => {
    finish({ kind: 'timeout' });
    outgoing?.destroy(); // also a target that never ends its body
  });
  const outgoing = location.kind === 'open' ? send(check, location) : undefined;
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  if (outgoing === undefined && location.kind !== 'dropped') setImmediate(() => finish({ kind: 'failed' }));

  outgoing
    ?.on('error', () => finish({ kind: 'failed' }))
    .on('close', () => {
      finish({ kind: 'failed' });
      timer.cancel();
    })
    .on('response', (response) => {
      response.on('error', () => {}).resume();
      finish({ kind: 'response', statusCode: response.statusCode ?? 0 });
    });
}

/** Undefined when the path cannot stand in a request line. */
function send({ path, authority }: HealthCheck, location: Location & { readonly kind: 'open' }) {
  const headers = { Host: authority, Connection: 'close', 'User-Agent': 'ELB-HealthChecker/2.0' };
  try {
    return request({ host: location.host, port: location.port, path, agent: false, headers }).end();
  } catch {
    return undefined;
  }
}
