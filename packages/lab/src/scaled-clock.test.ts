import { describe, expect, test } from 'vitest';
import { createScaledClock } from './scaled-clock.js';

describe('a scaled clock', () => {
  test('lab time has come when a timer fires', async () => {
    const clock = createScaledClock({ speed: 1_000 });
    const atMs = clock.now() + 7_500;
    const firedAtMs = await new Promise<number>((resolve) => clock.setTimer(atMs, () => resolve(clock.now())));
    expect(firedAtMs).toBeGreaterThanOrEqual(atMs);
  });

  test('an hour of lab time can be slept through in a moment', async () => {
    const clock = createScaledClock({ speed: 1_000_000, startAt: 0 });
    await clock.sleep(3_600_000);
    expect(clock.now()).toBeGreaterThanOrEqual(3_600_000);
  });

  test('a sleep ends with its signal', async () => {
    const abort = new AbortController();
    const sleep = createScaledClock({ speed: 1 }).sleep(3_600_000, abort.signal);
    abort.abort(new Error('enough'));
    await expect(sleep).rejects.toThrow('enough');
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('the speed %d is refused', (speed) => {
    expect(() => createScaledClock({ speed })).toThrow('must be a positive number');
  });
});
