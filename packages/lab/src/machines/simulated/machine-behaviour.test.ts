import { expect, test } from 'vitest';
import { readBehaviour } from './machine-behaviour.js';

const imageOf = (behaviour: unknown) => ({ ImageLocation: `simulated:${JSON.stringify(behaviour)}` });

test.each([{ bootMs: 20_000, version: '0.149.2' }, { fault: 'drops', errorRate: 0.5, ports: [80] }, {}])(
  '%j is what such a machine does',
  (behaviour) => {
    expect(readBehaviour(imageOf(behaviour))).toEqual(behaviour);
  },
);

test.each([
  [{ bootMS: 1 }, 'Unrecognized key: "bootMS"'],
  [{ bootMs: '20' }, 'expected number'],
  [{ errorRate: 2 }, 'expected number to be <=1'],
  [{ fault: 'sulks' }, 'expected one of'],
  [null, 'expected object'],
])('%j is refused', (behaviour, message) => {
  expect(() => readBehaviour(imageOf(behaviour))).toThrow(message);
});

test('an image that says nothing behaves as all do', () => {
  expect(readBehaviour({ ImageLocation: '/srv/image' })).toEqual({});
  expect(readBehaviour(undefined)).toEqual({});
});
