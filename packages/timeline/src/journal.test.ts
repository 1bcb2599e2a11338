import { expect, test } from 'vitest';
import { readJournal } from './journal.js';

const stamp = { at: 1_000, rolloutId: 'r-1' };
const lines = (...events: readonly object[]) =>
  events.map((event) => JSON.stringify({ ...stamp, ...event })).join('\n');

test('every event that tells something is read, with its codes and ids', () => {
  const release = { version: '0.149.1', imageId: 'ami-1' };
  const { events, unreadableCount } = readJournal(
    lines(
      { kind: 'started', groupName: 'web', from: release, to: { ...release, version: '0.149.2' }, epoch: 1 },
      { kind: 'phase', phase: 'halt', because: { code: 'BEGINS' } },
      { kind: 'decided', decision: { kind: 'quarantine', instanceIds: ['i-1'], because: { code: 'PROVEN' } } },
      { kind: 'instance', instanceId: 'i-1', what: 'launched', availabilityZone: 'us-west-2a' },
      { kind: 'evidence', evidence: { code: 'START_TIMEOUT', at: 1, instanceIds: ['i-1'], allowedMs: 1, shown: [] } },
      {
        kind: 'notice',
        notice: { code: 'PREFLIGHT_SKIPPED', findingCode: 'X', subject: 'group web', finding: 'Why.' },
      },
      { kind: 'notice', notice: { code: 'RESUMED', phase: 'roll', sinceStartMs: 1 } },
      { kind: 'interrupted', signal: 'SIGINT' },
      { kind: 'finished', ending: { outcome: 'needsHuman', need: { code: 'APPLY_FAILED' } }, elapsedMs: 9 },
    ),
  );
  expect(unreadableCount).toBe(0);
  expect(events.map(({ at, rolloutId, ...event }) => event)).toEqual([
    { kind: 'started', groupName: 'web', from: '0.149.1', to: '0.149.2' },
    { kind: 'phase', phase: 'halt' },
    { kind: 'act', act: 'quarantine', instanceIds: ['i-1'] },
    { kind: 'instance', instanceId: 'i-1', what: 'launched', availabilityZone: 'us-west-2a' },
    { kind: 'evidence', code: 'START_TIMEOUT', instanceIds: ['i-1'] },
    { kind: 'skipped', code: 'X', subject: 'group web', finding: 'Why.' },
    { kind: 'notice', code: 'RESUMED' },
    { kind: 'interrupted', signal: 'SIGINT' },
    { kind: 'finished', outcome: 'needsHuman', needCode: 'APPLY_FAILED' },
  ]);
});

test('a journal of the first version is read: its codes stand beside its sentences', () => {
  const { events } = readJournal(
    lines(
      { kind: 'evidence', evidence: { code: 'WRONG_VERSION', message: 'A sentence.', at: 1, instanceIds: ['i-1'] } },
      { kind: 'notice', code: 'PREFLIGHT_SKIPPED', text: 'A sentence.' },
      { kind: 'finished', outcome: 'rolledBack', text: 'A sentence.', elapsedMs: 1 },
    ),
  );
  expect(events.map(({ at, rolloutId, ...event }) => event)).toEqual([
    { kind: 'evidence', code: 'WRONG_VERSION', instanceIds: ['i-1'] },
    { kind: 'notice', code: 'PREFLIGHT_SKIPPED' },
    { kind: 'finished', outcome: 'rolledBack', needCode: undefined },
  ]);
});

test('what cannot be read is counted and loses nothing else; what only repeats is left out', () => {
  const journal = [
    lines({ kind: 'waiting', heldBy: [] }, { kind: 'applied', decision: 'terminate' }),
    '{"at":1,"rolloutId":"r-1","kind":"started"}',
    'no JSON',
    '{"at":"yesterday","rolloutId":"r-1","kind":"waiting"}',
    '',
    lines({ kind: 'phase', phase: 'finish' }),
    lines({ kind: 'finished', elapsedMs: 1 }).slice(0, -5),
  ].join('\n');
  const { events, unreadableCount } = readJournal(journal);
  expect(events).toEqual([{ ...stamp, kind: 'phase', phase: 'finish' }]);
  expect(unreadableCount).toBe(4);
});
