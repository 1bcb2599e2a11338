import { describe, expect, test } from 'vitest';
import type { RolloutRecord } from './record.js';
import { isLeftAlone, judgeReleases } from './release-verdicts.js';
import { old, stage, warm } from './simulation/scene.js';

const aborted = { code: 'ABORTED', reason: 'a person', at: 0, instanceIds: [] } as const;
const lost = { code: 'INSTANCE_LOST', at: 0, instanceIds: ['x'], shown: [] } as const;

function ended(record: Partial<RolloutRecord>, servingCount = 3): RolloutRecord {
  return stage({ instances: [old('a')], original: { servingCount }, record }).record;
}

describe('what an ended rollout proved of its releases', () => {
  test.each<[string, RolloutRecord, string[], string[]]>([
    ['a deploy that is done', ended({ outcome: 'done' }), ['2.0', '1.0'], []],
    ['a rollback that is done', ended({ outcome: 'done', purpose: 'rollback' }), ['2.0'], ['1.0']],
    ['a cure of what served nobody', ended({ outcome: 'done' }, 0), ['2.0'], ['1.0']],
    ['rolled back for evidence', ended({ outcome: 'rolledBack', evidence: [lost] }), ['1.0'], ['2.0']],
    ['aborted', ended({ outcome: 'rolledBack', evidence: [aborted] }), ['1.0'], []],
    ['aborted, then found bad', ended({ outcome: 'rolledBack', evidence: [aborted, lost] }), ['1.0'], ['2.0']],
    ['not ended', ended({}), [], []],
    ['needs a person', ended({ outcome: 'needsHuman' }), [], []],
    [
      'done, and its version was never created',
      ended({ outcome: 'done', to: { version: '2.0', imageId: 'ami-new' } }),
      [],
      [],
    ],
  ])('%s', (_name, record, good, withdrawn) => {
    const verdicts = judgeReleases(record);
    expect(verdicts.good.map(({ version }) => version)).toEqual(good);
    expect(verdicts.withdrawn.map(({ version }) => version)).toEqual(withdrawn);
  });
});

describe('a rollout that needs a person is in the way of the next', () => {
  const needs = { code: 'OLD_NOT_SERVING', version: '1.0', servingCount: 0, wanted: 3, shown: [] } as const;
  const nothing = { surge: 0, suspendedProcesses: [] };
  const leave = (ours: Partial<RolloutRecord['ours']>, more: Partial<RolloutRecord> = {}, instances = [old('a')]) =>
    stage({ instances, ours: { ...nothing, ...ours }, record: { outcome: 'needsHuman', needs, ...more } }).record;

  test.each<[string, RolloutRecord, boolean]>([
    ['not when nothing of it is in force', leave({}), true],
    ['with a process that it suspended', leave({ suspendedProcesses: ['AZRebalance'] }), false],
    ['with capacity that it added', leave({ surge: 1 }), false],
    ['with MaxSize lent', leave({ maxSize: { original: 3, during: 6 } }), false],
    ['with an instance in Standby', leave({}, {}, [old('a'), warm('b')]), false],
    [
      'for another need',
      leave({}, { needs: { code: 'APPLY_DELAYED', act: 'terminate', waitedMs: 1, failure } }),
      false,
    ],
    ['before it has ended', leave({}, { outcome: undefined }), false],
  ])('%s', (_name, record, isLeft) => {
    expect(isLeftAlone(record)).toBe(isLeft);
  });
});

const failure = { kind: 'passing', code: 'AWS_BUSY', text: 'busy' } as const;
