import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Loans, parseLoans, planReturns, readLoans, writeLoans } from './loans.js';
import { old, proven, type Scene, stage, warm } from './simulation/scene.js';

const lent: Loans = {
  rolloutId: '20181111-080400-1f9c0a2b',
  pin: { original: '$Latest', ours: ['7', '8'] },
  minSize: undefined,
  maxSize: { original: 3, ours: [6] },
  processes: ['AZRebalance', 'AlarmNotification', 'ScheduledActions', 'ReplaceUnhealthy'],
  madeVersion: '8',
};

describe('the tag', () => {
  test('says everything in words that AWS takes, and is read again', () => {
    const text = writeLoans(lent);
    expect(text).toBe(
      '20181111-080400-1f9c0a2b pin=Latest:7:8 max=3:6 off=AZRebalance:AlarmNotification:ScheduledActions:ReplaceUnhealthy made=8',
    );
    expect(parseLoans(text)).toEqual(lent);
  });

  test('of any loans is short enough, and is read as it was written', () => {
    const version = fc.nat({ max: 99_999 }).map(String);
    const size = fc.record({
      original: fc.nat({ max: 9_999 }),
      ours: fc.array(fc.nat({ max: 9_999 }), { minLength: 1, maxLength: 3 }),
    });
    const names = ['Launch', 'AZRebalance', 'AlarmNotification', 'ScheduledActions', 'ReplaceUnhealthy'];
    const loans = fc.record({
      rolloutId: fc.constant(lent.rolloutId),
      pin: fc.option(
        fc.record({
          original: fc.oneof(version, fc.constantFrom('$Latest', '$Default')),
          ours: fc.array(version, { minLength: 1, maxLength: 3 }),
        }),
        { nil: undefined },
      ),
      minSize: fc.option(size, { nil: undefined }),
      maxSize: fc.option(size, { nil: undefined }),
      processes: fc.subarray(names, { minLength: 1 }),
    });
    fc.assert(
      fc.property(loans, (one) => {
        const text = writeLoans(one);
        expect(text).toMatch(/^[A-Za-z0-9 +\-=._:/@]{1,256}$/);
        expect(parseLoans(text)).toEqual(one);
      }),
    );
  });

  test.each(['', 'r-1', 'r-1 pin=', 'r-1 max=three', 'r-1 pin=7:8 and more', 'a b c'])('%j is none of ours', (text) => {
    expect(parseLoans(text)?.maxSize).toBeUndefined();
    expect(parseLoans(text)?.pin).toBeUndefined();
  });
});

describe('what a record has lent', () => {
  const loansOf = (scene: Scene) => readLoans(stage(scene).record);

  test('is nothing before the first change and after the end', () => {
    const ours = { suspendedProcesses: [], pin: undefined };
    expect(loansOf({ instances: [old('a')], ours })).toBeUndefined();
    expect(loansOf({ instances: [old('a')], record: { outcome: 'done' } })).toBeUndefined();
    expect(loansOf({ instances: [old('a')], record: { outcome: 'rolledBack' } })).toBeUndefined();
  });

  test('is the pin, the sizes and the processes, but not those of before us', () => {
    const scene: Scene = {
      instances: [old('a'), proven('x')],
      original: { suspendedProcesses: ['AZRebalance'] },
      ours: { maxSize: { original: 3, during: 6, ordered: [5, 6] } },
    };
    expect(loansOf(scene)).toEqual({
      rolloutId: 'r-1',
      pin: { original: '$Latest', ours: ['7', '8'] },
      maxSize: { original: 3, ours: [5, 6] },
      processes: ['AlarmNotification', 'ScheduledActions', 'ReplaceUnhealthy'],
      madeVersion: '8',
    });
  });

  test('is no pin any more once AWS has taken the original back', () => {
    const pin = { version: '$Latest', at: 1, isConfirmed: true, isSeen: false };
    expect(loansOf({ instances: [proven('x')], ours: { pin, suspendedProcesses: [] } })).toBeUndefined();
  });
});

describe('without the record', () => {
  const all = [...lent.processes];
  const plan = (scene: Scene, loans: Loans = lent, isVersionFree = true) =>
    planReturns(loans, stage({ suspended: [], ...scene }).observation, isVersionFree);
  const latest7 = { latestVersion: '7', defaultVersion: '7' };

  test.each<readonly [string, Scene, Loans, readonly object[]]>([
    [
      'an alias that means what the group launches comes back',
      { instances: [proven('x')], pin: '8' },
      lent,
      [{ kind: 'pin', from: '8', to: '$Latest' }],
    ],
    [
      'a version that the rollout made, and no instance is of, goes before its alias comes back',
      { instances: [old('a')], pin: '7' },
      lent,
      [
        { kind: 'deleteVersion', version: '8' },
        { kind: 'pin', from: '7', to: '$Latest' },
      ],
    ],
    [
      'the pin stays where the alias would launch the release that some are of',
      { instances: [old('a'), proven('x')], pin: '7' },
      lent,
      [{ kind: 'pinStays', version: '7', alias: '$Latest', means: '8' }],
    ],
    [
      'the pin stays where somebody else made the newer version',
      { instances: [old('a')], pin: '7', launchTemplate: { latestVersion: '9', defaultVersion: '7' } },
      lent,
      [{ kind: 'pinStays', version: '7', alias: '$Latest', means: '9' }],
    ],
    [
      'a number comes back as it was',
      { instances: [old('a')], pin: '8' },
      { ...lent, pin: { original: '7', ours: ['8'] } },
      [{ kind: 'pin', from: '8', to: '7' }],
    ],
    ['a version that somebody else named stays', { instances: [old('a')], pin: '9' }, lent, []],
    ['an alias that somebody named stays', { instances: [old('a')], pin: '$Default' }, lent, []],
    [
      'MaxSize comes back',
      { instances: [old('a'), old('b'), warm('c')], pin: '$Latest', max: 6, launchTemplate: latest7 },
      lent,
      [{ kind: 'setSize', name: 'maxSize', from: 6, to: 3 }],
    ],
    [
      'MaxSize stays where the group has more than it would allow',
      { instances: [old('a'), old('b'), old('c'), proven('x')], pin: '$Latest', max: 6, launchTemplate: latest7 },
      lent,
      [{ kind: 'sizeStays', maxSize: 6, original: 3, desiredCapacity: 4 }],
    ],
    ['a MaxSize that somebody else set stays', { instances: [old('a')], pin: '$Latest', max: 9 }, lent, []],
    [
      'processes that are suspended still are resumed, and no others',
      { instances: [old('a')], pin: '$Latest', suspended: ['AZRebalance', 'Terminate'] },
      lent,
      [{ kind: 'resumeProcesses', processes: ['AZRebalance'] }],
    ],
  ])('%s', (_name, scene, loans, returns) => {
    expect(plan(scene, loans)).toEqual(returns);
  });

  test('a version that something else names is not deleted', () => {
    expect(plan({ instances: [old('a')], pin: '7' }, lent, false)).toEqual([
      { kind: 'pinStays', version: '7', alias: '$Latest', means: '8' },
    ]);
  });

  test('given back, nothing is left to be given back', () => {
    const scene: Scene = { instances: [proven('x')], pin: '8', max: 6, suspended: all };
    expect(plan(scene).map(({ kind }) => kind)).toEqual(['pin', 'setSize', 'resumeProcesses']);
    expect(plan({ ...scene, pin: '$Latest', max: 3, suspended: [] })).toEqual([]);
  });
});
