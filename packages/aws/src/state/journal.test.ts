import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RolloutEvent } from '@directrix/rollout';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createJournal } from './journal.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'directrix-journal-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const event = (text: string): RolloutEvent => ({
  kind: 'notice',
  at: 1,
  rolloutId: 'r1',
  notice: { code: 'VERSION_UNHEARD', trouble: text },
});

test('events become lines of JSON in a file that only its owner can read', () => {
  const journal = createJournal(join(directory, 'web', 'r1.jsonl'), () => expect.unreachable());
  journal.append(event('one\ntwo'));
  journal.append(event('three'));
  const lines = readFileSync(journal.path, 'utf8').trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual([event('one\ntwo'), event('three')]);
  expect(statSync(journal.path).mode & 0o777).toBe(0o600);
  expect(statSync(join(directory, 'web')).mode & 0o777).toBe(0o700);
});

test('a journal that cannot be written warns once and stops nobody', () => {
  const warnings: Error[] = [];
  const journal = createJournal(join('/dev/null', 'r1.jsonl'), (error) => warnings.push(error));
  journal.append(event('one'));
  journal.append(event('two'));
  expect(warnings).toHaveLength(1);
});
