// traffic: steady requests on the lab's clock, counted. Nothing is kept per request, so it may run for a lab week.
import type { Clock, Timer } from '../../clock.js';
import type { SimulatedRequest, SimulatedResponse } from './simulated-load-balancer.js';

export interface TrafficOptions {
  readonly url: string;
  readonly requestsPerSecond: number;
  readonly request?: SimulatedRequest;
}

export interface TrafficReport {
  readonly sent: number;
  readonly answered: number;
  /** Answered with 500 or above, or not at all because the listener is gone. */
  readonly failed: number;
  readonly byStatusCode: Readonly<Record<string, number>>;
  /** By what the header x-release says; what has none is not counted here. */
  readonly byRelease: Readonly<Record<string, number>>;
  /** Seconds of lab time in which at least one answer was a failure. */
  readonly secondsWithFailures: number;
  readonly firstFailureAt?: number;
  readonly lastFailureAt?: number;
}

export interface Traffic {
  report(): TrafficReport;
  /** Sends no more; what is under way is still counted. */
  stop(): TrafficReport;
}

export function startTraffic(
  clock: Clock,
  send: (url: string, request: SimulatedRequest) => Promise<SimulatedResponse>,
  { url, requestsPerSecond, request = {} }: TrafficOptions,
): Traffic {
  const startedAt = clock.now();
  const byStatusCode: Record<string, number> = {};
  const byRelease: Record<string, number> = {};
  let [sent, answered, failed, secondsWithFailures] = [0, 0, 0, 0];
  let firstFailureAt: number | undefined;
  let lastFailureAt: number | undefined;
  let timer: Timer | undefined;

  function count({ statusCode, headers }: SimulatedResponse): void {
    answered += 1;
    byStatusCode[statusCode] = (byStatusCode[statusCode] ?? 0) + 1;
    const release = headers['x-release'];
    if (release !== undefined) byRelease[release] = (byRelease[release] ?? 0) + 1;
    if (statusCode >= 500) countFailure(clock.now());
  }

  function countFailure(now: number): void {
    failed += 1;
    firstFailureAt ??= now;
    const isNewSecond = lastFailureAt === undefined || Math.floor(lastFailureAt / 1000) !== Math.floor(now / 1000);
    if (isNewSecond) secondsWithFailures += 1;
    lastFailureAt = now;
  }

  function sendNext(): void {
    sent += 1;
    void send(url, request).then(count, () => countFailure(clock.now()));
    timer = clock.setTimer(startedAt + (sent * 1000) / requestsPerSecond, sendNext);
  }

  function report(): TrafficReport {
    return {
      sent,
      answered,
      failed,
      byStatusCode: { ...byStatusCode },
      byRelease: { ...byRelease },
      secondsWithFailures,
      ...(firstFailureAt === undefined ? {} : { firstFailureAt, lastFailureAt }),
    };
  }

  sendNext();
  return {
    report,
    stop: () => {
      timer?.cancel();
      return report();
    },
  };
}
