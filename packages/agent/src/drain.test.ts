import { expect, test } from 'vitest';
import { DRAIN_MS, drain } from './drain.js';
import { ReaderError } from './reader-error.js';

const cursor = (sequence: number, s = 'a') => `s=${s};i=${sequence.toString(16)};b=b1;m=${sequence};t=${sequence};x=1`;
const entry = (sequence: number) => ({
  cursor: cursor(sequence),
  realtimeUs: 1,
  bootId: 'b1',
  message: '',
  fields: {},
});

let onLate: () => void = () => undefined;

/** A clock that each sleep moves, unless it is aborted before. */
function createClock(onSleep: (elapsed: number) => void = () => undefined) {
  let elapsed = 0;
  return {
    now: () => 0,
    elapsed: () => elapsed,
    async sleep(ms: number, signal: AbortSignal) {
      if (ms >= DRAIN_MS)
        return new Promise<void>((resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason), { once: true });
          onLate = resolve;
        });
      await Promise.resolve();
      signal.throwIfAborted();
      elapsed += ms;
      onSleep(elapsed);
      if (elapsed >= DRAIN_MS) onLate();
    },
  };
}

test.each([
  ['is acknowledged already', 7, 100],
  ['was passed', 8, 100],
  ['comes late', 3, 900],
])('waits until the newest entry of the journal is shipped, however quiet the reader is: it %s', async (_, at, end) => {
  const progress = { acknowledged: { cursor: cursor(at), at: 1 } };
  const clock = createClock((elapsed) => {
    if (elapsed === 900) progress.acknowledged = { cursor: cursor(7), at: 1 };
  });
  await drain({ journal: { newest: async () => entry(7) }, clock }, progress);
  expect(clock.elapsed()).toBe(end);
});

test('an entry of another sequence of numbers proves nothing', async () => {
  const clock = createClock();
  const acknowledged = { cursor: cursor(9, 'b'), at: 1 };
  await drain({ journal: { newest: async () => entry(7) }, clock }, { acknowledged });
  expect(clock.elapsed()).toBe(DRAIN_MS);
});

test('an empty journal is shipped', async () => {
  const clock = createClock();
  await drain({ journal: { newest: async () => undefined }, clock }, { acknowledged: undefined });
  expect(clock.elapsed()).toBe(100);
});

test('gives up in time when nothing is acknowledged', async () => {
  const clock = createClock();
  await drain({ journal: { newest: async () => entry(7) }, clock }, { acknowledged: undefined });
  expect(clock.elapsed()).toBe(DRAIN_MS);
});

const refuses = () => Promise.reject(new ReaderError('no journal'));
const isSilent = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

test.each([
  ['cannot be asked', refuses],
  ['does not answer', isSilent],
])('gives up in time when the journal %s', async (_, newest) => {
  const draining = drain({ journal: { newest }, clock: createClock() }, { acknowledged: undefined });
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  onLate();
  await expect(draining).resolves.toBeUndefined();
});
