import { describe, expect, test } from 'vitest';
import { createInstanceLookup, findAnswerer, isFailedAnswer, type RequestAnswer } from './request-answer.js';

const answer = (more: Partial<RequestAnswer>): RequestAnswer => ({
  at: 0,
  path: '/',
  durationMs: 10,
  isConnected: true,
  ...more,
});

describe('an answer is a failure when a user would call it one', () => {
  test.each<[string, Partial<RequestAnswer>, number | undefined, boolean]>([
    ['200', { statusCode: 200 }, 200, false],
    ['a redirect', { statusCode: 302 }, 200, false],
    ['500', { statusCode: 500 }, 200, true],
    ['500 where there was 500 before', { statusCode: 500 }, 500, true],
    ['no answer', { trouble: 'no answer within 10 s' }, 200, true],
    ['404 where there was 200 before', { statusCode: 404 }, 200, true],
    ['404 where there was 404 before', { statusCode: 404 }, 404, false],
    ['401 where nobody knows what there was', { statusCode: 401 }, undefined, false],
    ['200 that does not say what was expected', { statusCode: 200, isUnexpected: true }, 200, true],
  ])('%s', (_name, more, usualStatus, isFailed) => {
    expect(isFailedAnswer(answer(more), [{ path: '/', usualStatus }])).toBe(isFailed);
  });
});

describe('whose answer it was', () => {
  const instances = [
    { instanceId: 'i-old', privateDnsName: 'ip-10-0-0-1.ec2.internal', isNew: false },
    { instanceId: 'i-new', privateDnsName: 'ip-10-0-0-2.ec2.internal', isNew: true },
  ];
  const find = createInstanceLookup(instances);

  test.each<[string, Partial<RequestAnswer>, string, string, string]>([
    ['the version of the release', { version: '2' }, '1', '2', 'new'],
    ['another version', { version: '1' }, '1', '2', 'old'],
    ['a version of long ago', { version: '0' }, 'ami-1', '2', 'old'],
    ['nothing', {}, '1', '2', 'unknown'],
    ['a version that both have', { version: '2' }, '2', '2', 'unknown'],
    ['a new instance, of a version that both have', { version: '2', fqdn: 'ip-10-0-0-2' }, '2', '2', 'new'],
    ['an old instance with the wrong version', { version: '2', fqdn: 'ip-10-0-0-1.ec2.internal' }, '1', '2', 'old'],
    ['a host that is nobody of the group', { fqdn: 'elsewhere.example.com' }, '1', '2', 'unknown'],
  ])('it names %s', (_name, more, from, to, answerer) => {
    const given = answer(more);
    expect(findAnswerer(given, find(given.fqdn), { from, to })).toBe(answerer);
  });
});
