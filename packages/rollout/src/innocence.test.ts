import { describe, expect, test } from 'vitest';
import { decide } from './decide.js';
import { findInnocence } from './innocence.js';
import { listMembers } from './members.js';
import type { TargetObservation } from './observation.js';
import type { RolloutRecord } from './record.js';
import { fresh, now, old, proven, type Scene, stage, warm } from './simulation/scene.js';
import { meddlings, simulate } from './simulation/simulate.js';

const failure = { kind: 'denied', code: 'ACCESS_DENIED', text: 'not allowed' } as const;

const launchFailed = (awsText: string) =>
  ({ code: 'LAUNCH_FAILED', at: now, instanceIds: [], launchTemplateVersion: '8', awsText }) as never;

describe('whose fault a standstill is', () => {
  const standstill = { code: 'PROGRESS_DEADLINE', at: now, instanceIds: [] } as never;
  const judge = (
    scene: Partial<Parameters<typeof stage>[0]>,
    record: Partial<RolloutRecord> = {},
    evidence = [standstill],
  ) => {
    const { record: staged, observation } = stage({ instances: [old('a'), old('b'), old('c')], ...scene, record });
    return findInnocence(staged, observation, listMembers(staged, observation), evidence)?.code;
  };

  test.each<[string, string | undefined, Parameters<typeof judge>]>([
    ['the release’s, where nothing else is known', undefined, [{}]],
    ['of who raised MinSize', 'SIZES_CHANGED', [{ min: 2, original: { minSize: 1 } }]],
    ['of who lowered MaxSize', 'SIZES_CHANGED', [{ max: 4, original: { maxSize: 7 } }]],
    ['of who wants as many as MaxSize allows', 'SIZES_CHANGED', [{ max: 3, original: { maxSize: 3 } }]],
    [
      'ours, where we have changed the size',
      undefined,
      [{ max: 8, original: { maxSize: 9 }, ours: { maxSize: { original: 9, during: 8 } } }],
    ],
    ['of who suspended Launch', 'PROCESS_SUSPENDED', [{ suspended: ['Launch', 'AZRebalance'] }]],
    [
      'ours, where we have suspended Launch',
      undefined,
      [{ suspended: ['Launch'], ours: { suspendedProcesses: ['Launch'] } }],
    ],
    ['nobody’s, where it is a process that we can do without', undefined, [{ suspended: ['HealthCheck'] }]],
    [
      'of who took one out of a target group',
      'TARGETS_NOT_REGISTERED',
      [{ instances: [old('a'), proven('x', { health: 'absent' })] }],
    ],
    [
      'of who lets it drain',
      'TARGETS_NOT_REGISTERED',
      [{ instances: [old('a'), proven('x', { health: 'draining' })] }],
    ],
    [
      'the release’s, where one that is registered is ill',
      undefined,
      [{ instances: [old('a'), proven('x', { health: 'unhealthy' })] }],
    ],
    [
      "AWS's, where it was too busy",
      'APPLY_DELAYED',
      [{}, { delayed: { act: 'setSizes', since: now - 60_000, failure } }],
    ],
    [
      'never asked where something else speaks against the release',
      undefined,
      [{ min: 2, original: { minSize: 1 } }, {}, [standstill, { code: 'WRONG_IMAGE' } as never]],
    ],
    [
      'of who deleted the launch template version, even before one was launched from it',
      'LAUNCH_SOURCE_GONE',
      [
        { launchTemplate: { latestVersion: '7', defaultVersion: '7' } },
        {},
        [launchFailed('Could not find the specified version 8 for the launch template')],
      ],
    ],
    [
      'of who deregistered the image of a release that was launched',
      'LAUNCH_SOURCE_GONE',
      [{ instances: [old('a'), fresh('x')] }, {}, [launchFailed("The image id '[ami-new]' does not exist")]],
    ],
    [
      'the release’s, where its image was never there',
      undefined,
      [{}, {}, [launchFailed("The image id '[ami-new]' does not exist")]],
    ],
  ])('%s', (_name, code, args) => {
    expect(judge(...args)).toBe(code);
  });
});

describe('a start that nothing checks', () => {
  const late = { startedAt: now - 900_000 } as const;
  const learned = { inServiceAt: now - 600_000, healthySince: undefined };
  test.each<readonly [string, Partial<TargetObservation> | undefined, readonly string[]]>([
    ['is not held against the release: not registered', undefined, []],
    ['nor where it drains', { state: 'draining', reason: 'Target.DeregistrationInProgress' }, []],
    ['nor where no listener leads there', { state: 'unused', reason: 'Target.NotInUse' }, []],
    ['but one that is checked, and fails, is', { state: 'unhealthy', reason: 'Target.Timeout' }, ['START_TIMEOUT']],
  ])('%s', (_name, target, codes) => {
    const { record, observation } = stage({
      instances: [old('a'), old('b'), old('c'), fresh('x', { health: 'absent', learned })],
      record: { ...late, progressAt: now },
    });
    const [web] = observation.targetGroups;
    const targets = [
      ...web!.targets,
      ...(target === undefined ? [] : [{ instanceId: 'x', port: 80, state: '', ...target }]),
    ];
    const step = decide(record, { ...observation, targetGroups: [{ ...web!, targets }] });
    expect(step.record.evidence.map(({ code }) => code)).toEqual(codes);
  });

  test('begins when it is checked again', () => {
    const { record, observation } = stage({
      instances: [
        old('a'),
        old('b'),
        old('c'),
        fresh('x', { health: 'initial', learned: { ...learned, isUnchecked: true } }),
      ],
      record: { ...late, progressAt: now },
    });
    const first = decide(record, observation).record;
    expect(first.evidence).toEqual([]);
    const later = { ...observation, at: now + record.options.startTimeoutMs };
    expect(decide(first, later).record.evidence.map(({ code }) => code)).toEqual(['START_TIMEOUT']);
  });
});

describe('an instance of the release that is ended', () => {
  const lost = { lostAt: now - 20_000, unexplainedCount: 3 };
  const ended = (cause: string) => [
    {
      activityId: '1',
      statusCode: 'Successful',
      cause,
      description: 'Terminating EC2 instance: x',
      startedAt: now - 9_000,
    },
  ];
  const found =
    'an instance was taken out of service in response to an EC2 health check indicating it has been terminated or stopped.';
  const failed = 'an instance was taken out of service in response to an ELB system health check failure.';
  test.each<readonly [string, Partial<Scene>, string, readonly string[]]>([
    ['by somebody in EC2 is not the release’s doing', {}, 'Client.UserInitiatedShutdown', []],
    ['nor by EC2, which retires its host', {}, 'Server.ScheduledStop', []],
    ['nor a spot instance that EC2 wants back', {}, 'Server.SpotInstanceTermination', []],
    ['nor where the group found it ended', { activities: ended(found) }, 'Client.UserInitiatedShutdown', []],
    ['by itself is', {}, 'Client.InstanceInitiatedShutdown', ['INSTANCE_LOST']],
    [
      'and so is one that the group ended for its health, as a user does',
      { activities: ended(failed) },
      'Client.UserInitiatedShutdown',
      ['INSTANCE_LOST'],
    ],
    ['and one of which EC2 says nothing', {}, '', ['INSTANCE_LOST']],
  ])('%s', (_name, scene, stateReason, codes) => {
    const { record, observation } = stage({
      instances: [old('a'), old('b'), old('c'), fresh('x', { ec2: 'terminated', learned: lost })],
      ...scene,
    });
    const instances = observation.group.instances.map((each) =>
      each.instanceId === 'x' ? { ...each, stateReason } : each,
    );
    const step = decide(record, { ...observation, group: { ...observation.group, instances } });
    expect(step.record.evidence.map(({ code }) => code)).toEqual(codes);
    const because = stateReason.startsWith('Server.Spot') ? 'SPOT_INTERRUPTED' : 'ENDED_BY_OTHERS';
    const replaced = step.decisions.filter((act) => act.kind === 'terminate' && act.because.code === because);
    expect(replaced.length).toBe(codes.length === 0 ? 1 : 0);
  });

  test('and has left the group already, is told by EC2 too', () => {
    const { record, observation } = stage({ instances: [old('a'), old('b'), old('c')], desired: 4 });
    const known = { ...fresh('x').known!, ...lost };
    const detached = [{ instanceId: 'x', instanceState: 'terminated', stateReason: 'Client.UserInitiatedShutdown' }];
    const step = decide({ ...record, instances: { x: known } }, { ...observation, detached });
    expect(step.record.evidence).toEqual([]);
    expect(step.record.instances.x?.stateReason).toBe('Client.UserInitiatedShutdown');
  });
});

test('the last warm one does not go where the group could launch the release no more', () => {
  const { record, observation } = stage({
    instances: [proven('x'), proven('y'), proven('z'), warm('a')],
    launchTemplate: { latestVersion: '7', defaultVersion: '7' },
    record: { phase: 'finish' },
  });
  const step = decide(record, observation);
  expect(step.decisions).toEqual([]);
  expect(step.record).toMatchObject({ outcome: 'needsHuman', needs: { code: 'LAUNCH_SOURCE_GONE' } });
});

// What a person does then is what the printed hint says: see mend() of the simulation.
describe.each(meddlings)('somebody does this in the midst of a rollout: %s', (meddling) => {
  test.each([
    ['a good release ships, or is aborted by whoever was asked', {}],
    ['a bad one is withdrawn', { isSick: true }],
    ['and one that fails late is withdrawn, or had its last old instance gone', { failsAfterMs: 30_000 }],
  ])(
    '%s',
    async (_name, release) => {
      const broken: string[] = [];
      for (let seed = 1; seed <= 12; seed += 1) {
        const { violations } = await simulate({
          seed,
          world: { desired: 3, min: 1, max: 7, release, victim: 'any' },
          options: { bakeMs: seed % 2 === 0 ? 0 : 60_000 },
          faults: { meddle: 0.02, meddling: [meddling] },
        });
        broken.push(...violations.map((violation) => `seed ${seed}: ${violation}`));
      }
      expect(broken).toEqual([]);
    },
    120_000,
  );
});

describe('AWS refuses to point the group back, and somebody makes a version with another image and points the group there', () => {
  test.each(['$Latest', '$Default', '7'])(
    'a group that followed %s is rolled back, and left there',
    async (pin) => {
      const broken: string[] = [];
      for (let seed = 1; seed <= 10; seed += 1) {
        const { record, violations, world } = await simulate({
          seed,
          world: { desired: 3, min: 1, max: 7, release: { isSick: true }, pin, isOldImageGone: true },
          faults: { mendImage: true, kill: seed % 2 === 0 ? 0 : 0.02 },
        });
        broken.push(...violations.map((violation) => `seed ${seed}: ${violation}`));
        expect([record.outcome, world.pin, world.suspended.size]).toEqual(['rolledBack', '$Latest', 0]);
      }
      expect(broken).toEqual([]);
    },
    120_000,
  );
});
