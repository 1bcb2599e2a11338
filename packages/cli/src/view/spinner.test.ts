import { expect, test, vi } from 'vitest';
import { createTestIo } from '../io.fixture.js';
import { showProgress } from './spinner.js';

test('on a terminal something moves while a command reads, and leaves nothing behind', async () => {
  vi.useFakeTimers();
  try {
    const io = createTestIo({ isTerminal: true });
    const done = showProgress(
      io,
      'reading web',
      () => new Promise((resolve) => setTimeout(() => resolve('read'), 1_150)),
    );
    await vi.advanceTimersByTimeAsync(1_150);
    expect(await done).toBe('read');
    const drawn = io.written.stderr.split('\r\u001b[K');
    expect(drawn[1]).toBe('⠋ reading web (0 s)');
    expect(drawn[2]).toBe('⠙ reading web (0 s)');
    expect(drawn.at(-2)).toBe('⠙ reading web (1 s)');
    expect(drawn.at(-1)).toBe('');
  } finally {
    vi.useRealTimers();
  }
});

test('what fails leaves nothing behind either', async () => {
  const io = createTestIo({ isTerminal: true });
  await expect(showProgress(io, 'reading', () => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
  expect(io.written.stderr.endsWith('\r\u001b[K')).toBe(true);
});

test.each([
  ['a file', createTestIo()],
  ['a dumb terminal', createTestIo({ isTerminal: true, env: { TERM: 'dumb' } })],
])('%s gets nothing', async (_, io) => {
  expect(await showProgress(io, 'reading', async () => 1)).toBe(1);
  expect(io.written.stderr).toBe('');
});
