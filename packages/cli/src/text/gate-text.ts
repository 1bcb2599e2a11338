// What the gates saw, in words: requests by who answered them, and alarms.
import type { Evidence, RequestExample, RequestNumbers, Tally } from '@directrix/rollout';

type RequestEvidence = Extract<Evidence, { readonly code: 'REQUESTS_FAILING' | 'REQUESTS_SLOW' }>;

/** `12 of 15 requests to 2.0 failed, 0 of 45 to the release before; last: / answered 500`. */
export function tellRequests({ code, version, test, numbers }: RequestEvidence): string {
  const told = code === 'REQUESTS_FAILING' ? tellFailing(version, test, numbers) : tellSlow(version, test, numbers);
  return `${told}${tellLast(numbers.examples.at(-1))}`;
}

function tellFailing(version: string, test: RequestEvidence['test'], numbers: RequestNumbers): string {
  const failed = ({ failures, requests }: Tally) => `${failures} of ${requests}`;
  if (test === 'comparison')
    return `${failed(numbers.new)} requests to ${version} failed, ${failed(numbers.old)} to the release before`;
  return `${failed(totalOf(numbers))} requests failed since ${version} serves, ${failed(numbers.baseline)} before`;
}

function tellSlow(version: string, test: RequestEvidence['test'], numbers: RequestNumbers): string {
  const slow = ({ slow: number, requests }: Tally) => `${number} of ${requests}`;
  const limit = numbers.slowMs === undefined ? '' : ` longer than ${milliseconds(numbers.slowMs)}`;
  if (test === 'comparison')
    return `${slow(numbers.new)} requests to ${version} took${limit}, ${slow(numbers.old)} to the release before`;
  return `${slow(totalOf(numbers))} requests took${limit} since ${version} serves, ${slow(numbers.baseline)} before`;
}

type TrafficEvidence = Extract<Evidence, { readonly code: 'CANARY_FAILING' | 'CANARY_SLOW' }>;

/** `60 of 150 requests to 2.0 failed, 0 of 2850 to the release before, as CloudWatch counts them`. */
export function tellTraffic({ code, version, numbers: { canary, stable, slowMs } }: TrafficEvidence): string {
  const kind = code === 'CANARY_FAILING' ? 'failures' : 'slow';
  const limit = slowMs === undefined ? '' : ` longer than ${milliseconds(slowMs)}`;
  const what = code === 'CANARY_FAILING' ? 'failed' : `took${limit}`;
  return `${canary[kind]} of ${canary.requests} requests to ${version} ${what}, ${stable[kind]} of ${stable.requests} to the release before, as CloudWatch counts them`;
}

function totalOf({ new: fresh, old, unknown }: RequestNumbers): Tally {
  return {
    requests: fresh.requests + old.requests + unknown.requests,
    failures: fresh.failures + old.failures + unknown.failures,
    slow: fresh.slow + old.slow + unknown.slow,
  };
}

function tellLast(example: RequestExample | undefined): string {
  if (example === undefined) return '';
  const { path, statusCode, trouble, durationMs, instanceId } = example;
  const who = instanceId === undefined ? '' : ` by ${instanceId}`;
  const what = statusCode === undefined ? `had no answer (${trouble})` : `answered ${statusCode}${who}`;
  return `; last: ${path} ${what} after ${milliseconds(durationMs)}`;
}

function milliseconds(durationMs: number): string {
  return durationMs < 1_000 ? `${Math.round(durationMs)} ms` : `${Number((durationMs / 1_000).toPrecision(2))} s`;
}

/** `web-5xx is in ALARM (Threshold Crossed: …)`. */
export function listAlarms(alarms: readonly { readonly name: string; readonly reason?: string }[]): string {
  return alarms
    .map(({ name, reason }) => `${name} is in ALARM${reason === undefined ? '' : ` (${reason})`}`)
    .join(', ');
}
