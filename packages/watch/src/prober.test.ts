import { expect, test } from 'vitest';
import type { Check } from './check.js';
import { createClock } from './clock.fixture.js';
import { startProber } from './prober.js';
import type { HttpAnswer, Transport } from './request.js';

const answer: HttpAnswer = { kind: 'answer', at: 0, durationMs: 1, phases: {}, statusCode: 200, headers: {}, body: '' };
const checks: readonly Check[] = ['/', '/a'].map((name) => ({ name, request: { url: `http://site${name}` } }));

test('checks take turns at the rate that was asked for', async () => {
  const clock = createClock();
  const prober = startProber({ checks, clock, requestsPerSecond: 5, transport: async () => answer });
  await clock.advance(1_999);
  const { results } = prober.take();
  expect(results.map(({ check }) => check.name)).toEqual(['/', '/a', '/', '/a', '/', '/a', '/', '/a', '/', '/a']);
  expect(prober.take().results).toEqual([]);
  await prober.stop();
});

test('time that was missed is not made up for', async () => {
  const clock = createClock();
  let begun = 0;
  const transport: Transport = async () => {
    begun += 1;
    return answer;
  };
  const late = {
    ...clock,
    sleep: (ms: number, signal?: AbortSignal) => clock.sleep(ms === 10_000 ? ms : ms + 900, signal),
  };
  const prober = startProber({ checks, clock: late, requestsPerSecond: 10, transport });
  await clock.advance(9_999);
  // Each turn comes a second after the one before: ten of them, not a hundred.
  expect(begun).toBeLessThanOrEqual(11);
  await prober.stop();
});

test('a clock that is set back stops nobody', async () => {
  const clock = createClock();
  let behindMs = 0;
  const corrected = { ...clock, now: () => clock.now() - behindMs };
  const prober = startProber({ checks, clock: corrected, requestsPerSecond: 5, transport: async () => answer });
  await clock.advance(1_000);
  prober.take();
  behindMs = 720_000;
  await clock.advance(2_000);
  expect(prober.take().results.length).toBeGreaterThanOrEqual(9);
  await prober.stop();
});

test('a site that does not answer is asked no more than so often at a time', async () => {
  const clock = createClock();
  let begun = 0;
  const hanging: Transport = (_request, signal) => {
    begun += 1;
    return new Promise((resolve) =>
      signal.addEventListener('abort', () =>
        resolve({ ...answer, kind: 'failure', phase: 'firstByte', code: 'TIMEOUT', message: '' }),
      ),
    );
  };
  const prober = startProber({ checks, clock, requestsPerSecond: 10, transport: hanging, inFlightMax: 4 });
  await clock.advance(999);
  expect(begun).toBe(4);
  expect(prober.take()).toMatchObject({ results: [], passedOver: 6 });
  await clock.advance(20_000);
  expect(prober.take().results.length).toBeGreaterThan(0);
  await prober.stop();
  expect(clock.sleeperCount()).toBe(0);
});

test('what nobody takes is dropped, the oldest first, and counted', async () => {
  const clock = createClock();
  let number = 0;
  const transport: Transport = async () => ({ ...answer, body: String(number++) });
  const prober = startProber({ checks, clock, requestsPerSecond: 10, transport, bufferedMax: 3 });
  await clock.advance(999);
  const { results, dropped } = prober.take();
  expect(results.map(({ result }) => result.kind === 'answer' && result.body)).toEqual(['7', '8', '9']);
  expect(dropped).toBe(7);
  await prober.stop();
});

test('stopped, it begins nothing more and leaves nothing behind', async () => {
  const clock = createClock();
  const prober = startProber({ checks, clock, requestsPerSecond: 10, transport: async () => answer });
  await clock.advance(100);
  await prober.stop();
  prober.take();
  await clock.advance(10_000);
  expect(prober.take().results).toEqual([]);
  expect(clock.sleeperCount()).toBe(0);
});
