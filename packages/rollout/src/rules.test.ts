// Rules of single steps that a whole rollout seldom meets alone: each has one scene in which it alone decides.
import { describe, expect, test } from 'vitest';
import { decide } from './decide.js';
import type { InstanceObservation, Observation } from './observation.js';
import { holdShadow } from './outside.js';
import { describeDecisions, fresh, now, old, proven, type Scene, stage, warm } from './simulation/scene.js';
import type { Situation } from './step.js';

function decideScene(
  scene: Scene,
  change: (group: Observation['group']) => Partial<Observation['group']> = () => ({}),
) {
  const { record, observation } = stage(scene);
  const group = { ...observation.group, ...change(observation.group) };
  const step = decide(record, { ...observation, group });
  return { ...step, lines: describeDecisions(step.decisions) };
}

const bornAt = (id: string, zone = 'a') => proven(id, { zone });

describe('roll', () => {
  test('who leaves is of the zone that would have most, whatever comes first', () => {
    const { lines } = decideScene({
      instances: [old('a', { zone: 'a' }), ...['b', 'c', 'd'].map((id) => old(id, { zone: 'b' })), bornAt('x', 'a')],
      base: 4,
    });
    expect(lines[0]).toBe('enterStandby b');
  });

  test('no more leave than were added, though they serve nobody', () => {
    const { lines } = decideScene({
      instances: [
        old('a', { health: 'unhealthy' }),
        old('b', { health: 'unhealthy' }),
        old('c'),
        ...['x', 'y', 'z'].map((id) => proven(id)),
      ],
      base: 5,
    });
    expect(lines.filter((line) => line.startsWith('enterStandby'))).toEqual(['enterStandby a']);
  });

  test('a process that somebody resumed stays theirs', () => {
    const suspended = ['AlarmNotification', 'ScheduledActions', 'ReplaceUnhealthy'];
    const { lines } = decideScene({ instances: [old('a'), old('b'), old('c')], suspended });
    expect(lines).toEqual(['setSizes desired 6']);
  });

  test('the release is made only while the group names the version of now', () => {
    const { lines } = decideScene({
      instances: [old('a'), old('b'), old('c')],
      pin: '$Latest',
      ours: { pin: undefined, isLaunchTemplatePinned: false, suspendedProcesses: [] },
      suspended: [],
      record: { phase: 'prove', to: { version: '2.0', imageId: 'ami-new' } },
      launchTemplate: { latestVersion: '7', defaultVersion: '7' },
    });
    expect(lines.slice(0, 2)).toEqual(['pinLaunchTemplate 7', 'createLaunchTemplateVersion from 7']);
  });
});

describe('bake', () => {
  const baking: Partial<Scene> = {
    base: 3,
    ours: { surge: 0 },
    options: { bakeMs: 60_000 },
    record: { phase: 'bake', phaseSince: now - 61_000 },
  };

  test('it does not end while one of the new ones is ill', () => {
    const well = decideScene({
      ...baking,
      instances: [proven('x'), proven('y'), proven('z')],
      ours: { surge: 0, suspendedProcesses: [] },
    });
    expect(well.record.phase).toBe('finish');
    const ill = decideScene({
      ...baking,
      instances: [proven('x'), proven('y'), proven('z', { health: 'unhealthy' })],
      ours: { surge: 0, suspendedProcesses: [] },
    });
    expect(ill.record.phase).toBe('bake');
  });

  test('the group may scale again, and what would move its instances stays suspended', () => {
    const { lines } = decideScene({ ...baking, instances: [proven('x'), proven('y'), proven('z')] });
    expect(lines[0]).toBe('resumeProcesses AlarmNotification ScheduledActions');
  });
});

describe('finish', () => {
  test('nothing warm goes while fewer are proven than the group wants', () => {
    const { lines } = decideScene({
      record: { phase: 'finish' },
      instances: [proven('x'), proven('y'), warm('a')],
      desired: 3,
      base: 3,
    });
    expect(lines).toEqual([expect.stringMatching(/^wait /)]);
  });

  const atRest = (instances: Scene['instances'], more: Partial<Scene> = {}): Scene => ({
    instances,
    base: instances.length,
    ours: { surge: 0, suspendedProcesses: [], pin: undefined },
    suspended: [],
    ...more,
    record: { phase: 'finish', givenBackAt: now - 2_000, ...more.record },
  });
  const three = [bornAt('x'), bornAt('y'), bornAt('z')];

  test('it is done only after a look that came after everything was given back', () => {
    expect(decideScene(atRest(three)).record.outcome).toBe('done');
    for (const givenBackAt of [undefined, now]) {
      const { record, lines } = decideScene(atRest(three, { record: { givenBackAt } }));
      expect([record.outcome, record.givenBackAt, lines]).toEqual([undefined, now, ['wait GROUP_NOT_AT_REST']]);
    }
  });

  test('it is not done while the group has another number than it wants', () => {
    const { record } = decideScene(atRest(three, { base: 2, desired: 2 }));
    expect(record.outcome).toBeUndefined();
  });

  test('it is not done while AZRebalance would move instances, for as long as that may take', () => {
    const zones = () => ({ availabilityZones: ['a', 'b'] });
    const end = (givenBackMs: number, suspended: readonly string[] = []) =>
      decideScene(atRest(three, { suspended, record: { givenBackAt: now - givenBackMs } }), zones).record.outcome;
    expect(end(119_999)).toBeUndefined();
    expect(end(120_000)).toBe('done');
    // Where somebody has suspended it, nothing is waited for.
    expect(end(2_000, ['AZRebalance'])).toBe('done');
  });

  test('it is not done while the image of one could not be read', () => {
    const unread = ({ instances }: Observation['group']) => ({
      instances: instances.map(
        ({ imageId, ...rest }): InstanceObservation => (rest.instanceId === 'y' ? rest : { ...rest, imageId }),
      ),
    });
    const { record, lines } = decideScene(atRest(three), unread);
    expect([record.outcome, lines]).toEqual([undefined, ['wait GROUP_NOT_AT_REST']]);
  });

  test('what AWS will not take back is named in the end', () => {
    const failure = { kind: 'denied', code: 'ACCESS_DENIED', text: 'no' } as const;
    const { record } = decideScene(
      atRest(three, {
        ours: { surge: 0, suspendedProcesses: ['AZRebalance'], pin: undefined },
        suspended: ['AZRebalance'],
        record: { refusals: { resumeProcesses: { count: 5, since: now - 60_000, failure } } },
      }),
    );
    expect([record.outcome, record.needs]).toEqual([
      'needsHuman',
      { code: 'GIVE_BACK_REFUSED', left: [{ act: 'resumeProcesses', failure }] },
    ]);
  });
});

describe('going back', () => {
  const withdrawn: Scene['record'] = {
    phase: 'rollBack',
    isGoingBack: true,
    evidence: [{ code: 'UNHEALTHY_AGAIN', shown: [], at: now - 5_000, instanceIds: ['x'] }],
  };

  test('users go back in the first look, before the group has begun to', () => {
    const { lines } = decideScene({
      instances: [old('a'), old('b'), old('c'), proven('x')],
      options: {
        canary: { steps: [{ share: 0.05, forMs: 60_000 }], instanceCount: 1, place: { listenerArn: 'arn:listener' } },
      },
      ours: {
        surge: 1,
        forward: {
          original: { targetGroupArn: 'arn:0', weight: 1, order: 1, stickiness: { isEnabled: false } },
          targetGroupArn: 'arn:shadow',
          ordered: [0.05],
          inForce: { share: 0.05, at: now - 20_000 },
        },
      },
      record: withdrawn,
    });
    expect(lines.slice(0, 2)).toEqual(['restoreForward', 'pinLaunchTemplate 7']);
  });
});

describe('what users were led to', () => {
  const holds = (sinceBackMs: number, isRead: boolean) => {
    const { record, observation } = stage({
      instances: [old('a'), old('b'), old('c')],
      pin: '7',
      options: { canary: { steps: [], instanceCount: 1, place: { listenerArn: 'arn:listener' } } },
      ours: {
        surge: 0,
        suspendedProcesses: [],
        shadow: { route: { targetGroupArn: 'arn:shadow' }, instance: { availabilityZone: 'a', instanceId: 'p' } },
      },
      suspended: [],
      record: { phase: 'rollBack', isGoingBack: true, canary: { step: 0, backAt: now - sinceBackMs } },
    });
    const seen = isRead ? observation : { ...observation, targetGroups: [] };
    return holdShadow({ record, observation: seen, at: now } as unknown as Situation).map(({ code }) => code);
  };

  test.each([
    ['as long as its target group drains', 29_999, true, ['CANARY_DRAINING']],
    ['no longer', 30_000, true, []],
    ["as long as AWS's default, where no target group can be read", 299_999, false, ['CANARY_DRAINING']],
    ['no longer than that', 300_000, false, []],
  ])('stays %s', (_name, sinceBackMs, isRead, expected) => {
    expect(holds(sinceBackMs, isRead)).toEqual(expected);
  });
});

describe('a health check that somebody changed', () => {
  const before = { targetGroupName: 'web', protocol: 'HTTP', port: '80', path: '/healthz', matcher: '200' };
  const asked = (instances: Scene['instances'], now: object = { path: '/other' }) => {
    const { record, observation } = stage({
      instances,
      options: { startTimeoutMs: 15_000 },
      original: { healthChecks: { web: ['HTTP', '80', '/healthz', '200'] } },
    });
    const targetGroups = observation.targetGroups.map((group) => ({
      ...group,
      healthCheck: { protocol: 'HTTP', port: '80', path: '/healthz', matcher: '200', ...now },
    }));
    const { needs, evidence } = decide(record, { ...observation, targetGroups }).record;
    return needs?.code ?? evidence.map(({ code }) => code);
  };
  const slow = fresh('x', { health: 'unhealthy', learned: { inServiceAt: now - 20_000, healthySince: undefined } });
  const ill = (id: string) => old(id, { health: 'unhealthy' });

  test.each<[string, Scene['instances'], object, unknown]>([
    ['and no old one meets it', [ill('a'), ill('b'), slow], { path: '/other' }, 'HEALTH_CHECK_CHANGED'],
    ['to another matcher, and no old one meets it', [ill('a'), slow], { matcher: '204' }, 'HEALTH_CHECK_CHANGED'],
    ['and no old one is in service', [warm('a'), slow], { matcher: '204' }, ['START_TIMEOUT']],
    ['and an old one meets it', [old('a'), ill('b'), slow], { path: '/other' }, ['START_TIMEOUT']],
    ['to what it was', [ill('a'), ill('b'), slow], {}, ['START_TIMEOUT']],
  ])('%s', (_name, instances, change, expected) => {
    expect(asked(instances, change)).toEqual(expected);
  });

  test('while all old ones are warm keeps nobody from waking them', () => {
    const ill = (id: string) =>
      fresh(id, {
        health: 'unhealthy',
        learned: { healthySince: undefined, unhealthySince: now - 40_000, verifiedAt: now - 90_000, dipCount: 1 },
      });
    const { record, observation } = stage({
      instances: [ill('x'), ill('y'), warm('a'), warm('b')],
      base: 2,
      options: { bakeMs: 300_000 },
      original: { healthChecks: { web: ['HTTP', '80', '/healthz', '200'] }, servingCount: 2 },
      record: { phase: 'bake' },
    });
    const targetGroups = observation.targetGroups.map((group) => ({
      ...group,
      healthCheck: { ...before, path: '/other' },
    }));
    const step = decide(record, { ...observation, targetGroups });
    expect(step.record.evidence.map(({ code }) => code)).toEqual(['UNHEALTHY_AGAIN']);
    expect(describeDecisions(step.decisions)).toContain('exitStandby a b');
  });
});

describe('evidence', () => {
  const launchFailed = (startedAt: number) =>
    decideScene({
      instances: [old('a'), old('b'), old('c')],
      desired: 6,
      activities: [
        {
          activityId: 'activity-1',
          statusCode: 'Failed',
          description: 'Launching a new EC2 instance.  Status Reason: The key pair does not exist.',
          statusMessage: 'The key pair does not exist. Launching EC2 instance failed.',
          cause: 'An instance was started in response to a difference between desired and actual capacity.',
          startedAt,
        },
      ],
    }).record.evidence.map(({ code }) => code);

  test('a launch that failed before the group named the release is the doing of what it named then', () => {
    const pinnedAt = now - 55_000;
    expect(launchFailed(pinnedAt - 1)).toEqual([]);
    expect(launchFailed(pinnedAt)).toEqual(['LAUNCH_FAILED']);
  });
});
