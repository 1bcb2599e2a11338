import { expect, test } from 'vitest';
import { LineJoiner } from './join-lines.js';

const line = (number: number, message: string, pid = '1') => ({
  cursor: `i=${number}`,
  realtimeUs: number,
  bootId: 'b',
  message,
  fields: { _PID: pid },
});

test('joins the lines of one process, and goes on after the last of them', () => {
  const joiner = new LineJoiner(/^\S/);
  expect(joiner.take(line(1, 'Error'))).toEqual([]);
  expect(joiner.take(line(2, '  at a'))).toEqual([]);
  expect(joiner.take(line(3, '  at b', '2'))).toMatchObject([{ cursor: 'i=2', message: 'Error\n  at a' }]);
  expect(joiner.flush()).toMatchObject([{ cursor: 'i=3' }]);
});

test('what is larger than an event ends: lines that go on for ever take no memory without bound', () => {
  const joiner = new LineJoiner(/^\S/);
  const piece = ` ${'x'.repeat(400_000)}`;
  const joined = Array.from({ length: 9 }, (_, number) => joiner.take(line(number, piece))).flat();
  const messages = [...joined, ...joiner.flush()].map(({ message }) => message);
  expect(messages.every(({ length }) => length <= 1_048_576)).toBe(true);
  expect(messages.join('\n')).toBe(Array.from({ length: 9 }, () => piece).join('\n'));
});
