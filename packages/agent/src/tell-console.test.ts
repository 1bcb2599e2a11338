import { expect, test } from 'vitest';
import { createTeller } from './tell-console.js';

function setUp() {
  const lines: string[] = [];
  const tell = createTeller({
    warn: (line) => void lines.push(line),
    diagnose: async () => undefined,
    keep: () => undefined,
  });
  return { lines, tell };
}

test('a reader that fails again and again for one reason is told of once', () => {
  const { lines, tell } = setUp();
  for (const reason of ['no entry yet', 'no entry yet', 'no entry yet', 'exit code 1'])
    tell({ kind: 'reader', reason });
  expect(lines).toEqual(['directrix-agent: LOG_READER: no entry yet', 'directrix-agent: LOG_READER: exit code 1']);
});

test('an outage of hours is told a few times, not at every attempt', () => {
  const { lines, tell } = setUp();
  const failure = { kind: 'unreachable', code: 'ENOTFOUND' } as const;
  for (let attempts = 1; attempts <= 720; attempts += 1)
    tell({ kind: 'failing', failure, attempts, sinceMs: attempts * 15_000 });
  tell({ kind: 'recovered', afterMs: 10_815_000, attempts: 721 });
  expect(lines).toHaveLength(7);
  expect(lines.at(-1)).toContain('LOG_RECOVERED');
});
