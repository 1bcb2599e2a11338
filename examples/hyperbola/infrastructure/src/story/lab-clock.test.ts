import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { nodeOptionsFor } from './lab-clock.js';

const look = `
const told = [Date.now(), new Date().getTime(), new Date(5).getTime(), Date.parse('1970-01-01T00:00:01Z'), typeof Date(), new Date() instanceof Date];
console.log(JSON.stringify(told));`;

test('a program shows the time of the lab, and reads and writes others as before', () => {
  // The lab showed 2100 now, and stands still.
  const NODE_OPTIONS = nodeOptionsFor(`0@${Date.now()}=4102444800000`);
  const { stdout } = spawnSync(process.execPath, ['-e', look], {
    env: { ...process.env, NODE_OPTIONS },
    encoding: 'utf8',
  });
  expect(JSON.parse(stdout)).toEqual([4102444800000, 4102444800000, 5, 1000, 'string', true]);
});

test('a clock that is no clock is refused', () => {
  expect(() => nodeOptionsFor('soon')).toThrow('DIRECTRIX_CLOCK soon is not understood.');
});
