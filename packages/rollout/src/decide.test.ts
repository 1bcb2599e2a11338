import { describe, expect, test } from 'vitest';
import { requestRollback } from './abort.js';
import { decide } from './decide.js';
import type { InstanceRecord } from './record.js';
import { suspendedWhileRolling } from './roll.js';
import { describeDecisions, fresh, now, old, proven, report, type Scene, stage, warm } from './simulation/scene.js';

function decideScene(scene: Scene) {
  const { record, observation } = stage(scene);
  const step = decide(record, observation);
  return { ...step, lines: describeDecisions(step.decisions), evidence: step.record.evidence.map(({ code }) => code) };
}

/** Lost, and looked at often enough since that an activity would have appeared. */
const lostLong = { lostAt: now - 15_000, unexplainedCount: 2 };
const denied = { kind: 'denied', code: 'ACCESS_DENIED', text: 'no' } as const;
const refusedOften = { setSizes: { count: 5, since: now - 60_000, failure: denied } } as const;
const refusedNeed = { code: 'APPLY_FAILED', act: 'setSizes', count: 5, failure: denied } as const;
const back: Scene['record'] = {
  phase: 'rollBack',
  isGoingBack: true,
  evidence: [{ code: 'UNHEALTHY_AGAIN', shown: [], at: now - 5_000, instanceIds: ['x'] }],
};
const pinnedBack = { pin: '7', record: back };

test('finish: a release that comes up and dies again for ever is told, however much progress it makes', () => {
  const progressDeadlineMs = 60_000;
  const end = (givenBackMs: number) =>
    decideScene({
      instances: [proven('x'), fresh('y', { health: 'unhealthy' }), proven('z')],
      base: 3,
      ours: { surge: 0, suspendedProcesses: [] },
      options: { progressDeadlineMs },
      record: { phase: 'finish', progressAt: now - 1_000, givenBackAt: now - givenBackMs },
    }).record;
  const drainMs = 30_000;
  expect(end(3 * (progressDeadlineMs + drainMs) - 1).outcome).toBeUndefined();
  const ended = end(3 * (progressDeadlineMs + drainMs));
  expect([ended.outcome, ended.needs?.code]).toEqual(['needsHuman', 'NEW_NOT_SERVING']);
});

test('bake: one that is missing, and that the group does not launch, is a standstill, however well the others serve', () => {
  const short: Scene = {
    instances: [proven('x'), proven('y'), warm('a')],
    desired: 3,
    base: 3,
    ours: { surge: 0 },
    options: { bakeMs: 3_600_000 },
    record: { phase: 'bake', phaseSince: now - 640_000, progressAt: now - 640_000, wholeAt: now - 640_000 },
  };
  expect(decideScene(short).evidence).toEqual(['PROGRESS_DEADLINE']);
  const suspended = [...suspendedWhileRolling, 'Launch'];
  expect(decideScene({ ...short, suspended }).record.needs?.code).toBe('PROCESS_SUSPENDED');
  const waiting = decideScene({
    ...short,
    suspended,
    record: { ...short.record, progressAt: now - 10_000, wholeAt: now - 10_000 },
  });
  expect(waiting.lines).toContain('wait PROCESS_SUSPENDED BAKING');
});

describe('roll', () => {
  const tables: readonly (readonly [string, Scene, readonly string[]])[] = [
    [
      'adds three when nothing new is there and MaxSize leaves room',
      { instances: [old('a'), old('b'), old('c')] },
      ['setSizes desired 6', 'wait LOOKING_AGAIN'].slice(0, 1),
    ],
    [
      'adds one when MaxSize leaves room for one',
      { instances: [old('a'), old('b'), old('c')], max: 4 },
      ['setSizes desired 4'],
    ],
    [
      'adds no more than the old ones that are left, in the last batch',
      { instances: [old('a'), proven('x'), proven('y'), warm('b'), warm('c')] },
      ['setSizes desired 4'],
    ],
    [
      'waits for a new one that is healthy but not for long enough',
      { instances: [old('a'), old('b'), old('c'), fresh('x'), fresh('y'), fresh('z')] },
      ['wait PROVING'],
    ],
    [
      'waits for a new one that is healthy in one target group of two',
      {
        targetGroupCount: 2,
        instances: [
          old('a'),
          old('b'),
          old('c'),
          ...['t', 'u', 'v', 'w', 'x', 'y', 'z'].map((id) => fresh(id, { health: ['healthy', 'initial'] })),
        ],
      },
      ['wait NOT_HEALTHY_YET'],
    ],
    [
      'lets an old one make room when somebody scaled in and the group let the new one go',
      { instances: [old('a'), old('b'), old('c'), old('d')], base: 3, ours: { surge: 1 }, desired: 4 },
      ['enterStandby a'],
    ],
    [
      'lets none make room where each is needed',
      { instances: [old('a'), old('b'), old('c')], base: 3, ours: { surge: 1 }, desired: 4, max: 4 },
      ['wait LAUNCHING'],
    ],
    [
      'waits for launches that the group still owes',
      { instances: [old('a'), old('b'), old('c')], desired: 6 },
      ['wait LAUNCHING'],
    ],
    [
      'moves three old ones to Standby when three new ones are verified',
      { instances: [old('a'), old('b'), old('c'), proven('x'), proven('y'), proven('z')] },
      ['enterStandby a b c'],
    ],
    [
      'moves one old one for each that is verified, while others still start',
      {
        instances: [
          old('a'),
          old('b'),
          old('c'),
          proven('x'),
          fresh('y', { state: 'Pending' }),
          fresh('z', { state: 'Pending' }),
        ],
      },
      ['enterStandby a', 'wait STARTING'],
    ],
    [
      'takes old ones from the zone that has most instances, old and new together',
      {
        instances: [
          old('a', { zone: 'a' }),
          old('b', { zone: 'b' }),
          old('c', { zone: 'b' }),
          proven('x', { zone: 'a' }),
          fresh('y', { state: 'Pending', zone: 'a' }),
          fresh('z', { state: 'Pending', zone: 'b' }),
        ],
      },
      ['enterStandby a', 'wait STARTING'],
    ],
    [
      'moves an ill old one before a healthy one',
      { instances: [old('a'), old('b', { health: 'unhealthy' }), old('c'), proven('x')], options: { surge: 1 } },
      ['enterStandby b'],
    ],
    [
      'terminates an old one that EC2 has ended, since it cannot be warm',
      { instances: [old('a'), old('b', { ec2: 'terminated' }), old('c'), proven('x')], options: { surge: 1 } },
      ['terminate b and decrement'],
    ],
    [
      'keeps every old one while a verified new one is unhealthy at this moment',
      { instances: [old('a'), old('b'), old('c'), proven('x', { health: 'unhealthy' })], options: { surge: 1 } },
      ['wait DIPPED'],
    ],
    [
      'leaves somebody else’s fourth instance its place',
      { base: 4, instances: [old('a'), old('b'), old('c'), old('d'), proven('x')], options: { surge: 1 } },
      ['enterStandby a'],
    ],
    [
      'waits for a late joiner that is not InService yet',
      {
        instances: [proven('x'), proven('y'), proven('z'), old('late', { state: 'Pending', health: 'absent' })],
        max: 4,
        options: { surge: 1 },
      },
      ['wait LATE_JOINER'],
    ],
    [
      'leaves alone what somebody else keeps in Standby',
      { instances: [proven('x'), proven('y'), proven('z'), old('theirs', { state: 'Standby', health: 'absent' })] },
      ['pinLaunchTemplate $Latest', 'resumeProcesses AZRebalance AlarmNotification ScheduledActions ReplaceUnhealthy'],
    ],
    [
      'starts with the numeric pin, the processes and the new version, in this order',
      {
        instances: [old('a'), old('b'), old('c')],
        pin: '$Latest',
        suspended: [],
        ours: {
          pin: undefined,
          suspendedProcesses: [],
          isLaunchTemplatePinned: false,
          hasCreatedLaunchTemplateVersion: false,
        },
        record: { to: { version: '2.0', imageId: 'ami-new' } },
      },
      [
        'pinLaunchTemplate 7',
        'suspendProcesses AZRebalance AlarmNotification ScheduledActions ReplaceUnhealthy',
        'createLaunchTemplateVersion from 7',
      ],
    ],
    [
      'suspends only what runs',
      { instances: [old('a'), old('b'), old('c')], suspended: ['AZRebalance'], ours: { suspendedProcesses: [] } },
      ['suspendProcesses AlarmNotification ScheduledActions ReplaceUnhealthy', 'setSizes desired 6'],
    ],
  ];
  test.each(tables)('roll %s', (_name, scene, lines) => {
    expect(decideScene(scene).lines).toEqual(lines);
  });

  test('roll ends in finish when everything in service is verified and nothing is on its way', () => {
    const { record, lines } = decideScene({
      instances: [proven('x'), proven('y'), proven('z'), warm('a'), warm('b'), warm('c')],
    });
    expect(record.phase).toBe('finish');
    expect(lines).toEqual(['terminate a b']);
  });
});

describe('verification', () => {
  const learned: Partial<InstanceRecord> = { healthySince: now - 30_000, reportedVersion: '2.0', reportedStatus: 'OK' };
  const verify = (more: Parameters<typeof fresh>[1], scene: Partial<Scene> = {}) =>
    decideScene({ instances: [old('a'), old('b'), old('c'), fresh('x', more)], options: { surge: 1 }, ...scene }).record
      .instances.x?.verifiedAt !== undefined;

  test.each([
    ['healthy for 30 s, reported', { learned }, true],
    ['healthy for 29 s', { learned: { ...learned, healthySince: now - 29_000 } }, false],
    ['healthy in one target group of two', { learned, health: ['healthy', 'initial'] }, false],
    ['nothing reported', { learned: { ...learned, reportedVersion: undefined, reportedStatus: undefined } }, false],
    ['the version reported, but KO', { learned: { ...learned, reportedStatus: 'KO: secrets' } }, false],
    ['still Pending', { learned, state: 'Pending' }, false],
  ] as const)('verification %s', (_name, more, isVerified) => {
    expect(verify(more, { targetGroupCount: 2 })).toBe(isVerified);
  });

  test('a dip starts the timer again', () => {
    const { record } = decideScene({ instances: [old('a'), old('b'), old('c'), proven('x', { health: 'unhealthy' })] });
    expect(record.instances.x).toMatchObject({ dipCount: 1, unhealthySince: now });
    expect(record.instances.x?.healthySince).toBeUndefined();
  });

  test('what an earlier instance of the same private name said does not count', () => {
    const said = { ...report('x', '1.0'), at: now - 100_000 };
    expect(decideScene({ instances: [old('a'), fresh('x')], reports: [said] }).evidence).toEqual([]);
  });

  test('a report is matched by its FQDN when nobody named the instance', () => {
    const said = { ...report('x', '2.0'), instanceId: undefined };
    expect(
      decideScene({ instances: [old('a'), fresh('x')], reports: [said] }).record.instances.x?.reportedVersion,
    ).toBe('2.0');
  });
});

describe('evidence', () => {
  const among = (more: Parameters<typeof fresh>[1], scene: Partial<Scene> = {}): Scene => ({
    instances: [old('a'), old('b'), old('c'), fresh('x', more)],
    options: { surge: 1 },
    ...scene,
  });
  const failed = (statusMessage: string) => [
    {
      activityId: '1',
      statusCode: 'Failed',
      statusMessage,
      cause: 'an instance was started',
      description: 'Launching a new EC2 instance',
      startedAt: now - 1_000,
    },
  ];
  const ended = (cause: string, id = 'x') => [
    {
      activityId: '1',
      statusCode: 'Successful',
      cause,
      description: `Terminating EC2 instance: ${id}`,
      startedAt: now - 1_000,
    },
  ];
  const tables: readonly (readonly [string, Scene, readonly string[]])[] = [
    ['wrong version', among({}, { reports: [report('x', '1.9')] }), ['WRONG_VERSION']],
    ['wrong image', among({ imageId: 'ami-other' }), ['WRONG_IMAGE']],
    [
      'never healthy by startTimeout',
      among({ health: 'unhealthy', learned: { firstSeenAt: now - 300_000 } }, { record: { startedAt: now - 400_000 } }),
      ['START_TIMEOUT'],
    ],
    [
      'not healthy, one second before startTimeout',
      among({ health: 'unhealthy', learned: { firstSeenAt: now - 299_000 } }, { record: { startedAt: now - 400_000 } }),
      [],
    ],
    [
      'of the release before the rollout began, not healthy since',
      among({ health: 'unhealthy', learned: { firstSeenAt: now - 9_000_000 } }),
      [],
    ],
    [
      'unhealthy for 30 s after it was healthy',
      among({ health: 'unhealthy', learned: { unhealthySince: now - 30_000, dipCount: 1 } }),
      ['UNHEALTHY_AGAIN'],
    ],
    [
      'unhealthy for 29 s after it was healthy',
      among({ health: 'unhealthy', learned: { unhealthySince: now - 29_000, dipCount: 1 } }),
      [],
    ],
    [
      'unhealthy just now, while fewer than half of what is wanted serve and the old ones are warm',
      {
        instances: [
          warm('a'),
          warm('b'),
          warm('c'),
          proven('w'),
          ...['x', 'y'].map((id) => fresh(id, { health: 'unhealthy', learned: { unhealthySince: now, dipCount: 1 } })),
        ],
      },
      ['UNHEALTHY_AGAIN'],
    ],
    [
      'unhealthy just now, while most of what is wanted serves',
      {
        instances: [
          warm('a'),
          warm('b'),
          warm('c'),
          proven('v'),
          proven('w'),
          fresh('x', { health: 'unhealthy', learned: { unhealthySince: now, dipCount: 1 } }),
        ],
      },
      [],
    ],
    [
      'the third dip',
      among({ health: 'unhealthy', learned: { healthySince: now - 5_000, dipCount: 2 } }),
      ['UNHEALTHY_AGAIN'],
    ],
    ['ended by EC2, seen once', among({ ec2: 'terminated' }), []],
    ['ended by EC2, and no activity says why', among({ ec2: 'terminated', learned: lostLong }), ['INSTANCE_LOST']],
    [
      'taken by a health check',
      among(
        { state: 'Terminating' },
        { activities: ended('an instance was taken out of service in response to an ELB system health check failure') },
      ),
      ['INSTANCE_LOST'],
    ],
    [
      'taken by a scale-in',
      among(
        { state: 'Terminating' },
        {
          activities: ended(
            'an instance was taken out of service in response to a difference between desired and actual capacity, shrinking the capacity from 4 to 3',
          ),
        },
      ),
      [],
    ],
    ...[
      'instance x was taken out of service in response to a user request, shrinking the capacity from 4 to 3',
      'an instance was taken out of service in response to an EC2 Spot Instance interruption notice',
      'an instance was taken out of service in response to a rebalance recommendation',
      'instances were launched to balance instances in zones us-west-2a with other zones (rebalancing Availability Zones)',
      'an instance was taken out of service because it reached the maximum instance lifetime',
    ].map((cause): readonly [string, Scene, readonly string[]] => [
      `taken by others: ${cause}`,
      among({ state: 'Terminating' }, { activities: ended(cause) }),
      [],
    ]),
    [
      'reported as unhealthy by a person',
      among(
        { state: 'Terminating' },
        { activities: ended('an instance was taken out of service in response to a user health-check') },
      ),
      ['INSTANCE_LOST'],
    ],
    [
      'launch refused',
      {
        instances: [old('a'), old('b'), old('c')],
        desired: 4,
        activities: failed('The image id ami-new does not exist. Launching EC2 instance failed.'),
      },
      ['LAUNCH_FAILED'],
    ],
    [
      'launch refused for another reason than that something is gone',
      among(
        {},
        { activities: failed('You are not authorized to use launch template. Launching EC2 instance failed.') },
      ),
      ['LAUNCH_FAILED'],
    ],
    [
      'launch refused of what could be launched before, and is gone',
      among({}, { activities: failed('The image id ami-new does not exist. Launching EC2 instance failed.') }),
      [],
    ],
    [
      'launch without capacity',
      among(
        {},
        {
          activities: failed(
            'We currently do not have sufficient t3.small capacity in the Availability Zone you requested',
          ),
        },
      ),
      [],
    ],
    [
      'silent for startTimeout',
      among({ learned: { healthySince: now - 300_000 } }, { record: { phaseSince: now - 300_000 } }),
      ['VERSION_NOT_REPORTED'],
    ],
    [
      'silent for startTimeout, but resumed a moment ago',
      among({ learned: { healthySince: now - 300_000 } }, { record: { phaseSince: now - 2_000 } }),
      [],
    ],
    [
      'nothing verified by the progress deadline',
      among({ health: 'initial' }, { record: { progressAt: now - 630_000 } }),
      ['PROGRESS_DEADLINE'],
    ],
    [
      'nothing verified by the progress deadline, while old ones drain for the 30 s that they may',
      {
        instances: [warm('a', { state: 'EnteringStandby' }), proven('x'), proven('y'), proven('z')],
        record: { phase: 'finish', progressAt: now - 659_000 },
      },
      [],
    ],
    [
      'nothing verified by the progress deadline, and old ones drain for longer than they may',
      {
        instances: [warm('a', { state: 'EnteringStandby' }), proven('x'), proven('y'), proven('z')],
        record: { progressAt: now - 660_000 },
      },
      ['PROGRESS_DEADLINE'],
    ],
    [
      'an old one that has drained for longer than the progress deadline, and is warm at last',
      {
        instances: [
          warm('a', {
            known: { firstSeenAt: now - 900_000, lifecycleState: 'EnteringStandby', warmAt: now - 650_000 },
          }),
          proven('x'),
          proven('y'),
          proven('z'),
        ],
        record: { phase: 'finish', progressAt: now - 650_000 },
      },
      [],
    ],
    ['refused five times', among({}, { record: { refusals: refusedOften } }), ['APPLY_FAILED']],
  ];
  test.each(tables)('evidence %s', (_name, scene, codes) => {
    const { evidence, record } = decideScene(scene);
    expect(evidence).toEqual(codes);
    expect(record.isGoingBack === true).toBe(codes.length > 0);
  });

  test('evidence carries the id, the target group, the state, the reason, the description and the seconds', () => {
    const { record } = decideScene(
      among({
        health: 'unhealthy',
        learned: { unhealthySince: now - 41_000, dipCount: 1, reportedStatus: 'KO: secrets' },
      }),
    );
    expect(record.evidence[0]).toEqual({
      code: 'UNHEALTHY_AGAIN',
      at: now,
      instanceIds: ['x'],
      shown: [
        {
          instanceId: 'x',
          lifecycleState: 'InService',
          targets: [
            {
              targetGroupName: 'web',
              state: 'unhealthy',
              reason: 'Target.ResponseCodeMismatch',
              description: 'Health checks failed with these codes: [502]',
            },
          ],
          unhealthyMs: 41_000,
          dipCount: 1,
          status: 'KO: secrets',
        },
      ],
    });
  });

  test('every target group that does not find it healthy is named', () => {
    const { record } = decideScene(
      among(
        { health: ['unhealthy', 'unhealthy'], learned: { unhealthySince: now - 41_000, dipCount: 1 } },
        { targetGroupCount: 2 },
      ),
    );
    expect(record.evidence[0]).toMatchObject({
      shown: [{ targets: [{ targetGroupName: 'web' }, { targetGroupName: 'web-1' }] }],
    });
  });

  test('an instance that one observation does not show is not lost; one that three do not show is', () => {
    const { record, observation } = stage({ instances: [old('a'), old('b'), old('c'), fresh('x')] });
    const without = {
      ...observation,
      group: { ...observation.group, instances: observation.group.instances.slice(0, 3) },
    };
    const first = decide(record, without).record;
    const second = decide(first, without).record;
    const third = decide(second, without).record;
    expect([first, second, third].map(({ instances }) => instances.x?.lostAt)).toEqual([undefined, undefined, now]);
    expect(third.evidence).toEqual([]);
    // The activity that would say why may come later than the loss.
    const looks = [2_000, 15_000, 17_000].map((ms) => ({ ...without, at: now + ms }));
    const last = looks.reduce((one, look) => decide(one, look).record, third);
    expect(last.evidence.map(({ code }) => code)).toEqual(['INSTANCE_LOST']);
  });

  test('a new instance that somebody scales in is not held against the release, though its activity comes late', () => {
    const { record, observation } = stage({
      instances: [old('a'), old('b'), old('c'), proven('x'), proven('y', { state: 'Terminating' })],
    });
    const looks = [0, 2_000, 4_000, 6_000].map((ms) => ({ ...observation, at: now + ms }));
    const last = looks.reduce((one, look) => decide(one, look).record, record);
    expect(last.instances.y?.lostAt).toBe(now);
    const activities = ended(
      'an instance was taken out of service in response to a difference between desired and actual capacity, shrinking the capacity from 5 to 4',
      'y',
    );
    const late = { ...observation, at: now + 20_000, group: { ...observation.group, activities } };
    expect(decide(last, late).record.evidence).toEqual([]);
  });

  test('what drains from an earlier rollout is no evidence, nor an event', () => {
    const leaving = { state: 'Terminating:Wait', health: 'draining', known: undefined };
    const { evidence, events } = decideScene({
      instances: [old('a'), old('b'), old('c'), fresh('x', leaving), old('d', leaving)],
      original: { instanceIds: ['a', 'b', 'c', 'x', 'd'] },
    });
    expect(evidence).toEqual([]);
    expect(events.filter(({ kind }) => kind === 'instance')).toEqual([]);
  });

  test('one that was launched for us and is leaving when first seen is lost', () => {
    const { record, observation } = stage({
      instances: [old('a'), old('b'), old('c'), fresh('x', { state: 'Terminating', known: undefined })],
    });
    const instances = observation.group.instances.map((each) =>
      each.instanceId === 'x' ? { ...each, launchedAt: now - 1_000 } : each,
    );
    const step = decide(record, { ...observation, group: { ...observation.group, instances } });
    expect(step.record.instances.x?.lostAt).toBe(now);
  });

  test('what breaks old and new alike is said, and not held against the release', () => {
    const ill = { health: 'unhealthy' };
    const { evidence, events } = decideScene({
      instances: [
        old('a', ill),
        old('b', ill),
        old('c', ill),
        fresh('x', { ...ill, learned: { unhealthySince: now - 60_000, dipCount: 1 } }),
      ],
    });
    expect(evidence).toEqual([]);
    expect(events).toContainEqual(
      expect.objectContaining({ kind: 'notice', notice: { code: 'ENVIRONMENT_ALREADY_BROKEN' } }),
    );
  });
});

describe('going back', () => {
  const bad = (id: string) => fresh(id, { health: 'unhealthy' });
  const tables: readonly (readonly [string, Scene, readonly string[]])[] = [
    [
      'points back first, then wakes what is warm, then quarantines',
      {
        record: { ...back, phase: 'halt' },
        instances: [old('a'), warm('b'), bad('x'), proven('y')],
        base: 3,
      },
      ['pinLaunchTemplate 7', 'exitStandby b', 'quarantine x', 'wait OLD_ONES_FIRST'],
    ],
    [
      'borrows MaxSize when the warm ones do not fit under it',
      { ...pinnedBack, instances: [warm('a'), warm('b'), warm('c'), proven('y'), proven('z'), proven('v')], max: 4 },
      ['setSizes max 6', 'exitStandby a b c', 'wait OLD_ONES_FIRST'],
    ],
    [
      'keeps a new one that serves until enough serve without it',
      {
        ...pinnedBack,
        instances: [old('a'), old('b'), old('c', { state: 'Pending', health: 'absent' }), proven('y')],
        base: 3,
      },
      ['wait OLD_ONES_FIRST OLD_NOT_SERVING_YET'],
    ],
    [
      'terminates a new one that serves when enough old ones do',
      { ...pinnedBack, instances: [old('a'), old('b'), old('c'), proven('y')] },
      ['terminate y and decrement'],
    ],
    [
      'waits with quarantine until a Pending one can be detached',
      {
        ...pinnedBack,
        record: { ...back, phaseSince: now - 1_000 },
        instances: [old('a'), old('b'), old('c'), fresh('x', { state: 'Pending' })],
      },
      ['wait QUARANTINE_AWAITS_IN_SERVICE'],
    ],
    [
      'terminates a Pending one that did not become InService in time',
      {
        ...pinnedBack,
        record: { ...back, phaseSince: now - 60_000 },
        instances: [old('a'), old('b'), old('c'), fresh('x', { state: 'Pending' })],
      },
      ['terminate x and decrement'],
    ],
    [
      'terminates a Pending one that no evidence names at once',
      { ...pinnedBack, instances: [old('a'), old('b'), old('c'), fresh('w', { state: 'Pending' })] },
      ['terminate w and decrement'],
    ],
    [
      'launches nothing while an old one lives',
      { ...pinnedBack, instances: [old('a'), old('b'), warm('c', { state: 'EnteringStandby' }), proven('y')], base: 3 },
      ['wait OLD_ONES_FIRST DRAINING'],
    ],
    [
      'launches old ones again where the warm ones are gone',
      { ...pinnedBack, instances: [proven('x'), proven('y'), proven('z')] },
      ['setSizes desired 6', 'wait OLD_ONES_FIRST'],
    ],
    [
      'leaves to MinSize what it does not let go, and launches old ones first',
      { ...pinnedBack, min: 3, instances: [proven('x'), proven('y'), proven('z')], max: 3 },
      ['setSizes max 6', 'setSizes desired 6', 'wait OLD_ONES_FIRST'],
    ],
    [
      'counts for MinSize only the warm ones that leave Standby now',
      {
        ...pinnedBack,
        min: 2,
        max: 4,
        base: 2,
        instances: [warm('a', { state: 'EnteringStandby' }), warm('b'), bad('w'), bad('y')],
      },
      ['exitStandby b', 'terminate w and decrement', 'wait DRAINING'],
    ],
    [
      'gives up launches that have failed, before the good version would be launched for them',
      {
        ...pinnedBack,
        record: { ...back, phase: 'halt' },
        pin: '8',
        desired: 6,
        instances: [old('a'), old('b'), old('c')],
        activities: [
          {
            activityId: '1',
            statusCode: 'Failed',
            statusMessage: 'no such image',
            cause: 'x',
            description: 'Launching a new EC2 instance',
            startedAt: now - 1_000,
          },
        ],
      },
      ['setSizes desired 3', 'pinLaunchTemplate 7', 'wait LAUNCHING'],
    ],
    [
      'replaces an old one that EC2 has ended by one of the good version',
      { ...pinnedBack, instances: [old('a'), old('b'), old('c', { ec2: 'terminated' })] },
      ['terminate c', 'wait OLD_NOT_SERVING_YET'],
    ],
    [
      'withdraws the template version, then restores the alias and the processes',
      { ...pinnedBack, record: { ...back, phase: 'finish' }, instances: [old('a'), old('b'), old('c')] },
      ['deleteLaunchTemplateVersion 8'],
    ],
    [
      'restores the alias once it means the good version',
      {
        ...pinnedBack,
        record: { ...back, phase: 'finish' },
        ours: { hasCreatedLaunchTemplateVersion: false },
        launchTemplate: { latestVersion: '7', defaultVersion: '7' },
        instances: [old('a'), old('b'), old('c')],
      },
      ['pinLaunchTemplate $Latest', 'resumeProcesses AZRebalance AlarmNotification ScheduledActions ReplaceUnhealthy'],
    ],
    [
      'learns the number of a version whose creation was cut short, to withdraw it',
      {
        ...pinnedBack,
        record: { ...back, phase: 'finish', to: { version: '2.0', imageId: 'ami-new' } },
        instances: [old('a'), old('b'), old('c')],
      },
      ['createLaunchTemplateVersion from 7'],
    ],
  ];
  test.each(tables)('going back %s', (_name, scene, lines) => {
    expect(decideScene(scene).lines).toEqual(lines);
  });

  test('going back stays pinned to the number when the alias means another version, and says so', () => {
    const { record, events } = decideScene({
      ...pinnedBack,
      record: { ...back, phase: 'finish' },
      ours: { hasCreatedLaunchTemplateVersion: false, suspendedProcesses: [] },
      launchTemplate: { latestVersion: '9', defaultVersion: '7' },
      instances: [old('a'), old('b'), old('c')],
    });
    expect(record.outcome).toBe('rolledBack');
    expect(events.at(-1)).toMatchObject({
      ending: { pinLeft: { launchTemplateVersion: '7', alias: '$Latest', means: '9' } },
    });
  });

  test('going back ends only when the group lists a quarantined instance no more', () => {
    const restored: Scene = {
      instances: [old('a'), old('b'), old('c')],
      pin: '$Latest',
      record: { ...back, phase: 'finish' },
      ours: { hasCreatedLaunchTemplateVersion: false, suspendedProcesses: [] },
      launchTemplate: { latestVersion: '7', defaultVersion: '7' },
    };
    const leaving = fresh('x', {
      state: 'Detaching',
      health: 'draining',
      learned: { quarantinedAt: now - 5_000, leftAt: now - 5_000 },
    });
    expect(decideScene({ ...restored, instances: [...restored.instances, leaving], desired: 3 })).toMatchObject({
      lines: ['wait DRAINING'],
      record: { phase: 'finish' },
    });
    expect(decideScene(restored).record.outcome).toBe('rolledBack');
  });

  test('every instance that shows it is named, and what the first five show', () => {
    const late = { health: 'unhealthy', learned: { firstSeenAt: now - 300_000 } };
    const { record } = decideScene({
      instances: [old('a'), old('b'), old('c'), ...['t', 'u', 'v', 'w', 'x', 'y', 'z'].map((id) => fresh(id, late))],
      record: { startedAt: now - 400_000 },
    });
    expect(record.evidence[0]).toMatchObject({
      instanceIds: ['t', 'u', 'v', 'w', 'x', 'y', 'z'],
      shown: ['t', 'u', 'v', 'w', 'x'].map((instanceId) => ({ instanceId, waitedMs: 300_000 })),
    });
  });

  test('going back in vain asks for a human, and says how it stands', () => {
    const scene = {
      ...pinnedBack,
      record: { ...back, progressAt: now - 630_000 },
      instances: [old('a', { health: 'unhealthy' }), old('b'), old('c'), proven('y')],
    };
    const first = decideScene(scene);
    expect(first.lines).toEqual(['resumeProcesses AZRebalance AlarmNotification ScheduledActions ReplaceUnhealthy']);
    const { record } = decideScene({ ...scene, suspended: [], ours: { suspendedProcesses: [] } });
    expect(record).toMatchObject({
      outcome: 'needsHuman',
      needs: { code: 'ROLLBACK_DEADLINE', oldServingCount: 2, wanted: 3 },
    });
  });

  test('going back with nothing of ours left restores everything before it asks for a human', () => {
    const { record, lines } = decideScene({
      ...pinnedBack,
      record: { ...back, progressAt: now - 630_000 },
      instances: [old('a', { health: 'unhealthy' }), old('b'), old('c')],
    });
    expect(record).toMatchObject({
      phase: 'finish',
      needs: { code: 'OLD_NOT_SERVING', shown: [{ instanceId: 'a', targets: [{ state: 'unhealthy' }] }] },
    });
    expect(lines).toEqual(['deleteLaunchTemplateVersion 8']);
  });
});

describe('finish', () => {
  const finish: Scene['record'] = { phase: 'finish' };
  test('nothing warm is terminated while a new one is unhealthy at this moment', () => {
    const { lines } = decideScene({
      record: finish,
      instances: [proven('x'), proven('y'), proven('z', { health: 'unhealthy' }), warm('a'), warm('b'), warm('c')],
    });
    expect(lines).toEqual(['wait DIPPED']);
  });

  test('a late joiner of the release before sends the rollout back to roll', () => {
    const { record, lines } = decideScene({
      record: finish,
      instances: [proven('x'), proven('y'), proven('z'), old('late')],
      base: 3,
    });
    expect(record).toMatchObject({ phase: 'roll', roundCount: 1 });
    expect(lines).toEqual(['enterStandby late']);
  });

  test('late joiners without end ask for a human', () => {
    const { record } = decideScene({ record: { ...finish, roundCount: 10 }, instances: [proven('x'), old('late')] });
    expect(record).toMatchObject({
      outcome: 'needsHuman',
      needs: { code: 'FOREIGN_INSTANCES', instanceIds: ['late'] },
    });
  });

  test('a group that follows $Default gets the default version moved before it follows it again', () => {
    const original = { launchTemplate: { launchTemplateId: 'lt-1', launchTemplateName: 'web', version: '$Default' } };
    const instances = [proven('x'), proven('y'), proven('z')];
    expect(decideScene({ record: finish, instances, original }).lines).toEqual(['setDefaultLaunchTemplateVersion 8']);
    const moved = { latestVersion: '8', defaultVersion: '8' };
    expect(decideScene({ record: finish, instances, original, launchTemplate: moved }).lines[0]).toBe(
      'pinLaunchTemplate $Default',
    );
  });

  test('our part of the capacity goes by id, the newest first, and never as a number', () => {
    const { lines } = decideScene({
      record: finish,
      base: 2,
      instances: [
        proven('x'),
        proven('y'),
        proven('z', { known: { ...proven('z').known, firstSeenAt: now - 1_000 } as InstanceRecord }),
      ],
    });
    expect(lines).toEqual(['terminate z and decrement']);
  });

  test('processes that somebody had suspended before us stay suspended', () => {
    const { lines } = decideScene({
      record: finish,
      instances: [proven('x'), proven('y'), proven('z')],
      original: { suspendedProcesses: ['AZRebalance'] },
      ours: { suspendedProcesses: ['AlarmNotification'] },
    });
    expect(lines.at(-1)).toBe('resumeProcesses AlarmNotification');
  });
});

describe('others in the same group', () => {
  test('a pin that somebody moved is named after three looks, and not fought', () => {
    const { record, observation } = stage({ instances: [old('a'), old('b'), old('c'), fresh('x')] });
    const moved = {
      ...observation,
      group: {
        ...observation.group,
        launchTemplate: { launchTemplateId: 'lt-1', launchTemplateName: 'web', version: '5' },
      },
    };
    let next = record;
    const decided: string[] = [];
    for (let look = 0; look < 3; look += 1) {
      const step = decide(next, moved);
      next = step.record;
      decided.push(...describeDecisions(step.decisions).filter((line) => !line.startsWith('wait')));
    }
    expect(next).toMatchObject({
      outcome: 'needsHuman',
      needs: { code: 'LAUNCH_TEMPLATE_CHANGED', seenVersion: '5', ourVersion: '8' },
    });
    expect(decided).toEqual([]);
  });

  test('a scale-out is believed after three looks, and is theirs', () => {
    const { record, observation } = stage({ instances: [old('a'), old('b'), old('c'), fresh('x')], base: 3 });
    const scaled = { ...observation, group: { ...observation.group, desiredCapacity: 5 } };
    const steps = [record];
    for (let look = 0; look < 3; look += 1) steps.push(decide(steps.at(-1) ?? record, scaled).record);
    expect(steps.map(({ base }) => base?.desiredCapacity)).toEqual([3, 3, 3, 4]);
    expect(steps.at(-1)?.ours.surge).toBe(1);
  });

  test('capacity is not written while one look differs from what was known', () => {
    const { record, observation } = stage({ instances: [old('a'), old('b'), old('c')] });
    const odd = { ...observation, group: { ...observation.group, desiredCapacity: 4 } };
    expect(describeDecisions(decide(record, odd).decisions)).toEqual(['wait LAUNCHING FOREIGN_CHANGE_SEEN']);
  });
});

describe('abort', () => {
  test.each(['roll', 'finish'] as const)('abort in %s points back', (phase) => {
    const { record, observation } = stage({
      instances: [old('a'), old('b'), old('c'), proven('x')],
      record: { phase },
    });
    const aborted = requestRollback(record, { text: 'Ann said so', at: now });
    const step = decide(aborted, observation);
    expect(step.record).toMatchObject({ isGoingBack: true, phase: 'halt' });
    expect(describeDecisions(step.decisions)[0]).toBe('pinLaunchTemplate 7');
  });

  test('abort of what is done changes nothing', () => {
    const { record } = stage({ instances: [], record: { outcome: 'done' } });
    expect(requestRollback(record, { text: 'too late', at: now })).toBe(record);
  });

  test('abort on the way back goes on going back', () => {
    const { record } = stage({ instances: [], record: { ...back, outcome: 'needsHuman', needs: refusedNeed } });
    expect(requestRollback(record, { text: 'again', at: now })).toMatchObject({
      phase: 'rollBack',
      outcome: undefined,
      needs: undefined,
    });
  });
});

test('decide leaves a record with an outcome as it is', () => {
  const { record, observation } = stage({ instances: [old('a')], record: { outcome: 'done' } });
  expect(decide(record, observation)).toEqual({ record, decisions: [], events: [] });
});

describe('keep warm', () => {
  const keepWarm = { keepWarmMs: 3_600_000 };
  const three = [proven('x'), proven('y'), proven('z')];
  const givenBack = { surge: 0, suspendedProcesses: [], pin: undefined };
  const earlierWarm = {
    rolloutId: 'r-0',
    release: { version: '0.9', imageId: 'ami-older', launchTemplateVersion: '5' },
    instanceIds: ['k', 'l'],
    untilAt: now + 1_000,
  };
  const asleep = (id: string, version: string) =>
    old(id, { version, state: 'Standby', health: 'absent', known: undefined });
  const ofRelease = { ...earlierWarm, release: { ...earlierWarm.release, launchTemplateVersion: '8' } };

  test.each<readonly [string, Scene, readonly string[]]>([
    [
      'finish leaves what is warm and gives back what is temporary',
      { instances: [...three, warm('a'), warm('b')], options: keepWarm, record: { phase: 'finish' } },
      ['pinLaunchTemplate $Latest', 'resumeProcesses AZRebalance AlarmNotification ScheduledActions ReplaceUnhealthy'],
    ],
    [
      'finish waits for what drains on its way to Standby',
      {
        instances: [...three, warm('a', { state: 'EnteringStandby' })],
        options: keepWarm,
        record: { phase: 'finish' },
      },
      ['wait DRAINING'],
    ],
    [
      'finish gives nothing back while a new one is ill: it may have to go back',
      {
        instances: [
          proven('x'),
          proven('y'),
          fresh('z', { health: 'unhealthy', learned: { unhealthySince: now - 2_000, verifiedAt: now - 9_000 } }),
          warm('a'),
        ],
        options: keepWarm,
        record: { phase: 'finish' },
      },
      ['wait DIPPED'],
    ],
    [
      'finish ends one that cannot be warm, for EC2 has ended it',
      {
        instances: [...three, warm('a'), warm('b', { ec2: 'terminated' })],
        options: keepWarm,
        record: { phase: 'finish' },
      },
      ['terminate b'],
    ],
    [
      'finish ends what an earlier rollout kept, and nobody else’s',
      {
        instances: [...three, asleep('k', '5'), asleep('l', '5'), asleep('m', '5')],
        record: { phase: 'finish', earlierWarm },
        ours: givenBack,
        suspended: [],
        pin: '$Latest',
      },
      ['terminate k l'],
    ],
    [
      'the way back leaves what an earlier rollout kept asleep',
      {
        instances: [fresh('x', { health: 'unhealthy' }), warm('a'), warm('b'), warm('c'), asleep('k', '5')],
        base: 3,
        pin: '7',
        record: { ...back, earlierWarm },
      },
      ['exitStandby a b c', 'quarantine x'],
    ],
    [
      'roll wakes those of the release in place of a launch, and lends MaxSize for it',
      {
        instances: [old('a'), old('b'), asleep('k', '8'), asleep('l', '8')],
        base: 2,
        max: 3,
        options: { isMaxSizeLent: true },
        record: { earlierWarm: ofRelease },
      },
      ['setSizes max 4', 'exitStandby k l'],
    ],
    [
      'roll wakes no more than MaxSize allows where it is kept',
      {
        instances: [old('a'), old('b'), asleep('k', '8'), asleep('l', '8')],
        base: 2,
        max: 3,
        record: { earlierWarm: ofRelease },
      },
      ['exitStandby k'],
    ],
    [
      'roll launches where AWS does not let them out of Standby',
      {
        instances: [old('a'), asleep('k', '8')],
        base: 1,
        record: { earlierWarm: ofRelease, refusals: { exitStandby: { count: 1, since: now - 1, failure: denied } } },
      },
      ['setSizes desired 2'],
    ],
    [
      'one that was woken counts as soon as it is healthy and has reported',
      {
        instances: [
          old('a'),
          fresh('k', { learned: { revivedAt: now - 9_000, reportedVersion: '2.0', reportedStatus: 'OK' } }),
        ],
        base: 1,
        record: { earlierWarm: { ...ofRelease, instanceIds: ['k'] } },
      },
      ['enterStandby a'],
    ],
    [
      'aborted, those that were woken go back to Standby',
      {
        instances: [old('a'), old('b'), fresh('k', { learned: { revivedAt: now - 9_000 } })],
        base: 2,
        pin: '7',
        record: {
          ...back,
          evidence: [{ code: 'ABORTED', reason: '', at: now, instanceIds: [] }],
          earlierWarm: ofRelease,
        },
      },
      ['enterStandby k'],
    ],
  ])('%s', (_name, scene, lines) => {
    expect(decideScene(scene).lines).toEqual(lines);
  });

  test('done says who stays warm and until when, and the record knows it', () => {
    const { record, events } = decideScene({
      instances: [...three, warm('a'), warm('b')],
      options: keepWarm,
      record: { phase: 'finish', givenBackAt: now - 2_000 },
      ours: givenBack,
      suspended: [],
    });
    expect(record).toMatchObject({ outcome: 'done', warmUntilAt: now + 3_600_000 });
    expect(events.at(-1)).toMatchObject({
      ending: { warm: { version: '1.0', instanceIds: ['a', 'b'], untilAt: now + 3_600_000 } },
    });
  });
});

describe('audit', () => {
  const atRest: Scene = {
    instances: [],
    base: 2,
    ours: { surge: 0, suspendedProcesses: [], pin: undefined },
    suspended: [],
    record: { phase: 'finish', givenBackAt: now - 2_000 },
  };
  const end = (instances: Scene['instances']) => {
    const { record, lines } = decideScene({ ...atRest, instances });
    return record.outcome === undefined ? lines : [record.outcome, record.needs];
  };

  test('an instance of another image is no part of what is done', () => {
    expect(end([proven('x'), proven('y', { imageId: 'ami-other' })])).toEqual([
      'needsHuman',
      {
        code: 'AUDIT_FAILED',
        version: '2.0',
        instanceIds: ['y'],
        shown: [{ instanceId: 'y', what: 'image', expected: 'ami-new', found: 'ami-other' }],
      },
    ]);
  });

  test('nor is one that says another version', () => {
    const liar = proven('y');
    const known = { ...liar.known, firstSeenAt: now - 50_000, reportedVersion: '1.0' };
    expect(end([proven('x'), { ...liar, known }])).toMatchObject([
      'needsHuman',
      { shown: [{ instanceId: 'y', what: 'report', expected: '2.0', found: '1.0' }] },
    ]);
  });

  test('one that says of itself that it is not well is looked at again', () => {
    const ill = proven('y');
    const known = { ...ill.known, firstSeenAt: now - 50_000, reportedStatus: 'KO: no' };
    expect(end([proven('x'), { ...ill, known }])).toEqual(['wait GROUP_NOT_AT_REST']);
  });

  test('with nothing found it is done', () => {
    expect(end([proven('x'), proven('y')])).toEqual(['done', undefined]);
  });
});

describe('zone by zone', () => {
  const inZones = (more: Partial<Scene> & Pick<Scene, 'instances'>): Scene => ({
    base: 3,
    options: { isZoneByZone: true },
    ...more,
  });
  const [a, b, c] = [old('a', { zone: 'a' }), old('b', { zone: 'b' }), old('c', { zone: 'b' })];

  test.each<readonly [string, Scene, readonly string[]]>([
    ['adds as many as the first zone has', inZones({ instances: [a, b, c] }), ['setSizes desired 4']],
    ['takes from the first zone alone', inZones({ instances: [a, b, c, proven('x')] }), ['enterStandby a']],
    [
      'begins with no zone while what was added is not verified',
      inZones({ instances: [b, c, fresh('x')], ours: { surge: 0 } }),
      ['wait PROVING'],
    ],
    ['begins with the next when all is verified', inZones({ instances: [b, c, proven('x')] }), ['setSizes desired 5']],
  ])('%s', (_name, scene, lines) => {
    expect(decideScene(scene).lines).toEqual(lines);
  });
});

describe('a Spot interruption', () => {
  const interruptedAt = now - 4_000;
  const taken = fresh('y', {
    ec2: 'terminated',
    health: 'unused',
    learned: { ...lostLong, interruptedAt, healthySince: undefined },
  });

  test('is replaced, and not held against the release', () => {
    const { lines, evidence } = decideScene({ instances: [old('a'), old('b'), proven('x'), taken], base: 2 });
    expect({ lines: lines.slice(0, 1), evidence }).toEqual({ lines: ['terminate y'], evidence: [] });
  });

  test('is replaced in the bake, too', () => {
    const { lines, evidence } = decideScene({
      instances: [proven('x'), taken, warm('a'), warm('b')],
      base: 2,
      options: { bakeMs: 60_000 },
      record: { phase: 'bake', phaseSince: now - 1_000 },
      ours: { surge: 0 },
    });
    expect(lines).toContain('terminate y');
    expect(evidence).toEqual([]);
  });

  test('of an old one is replaced by the group, for nothing else brings it back', () => {
    const known = { ...old('b').known, firstSeenAt: now - 60_000, interruptedAt };
    const { lines } = decideScene({ instances: [old('a'), old('b', { ec2: 'terminated', known })], base: 2 });
    expect(lines.slice(0, 1)).toEqual(['terminate b']);
  });
});
