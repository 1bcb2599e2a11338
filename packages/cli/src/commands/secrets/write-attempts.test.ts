// Writing until it is known: what AWS answers is scripted, and time is the test's.
import { inspect } from 'node:util';
import { SSMClient } from '@aws-sdk/client-ssm';
import { createAwsClients } from '@directrix/aws';
import { describe, expect, it } from 'vitest';
import type { SecretsWork } from './perform-secrets.js';
import { writeOne, writeUntilKnown } from './write-attempts.js';

type Answer = { readonly code: string; readonly status?: number } | 'lost' | 'lost, and written' | 'written';

/** A Parameter Store of one parameter that answers each PutParameter as it is told. */
function createTools(answers: readonly Answer[], stored?: string, isReadable = true) {
  let value = stored;
  const sleeps: number[] = [];
  const left = [...answers];
  const reply = (statusCode: number, body: object) => ({
    response: {
      statusCode,
      headers: { 'content-type': 'application/x-amz-json-1.1' },
      body: Buffer.from(JSON.stringify(body)),
    },
  });
  const handle = async ({ headers, body }: { headers: Record<string, string>; body: string }) => {
    const isPut = headers['x-amz-target']?.endsWith('PutParameter');
    if (!isPut && !isReadable) return reply(400, { __type: 'AccessDeniedException', message: 'no' });
    if (!isPut)
      return reply(200, { Parameters: value === undefined ? [] : [{ Name: '/a/KEY', Value: value, Version: 2 }] });
    const answer = left.shift() ?? 'written';
    if (answer === 'written' || answer === 'lost, and written') value = (JSON.parse(body) as { Value: string }).Value;
    if (answer === 'written') return reply(200, { Version: 2 });
    if (typeof answer === 'object')
      return reply(answer.status ?? 400, { __type: answer.code, message: `repeats ${value}` });
    throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
  };
  const clients = createAwsClients({
    version: 'test',
    region: 'us-west-2',
    endpoint: 'http://127.0.0.1:1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
    requestHandler: { handle },
  });
  expect(clients.ssm).toBeInstanceOf(SSMClient);
  const world = { clock: { now: () => 0, sleep: async (ms: number) => void sleeps.push(ms) } };
  return { tools: { ssm: clients.ssm, world } as unknown as SecretsWork, sleeps, left };
}

const secret = { name: '/a/KEY', value: 'new', type: 'SecureString', isAdvanced: false, isOverwriting: true };
const never = new AbortController().signal;
const throttled = { code: 'ThrottlingException' };

describe('a write', () => {
  it.each<[string, Answer[], number]>([
    ['throttled three times', [throttled, throttled, throttled], 3],
    ['met by another writer', [{ code: 'TooManyUpdates' }], 1],
    ['answered by a fault of the service', [{ code: 'InternalServerError', status: 500 }], 1],
    ['of which the request was lost', ['lost'], 1],
    ['of which the answer was lost', ['lost, and written'], 0],
  ])('%s is written in the end', async (_, answers, waits) => {
    const { tools, sleeps, left } = createTools(answers, 'old');
    expect(await writeUntilKnown(tools, secret, never)).toEqual({ kind: 'written', version: 2 });
    expect(sleeps).toHaveLength(waits);
    expect(left).toEqual([]);
  });

  it('throttled without end is refused, and was told to wait twice as long each time', async () => {
    const { tools, sleeps } = createTools(Array(20).fill(throttled));
    expect(await writeUntilKnown(tools, secret, never)).toMatchObject({
      kind: 'refused',
      error: { code: 'AWS_THROTTLED' },
    });
    expect(sleeps).toEqual([500, 1_000, 2_000, 4_000, 8_000]);
  });

  it('that AWS refuses is tried once, and what AWS said of the value is not repeated', async () => {
    const { tools, left } = createTools([{ code: 'ValidationException' }, 'written'], 'a value');
    const outcome = await writeUntilKnown(tools, secret, never);
    expect(outcome).toMatchObject({ kind: 'refused', error: { code: 'SECRET_NOT_WRITTEN' } });
    expect(inspect(outcome, { depth: 9 })).not.toContain('a value');
    expect(left).toEqual(['written']);
  });

  it('of which every answer was lost, and which is not there, is refused', async () => {
    const { tools } = createTools(['lost', 'lost'], 'old');
    expect((await writeUntilKnown(tools, secret, never)).kind).toBe('refused');
  });

  it('of which the answers were lost, and which cannot be looked at, is not known', async () => {
    const { tools } = createTools(['lost', 'lost, and written'], 'old', false);
    expect((await writeUntilKnown(tools, secret, never)).kind).toBe('unknown');
    const again = createTools(['lost', 'lost'], 'old', false);
    await expect(writeOne(again.tools, secret, never)).rejects.toMatchObject({ code: 'SECRET_WRITE_UNKNOWN' });
  });

  it('ends when it is interrupted', async () => {
    const { tools, left } = createTools([throttled, 'written']);
    expect((await writeUntilKnown(tools, secret, AbortSignal.abort())).kind).toBe('refused');
    expect(left).toEqual(['written']);
  });
});
