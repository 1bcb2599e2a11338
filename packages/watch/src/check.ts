// Check: one request, its time limit, the redirects that it follows, and what is expected of its answer.
import type { Expectations } from '@directrix/rollout';
import { compareAnswer, type Mismatch } from './expectations.js';
import type { HttpAnswer, HttpRequest, HttpResult, Redirect, Transport } from './request.js';
import { type LimitClock, withinLimit } from './time-limit.js';

export interface Check {
  readonly name: string;
  readonly request: HttpRequest;
  readonly expect?: Expectations;
  /** By the clock, redirects included. Default 10 s. */
  readonly timeoutMs?: number;
  /** Redirects are followed, at most redirectCountMax of them. Default: the first answer is the answer. */
  readonly isFollowingRedirects?: boolean;
}

export interface CheckResult {
  readonly check: Check;
  readonly result: HttpResult;
  /** Empty for a failure: there is nothing to compare. */
  readonly mismatches: readonly Mismatch[];
}

export type CheckClock = LimitClock;

const timeoutMsDefault = 10_000;
const redirectCountMax = 5;

/** Makes the check once. Never rejects; a signal that aborts ends it as a failure. */
export async function runCheck(
  check: Check,
  ports: { readonly transport: Transport; readonly clock: CheckClock },
  signal?: AbortSignal,
): Promise<CheckResult> {
  const limit = { clock: ports.clock, ms: check.timeoutMs ?? timeoutMsDefault, signal };
  return withinLimit(limit, async (limited) => {
    const result = await askFollowing(check, ports.transport, limited);
    const mismatches = result.kind === 'answer' ? compareAnswer(result, check.expect ?? {}) : [];
    return { check, result, mismatches };
  });
}

async function askFollowing(check: Check, transport: Transport, signal: AbortSignal): Promise<HttpResult> {
  const redirects: Redirect[] = [];
  let request = check.request;
  let [firstAt, spentMs]: [number | undefined, number] = [undefined, 0];
  for (;;) {
    const result = await transport(request, signal);
    const next = check.isFollowingRedirects === true ? followUp(request, result) : undefined;
    firstAt ??= result.at;
    const whole = { at: firstAt, durationMs: result.durationMs + spentMs };
    if (result.kind === 'failure') return { ...result, ...whole };
    if (next === undefined) return redirects.length === 0 ? result : { ...result, ...whole, redirects };
    if (redirects.length === redirectCountMax) return { ...tooManyRedirects, ...whole, phases: result.phases };
    redirects.push({ statusCode: result.statusCode, location: next.url });
    request = next;
    spentMs += result.durationMs;
  }
}

const tooManyRedirects = {
  kind: 'failure',
  phase: 'body',
  code: 'TOO_MANY_REDIRECTS',
  message: `more than ${redirectCountMax} redirects`,
} as const;

function followUp(request: HttpRequest, result: HttpResult): HttpRequest | undefined {
  if (result.kind !== 'answer' || !isRedirect(result)) return undefined;
  const { location = '' } = result.headers;
  if (!URL.canParse(location, request.url)) return undefined;
  const url = new URL(location, request.url);
  const isSameOrigin = url.origin === new URL(request.url).origin;
  // What was said to one server is not for another.
  return { ...request, url: url.href, method: 'GET', headers: isSameOrigin ? request.headers : undefined };
}

function isRedirect({ statusCode, headers }: HttpAnswer): boolean {
  return [301, 302, 303, 307, 308].includes(statusCode) && headers.location !== undefined;
}
