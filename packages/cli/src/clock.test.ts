import { expect, test } from 'vitest';
import { createDeployerClock } from './clock.js';

test('without a setting it is the clock of the wall', () => {
  const before = Date.now();
  const now = createDeployerClock(undefined).now();
  expect(now).toBeGreaterThanOrEqual(before);
  expect(now).toBeLessThanOrEqual(Date.now());
});

test('a lab’s clock starts where the lab’s time was and runs at its speed', () => {
  const wallAt = Date.now() - 1_000;
  const elapsed = createDeployerClock(`20@${wallAt}=1541923440000`).now() - 1_541_923_440_000;
  expect(elapsed).toBeGreaterThanOrEqual(20_000);
  expect(elapsed).toBeLessThan(20 * (Date.now() - wallAt + 1_000));
});

test('a wait ends with the signal’s own reason', async () => {
  const controller = new AbortController();
  const wait = createDeployerClock(undefined).sleep(3_600_000, controller.signal);
  controller.abort('SIGINT');
  await expect(wait).rejects.toBe('SIGINT');
});

test.each(['fast', '0@1=1', '10@1', '-1@1=1', '1@@=='])('%j is refused', (setting) => {
  expect(() => createDeployerClock(setting)).toThrow(expect.objectContaining({ code: 'CLOCK_INVALID' }));
});
