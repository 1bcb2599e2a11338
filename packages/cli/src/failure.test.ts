import { DirectrixError } from '@directrix/rollout';
import { expect, test } from 'vitest';
import { describeFailure, writeFailure } from './failure.js';
import { createTestIo } from './io.fixture.js';

test('an error says its code, what happened, what to do and where it came from', () => {
  const io = createTestIo();
  writeFailure(
    io,
    new DirectrixError('GROUP_NOT_FOUND', 'There is no Auto Scaling group wbe.', {
      hint: 'did you mean web?',
      source: '--group',
    }),
  );
  expect(io.written.stderr).toBe(
    'error GROUP_NOT_FOUND: There is no Auto Scaling group wbe.\n  what to do: did you mean web?\n  source: --group\n',
  );
});

const invalidArgument = () => {
  try {
    Buffer.from(5 as unknown as string);
  } catch (error) {
    return error;
  }
};
const noFile = Object.assign(new Error("ENOENT: no such file, open '/x'"), {
  code: 'ENOENT',
  syscall: 'open',
  path: '/x',
});

test.each<[string, unknown, string]>([
  ['a defect', new TypeError('hunter2 is not a function'), 'TypeError'],
  ["one of Node's", invalidArgument(), 'TypeError ERR_INVALID_ARG_TYPE'],
  ["one of the operating system's", noFile, 'ENOENT (open /x)'],
  ['a thrown string', 'hunter2', 'a thrown string'],
  ['a name that is text', Object.assign(new Error('hunter2'), { name: 'hunter2 is bad' }), 'an error'],
])('an error that nobody expected is told by its kind, and never by its text: %s', (_, error, kind) => {
  expect(describeFailure(error)).toEqual({
    code: 'UNEXPECTED',
    message: `Something failed that should not: ${kind}.`,
    hint: 'this is a defect of Directrix; DIRECTRIX_DEBUG=1 shows where it happened',
  });
});

test('where it happened is shown when that is asked for, with its causes and without any text of them', () => {
  const cause = new Error('the value hunter2 is bad');
  for (const error of [
    new TypeError('hunter2', { cause }),
    new DirectrixError('USAGE', 'Refused.', { cause: new Error('outer hunter2', { cause }) }),
  ]) {
    const io = createTestIo({ env: { DIRECTRIX_DEBUG: '1' } });
    writeFailure(io, error);
    expect(io.written.stderr).toContain('failure.test.ts');
    expect(io.written.stderr).toContain('caused by Error');
    expect(io.written.stderr).not.toContain('hunter2');
  }
  const quiet = createTestIo();
  writeFailure(quiet, new TypeError('hunter2'));
  expect(quiet.written.stderr).not.toContain('failure.test.ts');
});
