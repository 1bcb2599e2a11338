import { DirectrixError } from '@directrix/rollout';
import { expect, test } from 'vitest';
import { writeFailure } from './failure.js';
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

test('an error that nobody expected has no stack unless it is asked for', () => {
  const quiet = createTestIo();
  writeFailure(quiet, new TypeError('x is not a function'));
  expect(quiet.written.stderr).toBe(
    'error UNEXPECTED: x is not a function\n  what to do: this is a defect of Directrix; DIRECTRIX_DEBUG=1 shows where it happened\n',
  );
  const loud = createTestIo({ env: { DIRECTRIX_DEBUG: '1' } });
  writeFailure(loud, new TypeError('x is not a function'));
  expect(loud.written.stderr).toContain('failure.test.ts');
});
