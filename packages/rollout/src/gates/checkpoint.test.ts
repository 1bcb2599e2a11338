import { describe, expect, test } from 'vitest';
import type { ApprovalRule, CheckpointAnswer, Hook, HookResult } from '../contract/checkpoint.js';
import type { Phase } from '../contract/phase.js';
import type { RolloutRecord } from '../record.js';
import { findWaiting, passCheckpoints } from './checkpoint.js';

const at = 100_000;
const rule: ApprovalRule = { before: ['bake', 'finish'], timeLimitMs: 60_000, ifUnanswered: 'goBack' };
const hook = (when: Hook['when'], phase: Phase, name = 'h'): Hook => ({
  when,
  phase,
  name,
  deadlineMs: 10_000,
  action: { kind: 'command', command: 'true' },
});
const record = (options: object, more: Partial<RolloutRecord> = {}): RolloutRecord =>
  ({
    options: { progressDeadlineMs: 30_000, ...options },
    from: { version: '1' },
    to: { version: '2' },
    ...more,
  }) as never;
const waitingAt = (id: string, since: number, passed: string[] = []) => ({
  checkpoints: { passed, waiting: { id, since } },
});
const approved = (phase: string, isApproved = true): CheckpointAnswer => ({
  kind: 'approval',
  id: `approve:${phase}`,
  isApproved,
  by: 'ann@desk',
  reason: 'r',
});
const ended = (id: string, result: HookResult): CheckpointAnswer => ({ kind: 'hook', id, result });

describe('what lies between two phases', () => {
  test.each<[string, object, Phase | undefined, Phase, string[]]>([
    ['nothing', {}, 'roll', 'bake', []],
    ['an approval before the phase', { approvals: rule }, 'roll', 'bake', ['approve:bake']],
    ['none before another phase', { approvals: rule }, undefined, 'roll', []],
    ['that of a phase that is left out', { approvals: rule }, 'roll', 'finish', ['approve:bake', 'approve:finish']],
    ['that of a phase of before is not asked again', { approvals: rule }, 'bake', 'roll', []],
    [
      'hooks around an approval, in order',
      { approvals: rule, hooks: [hook('before', 'bake', 'b'), hook('after', 'roll', 'a')] },
      'roll',
      'bake',
      ['after:roll:a', 'approve:bake', 'before:bake:b'],
    ],
    ['the hooks of the beginning', { hooks: [hook('before', 'roll')] }, undefined, 'roll', ['before:roll:h']],
    ['nothing ends on the way to a phase of before', { hooks: [hook('after', 'finish')] }, 'finish', 'roll', []],
  ])('%s', (_name, options, from, to, ids) => {
    let current = record(options);
    const asked: string[] = [];
    for (let round = 0; round < 10; round += 1) {
      const passage = passCheckpoints(current, { at }, from, to);
      current = passage.record;
      if (passage.kind === 'open') break;
      const { id } = current.checkpoints!.waiting!;
      asked.push(id);
      const answer = id.startsWith('approve:') ? approved(id.slice(8)) : ended(id, { kind: 'exit', code: 0 });
      current = passCheckpoints(current, { at, answers: [answer] }, from, to).record;
      if (current.checkpoints?.waiting === undefined) break;
      // The next one is waited at already.
      if (current.checkpoints.waiting.id !== id)
        current = { ...current, checkpoints: { passed: current.checkpoints.passed } };
    }
    expect(asked).toEqual(ids);
    expect(passCheckpoints(current, { at }, from, to).kind).toBe('open');
  });
});

describe('an approval', () => {
  const asked = (more: Partial<ApprovalRule> = {}, since = at) =>
    record({ approvals: { ...rule, before: ['bake'], ...more } }, waitingAt('approve:bake', since));

  test('is announced once, with its time limit', () => {
    const first = passCheckpoints(record({ approvals: rule }), { at }, 'roll', 'bake');
    expect(first).toMatchObject({
      kind: 'closed',
      hold: { code: 'APPROVAL_AWAITED', phase: 'bake', waitedMs: 0, allowedMs: 60_000, untilAt: at + 60_000 },
      notices: [{ code: 'APPROVAL_NEEDED', phase: 'bake', untilAt: at + 60_000, ifUnanswered: 'goBack' }],
    });
    expect(findWaiting(first.record)).toMatchObject({ kind: 'approval', phase: 'bake', since: at });
    const second = passCheckpoints(first.record, { at: at + 2_000 }, 'roll', 'bake');
    expect(second).toMatchObject({ kind: 'closed', notices: [], record: { heldAt: at + 2_000 } });
    // A look at the same checkpoint is no news: the record is not saved for it.
    expect(second.record.checkpoints).toBe(first.record.checkpoints);
  });

  test.each<[string, RolloutRecord, readonly CheckpointAnswer[], object]>([
    [
      'given',
      asked(),
      [approved('bake')],
      { kind: 'open', notices: [{ code: 'APPROVED', by: 'ann@desk', reason: 'r' }] },
    ],
    [
      'refused',
      asked(),
      [approved('bake', false)],
      { kind: 'refused', evidence: { code: 'APPROVAL_REJECTED', by: 'ann@desk' } },
    ],
    ['of another phase', asked(), [approved('finish')], { kind: 'closed' }],
    ['a moment before its limit', asked({}, at - 59_999), [], { kind: 'closed' }],
    ['given at the limit', asked({}, at - 60_000), [approved('bake')], { kind: 'open' }],
    ['at its limit: back', asked({}, at - 60_000), [], { kind: 'refused', evidence: { code: 'APPROVAL_UNANSWERED' } }],
    [
      'at its limit: on',
      asked({ ifUnanswered: 'goOn' }, at - 60_000),
      [],
      { kind: 'open', notices: [{ code: 'APPROVAL_TAKEN', waitedMs: 60_000 }] },
    ],
    [
      'at its limit: stop',
      asked({ ifUnanswered: 'stop' }, at - 60_000),
      [],
      { kind: 'asked', need: { code: 'APPROVAL_UNANSWERED', phase: 'bake', fromVersion: '1', toVersion: '2' } },
    ],
    ['given before it was asked for', record({ approvals: rule }), [approved('bake')], { kind: 'open' }],
  ])('%s', (_name, given, answers, expected) => {
    expect(passCheckpoints(given, { at, answers }, 'roll', 'bake')).toMatchObject(expected);
  });

  test('holds nothing on the way back', () => {
    expect(findWaiting({ ...asked(), isGoingBack: true })).toBeUndefined();
  });
});

describe('a hook', () => {
  const running = (since = at) => record({ hooks: [hook('before', 'bake')] }, waitingAt('before:bake:h', since));
  test.each<[string, HookResult | undefined, number, object]>([
    ['runs', undefined, 5_000, { kind: 'closed', hold: { code: 'HOOK_RUNNING', waitedMs: 5_000, allowedMs: 10_000 } }],
    ['exits with 0', { kind: 'exit', code: 0 }, 1, { kind: 'open', notices: [{ code: 'HOOK_PASSED', name: 'h' }] }],
    [
      'exits with 1',
      { kind: 'exit', code: 1 },
      1,
      { kind: 'refused', evidence: { code: 'HOOK_FAILED', result: { code: 1 } } },
    ],
    ['is killed', { kind: 'signal', signal: 'SIGKILL' }, 1, { kind: 'refused' }],
    ['answers 204', { kind: 'status', status: 204 }, 1, { kind: 'open' }],
    ['answers 302', { kind: 'status', status: 302 }, 1, { kind: 'refused' }],
    ['is too slow', { kind: 'timedOut', afterMs: 10_000 }, 10_000, { kind: 'refused' }],
    ['cannot be run', { kind: 'notRun', code: 'ENOENT' }, 1, { kind: 'refused' }],
    ['is one that nobody speaks of', undefined, 39_999, { kind: 'closed' }],
    [
      'is forgotten',
      undefined,
      40_000,
      { kind: 'refused', evidence: { result: { kind: 'timedOut', afterMs: 40_000 } } },
    ],
  ])('%s', (_name, result, waitedMs, expected) => {
    const answers = result === undefined ? [] : [ended('before:bake:h', result)];
    expect(passCheckpoints(running(at - waitedMs), { at, answers }, 'roll', 'bake')).toMatchObject(expected);
  });

  test('that has passed is not run again', () => {
    const passed = record({ hooks: [hook('before', 'bake')] }, { checkpoints: { passed: ['before:bake:h'] } });
    expect(passCheckpoints(passed, { at }, 'roll', 'bake')).toEqual({ kind: 'open', record: passed, notices: [] });
  });
});
