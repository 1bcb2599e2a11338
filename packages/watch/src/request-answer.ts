// Request answer: what a check came to, as the gates of a rollout take it.
import type { RequestAnswer } from '@directrix/rollout';
import type { CheckResult } from './check.js';
import type { Mismatch } from './expectations.js';
import { type HttpAnswer, type HttpResult, isConnected } from './request.js';

/** What an answer says of who gave it, where it does. */
export type Identify = (answer: HttpAnswer) => { readonly version?: string; readonly fqdn?: string };

export function toRequestAnswer({ check, result, mismatches }: CheckResult, identify: Identify): RequestAnswer {
  const { at, durationMs } = result;
  const trouble = describeTrouble(result, mismatches);
  return {
    at,
    path: check.name,
    durationMs,
    isConnected: isConnected(result),
    ...(result.kind === 'answer' ? { statusCode: result.statusCode, ...identify(result) } : {}),
    ...(trouble === undefined ? {} : { trouble }),
    ...(check.expect !== undefined && mismatches.length > 0 ? { isUnexpected: true } : {}),
  };
}

function describeTrouble(result: HttpResult, mismatches: readonly Mismatch[]): string | undefined {
  if (result.kind === 'failure') return `${result.code}: ${result.message}`.slice(0, 200);
  return mismatches.length === 0 ? undefined : mismatches.map(({ code }) => code).join(', ');
}
