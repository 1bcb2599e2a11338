import type { Expectations } from '@directrix/rollout';
import { describe, expect, test } from 'vitest';
import { type Check, runCheck } from './check.js';
import type { HttpAnswer, HttpRequest, Transport } from './request.js';
import { toRequestAnswer } from './request-answer.js';

const answer = (more: Partial<HttpAnswer> = {}): HttpAnswer => ({
  kind: 'answer',
  at: 0,
  durationMs: 10,
  phases: {},
  statusCode: 200,
  headers: {},
  body: '',
  ...more,
});
// Only an aborted sleep ends: no request here is too slow unless it says so.
const patient = {
  sleep: (_ms: number, signal?: AbortSignal) =>
    new Promise<void>((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
};
const check = (more: Partial<Check> = {}): Check => ({ name: '/', request: { url: 'http://site/' }, ...more });
const ports = (transport: Transport) => ({ transport, clock: patient });

describe('what is expected of an answer', () => {
  const json = '{"status":"ok","parts":[{"a/b":1}],"nothing":null}';
  test.each<[string, Expectations, Partial<HttpAnswer>, readonly string[]]>([
    ['nothing in particular', {}, {}, []],
    ['nothing in particular, of a server error', {}, { statusCode: 500 }, ['STATUS_DIFFERS']],
    ['a status', { statusCodes: [200, 204] }, { statusCode: 204 }, []],
    ['another status', { statusCodes: [200] }, { statusCode: 301 }, ['STATUS_DIFFERS']],
    ['a text', { bodyIncludes: 'Welcome' }, { body: '<h1>Welcome</h1>' }, []],
    ['another text', { bodyIncludes: 'Welcome' }, { body: 'maintenance' }, ['BODY_LACKS']],
    ['a pattern', { bodyMatches: '^v\\d+$' }, { body: 'v12' }, []],
    ['another pattern', { bodyMatches: '^v\\d+$' }, { body: 'v' }, ['BODY_MATCHES_NOT']],
    ['values in JSON', { json: [{ pointer: '/status', equals: 'ok' }] }, { body: json }, []],
    ['a deep value in JSON', { json: [{ pointer: '/parts/0', equals: { 'a/b': 1 } }] }, { body: json }, []],
    ['a key with a slash', { json: [{ pointer: '/parts/0/a~1b', equals: 1 }] }, { body: json }, []],
    ['null', { json: [{ pointer: '/nothing', equals: null }] }, { body: json }, []],
    ['a value that is not there', { json: [{ pointer: '/toString', equals: null }] }, { body: json }, ['JSON_DIFFERS']],
    ['JSON where there is none', { json: [{ pointer: '', equals: 1 }] }, { body: 'ok' }, ['BODY_NOT_JSON']],
    ['a header', { headers: [{ name: 'X-Cache', includes: 'HIT' }] }, { headers: { 'x-cache': 'HIT 1' } }, []],
    ['a header that is not there', { headers: [{ name: 'X-Cache' }] }, {}, ['HEADER_DIFFERS']],
    ['a place', { location: '/login' }, { statusCode: 302, headers: { location: '/login' } }, []],
    ['another place', { location: '/login' }, { statusCode: 302, headers: { location: '/' } }, ['LOCATION_DIFFERS']],
    ['speed', { durationMaxMs: 9 }, {}, ['TOO_SLOW']],
    ['days', { certificateDaysLeast: 14 }, { certificate: { expiresAt: 14 * 86_400_000, subject: '' } }, []],
    [
      'more days',
      { certificateDaysLeast: 14 },
      { certificate: { expiresAt: 14 * 86_400_000 - 1, subject: '' } },
      ['CERTIFICATE_EXPIRES'],
    ],
  ])('%s', async (_name, expect_, given, codes) => {
    const { mismatches } = await runCheck(
      check({ expect: expect_ }),
      ports(async () => answer(given)),
    );
    expect(mismatches.map(({ code }) => code)).toEqual(codes);
  });
});

describe('redirects', () => {
  const chain = (length: number): Transport => {
    let left = length;
    return async (request) =>
      left-- > 0 ? answer({ statusCode: 302, headers: { location: `/${left}` } }) : answer({ body: request.url });
  };

  test('are an answer like any other, unless they are to be followed', async () => {
    const { result } = await runCheck(check(), ports(chain(1)));
    expect(result).toMatchObject({ kind: 'answer', statusCode: 302 });
  });

  test('are followed to the end, and the time is that of all', async () => {
    const { result } = await runCheck(check({ isFollowingRedirects: true }), ports(chain(5)));
    expect(result).toMatchObject({ kind: 'answer', body: 'http://site/0', durationMs: 60 });
    expect(result.kind === 'answer' && result.redirects).toHaveLength(5);
  });

  test('without an end are a failure', async () => {
    const { result } = await runCheck(check({ isFollowingRedirects: true }), ports(chain(Infinity)));
    expect(result).toMatchObject({ kind: 'failure', code: 'TOO_MANY_REDIRECTS' });
  });

  test('to another server do not carry the headers that were for the first', async () => {
    const asked: HttpRequest[] = [];
    const transport: Transport = async (request) => {
      asked.push(request);
      return asked.length === 1 ? answer({ statusCode: 302, headers: { location: 'http://elsewhere/' } }) : answer();
    };
    const request = { url: 'http://site/', headers: { authorization: 'secret' } };
    await runCheck(check({ request, isFollowingRedirects: true }), ports(transport));
    expect(asked[1]).toMatchObject({ url: 'http://elsewhere/' });
    expect(asked[1]?.headers).toBeUndefined();
  });
});

describe('a check has an end', () => {
  const hanging: Transport = (_request, signal) =>
    new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        const { code, message } = signal.reason as Error & { code: string };
        resolve({ kind: 'failure', at: 0, durationMs: 0, phases: {}, phase: 'firstByte', code, message });
      });
    });

  test('its time limit, by the clock that was passed in', async () => {
    const slept: number[] = [];
    const clock = {
      sleep: async (ms: number) => {
        slept.push(ms);
      },
    };
    const { result } = await runCheck(check({ timeoutMs: 3_000 }), { transport: hanging, clock });
    expect(result).toMatchObject({ kind: 'failure', code: 'TIMEOUT', message: 'no answer within 3 s' });
    expect(slept).toEqual([3_000]);
  });

  test('a signal, even one that has aborted before', async () => {
    const signal = AbortSignal.abort(Object.assign(new Error('stopped'), { code: 'STOPPED' }));
    const transport: Transport = async (_request, given) => {
      const { code, message } = given.reason as Error & { code: string };
      return { kind: 'failure', at: 0, durationMs: 0, phases: {}, phase: 'connect', code, message };
    };
    expect((await runCheck(check(), ports(transport), signal)).result).toMatchObject({ code: 'STOPPED' });
  });
});

describe('for the gates of a rollout', () => {
  const identify = ({ headers }: HttpAnswer) => ({ version: headers['x-version'] });

  test('an answer says its status and who gave it', async () => {
    const given = await runCheck(
      check(),
      ports(async () => answer({ statusCode: 500, headers: { 'x-version': '2' } })),
    );
    expect(toRequestAnswer(given, identify)).toEqual({
      at: 0,
      path: '/',
      durationMs: 10,
      statusCode: 500,
      version: '2',
      isConnected: true,
      trouble: 'STATUS_DIFFERS',
    });
  });

  test('one that is not as the operator expects is a failure whatever its status', async () => {
    const given = await runCheck(
      check({ expect: { bodyIncludes: 'hello' } }),
      ports(async () => answer()),
    );
    expect(toRequestAnswer(given, identify)).toMatchObject({
      statusCode: 200,
      isUnexpected: true,
      trouble: 'BODY_LACKS',
    });
  });
});
