import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RequestAnswer } from '@directrix/rollout';
import { measureImpact } from '@directrix/timeline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { countAnswers, createRequestCounter, readCountedRequests } from './counted-requests.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'directrix-counted-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const watched = [{ path: '/', usualStatus: 200 }];
const answer = (at: number, more: Partial<RequestAnswer> = {}): RequestAnswer => ({
  at,
  path: '/',
  durationMs: 10,
  isConnected: true,
  statusCode: 200,
  ...more,
});

test('answers are counted by the second in which they were asked for, failures by their code', () => {
  const seconds = countAnswers(
    [
      answer(2_100),
      answer(1_900, { statusCode: 502, durationMs: 30 }),
      answer(1_000, { version: '2', durationMs: 20 }),
      answer(1_500, { statusCode: undefined, isConnected: false, trouble: 'ECONNREFUSED: 10.0.0.1 password=x' }),
      answer(1_600, { statusCode: undefined, trouble: 'it took too long' }),
      answer(1_700, { isUnexpected: true, trouble: 'BODY_DIFFERS' }),
    ],
    watched,
  );
  expect(seconds).toEqual([
    {
      at: 1_000,
      succeeded: 1,
      failed: 4,
      failures: { 502: 1, ECONNREFUSED: 1, 'no answer': 1, BODY_DIFFERS: 1 },
      latencies: { '': { count: 2, medianMs: 10, p95Ms: 30 }, 2: { count: 1, medianMs: 20, p95Ms: 20 } },
    },
    { at: 2_000, succeeded: 1, failed: 0, failures: {}, latencies: { '': { count: 1, medianMs: 10, p95Ms: 10 } } },
  ]);
  expect(JSON.stringify(seconds)).not.toContain('password');
});

test('what is written is read again, in pieces and past a line that was cut off; nothing where there is nothing', () => {
  const file = join(directory, 'r1', 'requests.jsonl');
  expect(readCountedRequests(file)).toEqual([]);
  const counter = createRequestCounter(file, watched);
  counter.count([]);
  counter.count([answer(1_000), answer(1_200)]);
  counter.count([answer(1_900, { statusCode: 500 })]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  writeFileSync(file, `${readFileSync(file, 'utf8')}{"at":2000,"succ`);
  expect(measureImpact(readCountedRequests(file))).toMatchObject({ requests: 3, failed: 1, secondsDown: 0 });
  // A disk that takes nothing more holds up no rollout.
  expect(() => createRequestCounter(join(file, 'below'), watched).count([answer(1)])).not.toThrow();
});
