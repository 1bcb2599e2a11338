// Expectations: what an answer must be like, and in what it is not. Pure.
import type { Expectations, Json } from '@directrix/rollout';
import type { HttpAnswer } from './request.js';

/** One thing in which an answer is not as expected. */
export type Mismatch =
  | { readonly code: 'STATUS_DIFFERS'; readonly expected: readonly number[]; readonly actual: number }
  | { readonly code: 'BODY_LACKS'; readonly text: string }
  | { readonly code: 'BODY_MATCHES_NOT'; readonly pattern: string }
  | { readonly code: 'BODY_NOT_JSON' }
  | { readonly code: 'JSON_DIFFERS'; readonly pointer: string; readonly expected: Json; readonly actual?: Json }
  | { readonly code: 'HEADER_DIFFERS'; readonly name: string; readonly expected?: string; readonly actual?: string }
  | { readonly code: 'LOCATION_DIFFERS'; readonly expected: string; readonly actual?: string }
  | { readonly code: 'TOO_SLOW'; readonly limitMs: number; readonly durationMs: number }
  | { readonly code: 'CERTIFICATE_EXPIRES'; readonly daysLeast: number; readonly daysLeft: number };

/** All in which the answer is not as expected; empty when it is. `at`: epoch milliseconds, for the certificate's days. */
export function compareAnswer(answer: HttpAnswer, expectations: Expectations): readonly Mismatch[] {
  return [
    compareStatus(answer, expectations),
    ...compareBody(answer, expectations),
    ...compareJson(answer, expectations),
    ...compareHeaders(answer, expectations),
    compareLocation(answer, expectations),
    compareDuration(answer, expectations),
    compareCertificate(answer, expectations),
  ].filter((each) => each !== undefined);
}

function compareStatus({ statusCode }: HttpAnswer, { statusCodes }: Expectations): Mismatch | undefined {
  const isExpected = statusCodes === undefined ? statusCode < 500 : statusCodes.includes(statusCode);
  return isExpected ? undefined : { code: 'STATUS_DIFFERS', expected: statusCodes ?? [], actual: statusCode };
}

function compareBody({ body }: HttpAnswer, { bodyIncludes, bodyMatches }: Expectations): readonly Mismatch[] {
  const mismatches: Mismatch[] = [];
  if (bodyIncludes !== undefined && !body.includes(bodyIncludes))
    mismatches.push({ code: 'BODY_LACKS', text: bodyIncludes });
  if (bodyMatches !== undefined && !new RegExp(bodyMatches).test(body))
    mismatches.push({ code: 'BODY_MATCHES_NOT', pattern: bodyMatches });
  return mismatches;
}

function compareJson({ body }: HttpAnswer, { json = [] }: Expectations): readonly Mismatch[] {
  if (json.length === 0) return [];
  let document: Json;
  try {
    document = JSON.parse(body) as Json;
  } catch {
    return [{ code: 'BODY_NOT_JSON' }];
  }
  return json.flatMap(({ pointer, equals }): readonly Mismatch[] => {
    const actual = readPointer(document, pointer);
    return isSameJson(actual, equals) ? [] : [{ code: 'JSON_DIFFERS', pointer, expected: equals, actual }];
  });
}

/** The value at a JSON pointer (RFC 6901); undefined where there is none. */
function readPointer(document: Json, pointer: string): Json | undefined {
  if (pointer === '') return document;
  const names = pointer
    .replace(/^\//, '')
    .split('/')
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
  let value: Json | undefined = document;
  for (const name of names) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as { readonly [name: string]: Json })[name];
  }
  return value;
}

function isSameJson(a: Json | undefined, b: Json): boolean {
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every((name) => Object.hasOwn(b, name) && isSameJson(Reflect.get(a, name), Reflect.get(b, name)));
}

function compareHeaders({ headers }: HttpAnswer, expectations: Expectations): readonly Mismatch[] {
  return (expectations.headers ?? []).flatMap(({ name, includes }): readonly Mismatch[] => {
    const actual = headers[name.toLowerCase()];
    const isExpected = actual !== undefined && (includes === undefined || actual.includes(includes));
    return isExpected ? [] : [{ code: 'HEADER_DIFFERS', name, expected: includes, actual }];
  });
}

function compareLocation({ headers, redirects }: HttpAnswer, { location }: Expectations): Mismatch | undefined {
  if (location === undefined) return undefined;
  const actual = headers.location ?? redirects?.at(-1)?.location;
  return actual === location ? undefined : { code: 'LOCATION_DIFFERS', expected: location, actual };
}

function compareDuration({ durationMs }: HttpAnswer, { durationMaxMs }: Expectations): Mismatch | undefined {
  if (durationMaxMs === undefined || durationMs <= durationMaxMs) return undefined;
  return { code: 'TOO_SLOW', limitMs: durationMaxMs, durationMs };
}

const dayMs = 86_400_000;

function compareCertificate(
  { certificate, at }: HttpAnswer,
  { certificateDaysLeast }: Expectations,
): Mismatch | undefined {
  if (certificateDaysLeast === undefined || certificate === undefined) return undefined;
  const daysLeft = Math.floor((certificate.expiresAt - at) / dayMs);
  if (daysLeft >= certificateDaysLeast) return undefined;
  return { code: 'CERTIFICATE_EXPIRES', daysLeast: certificateDaysLeast, daysLeft };
}
