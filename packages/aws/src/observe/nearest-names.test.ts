import { expect, test } from 'vitest';
import { nearestNames } from './nearest-names.js';

test.each([
  ['wbe', ['web', 'worker', 'batch'], ['web']],
  ['web', ['web-production', 'worker', 'web-staging'], ['web-staging', 'web-production']],
  ['Web', ['web'], ['web']],
  ['payments', ['web', 'worker'], []],
  ['x', [], []],
])('somebody who wrote %s may have meant %j', (name, names, near) => {
  expect(nearestNames(name, names)).toEqual(near);
});
