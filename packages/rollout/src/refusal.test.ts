import { describe, expect, test } from 'vitest';
import { deriveSurge } from './defaults.js';
import type { GroupObservation, Observation } from './observation.js';
import { deriveOptions } from './options.js';
import { planRollout } from './plan.js';
import { findBaseline, refuseRollout } from './refusal.js';
import { fresh, now, old, type Scene, stage } from './simulation/scene.js';

const to = { version: '2.0', imageId: 'ami-new' };

function see(scene: Partial<Scene> = {}, group: Partial<GroupObservation> = {}): Observation {
  const { observation } = stage({
    instances: [old('a'), old('b'), old('c')],
    pin: '$Latest',
    suspended: [],
    launchTemplate: { latestVersion: '7', defaultVersion: '7' },
    ...scene,
  });
  return { ...observation, group: { ...observation.group, ...group } };
}

describe('refusals', () => {
  test('a healthy group with headroom is refused nothing', () => {
    expect(refuseRollout(see(), to)).toBeUndefined();
  });

  const ill = { health: 'unhealthy' };
  test.each([
    [
      'NO_LAUNCH_TEMPLATE',
      see({}, { launchTemplate: undefined }),
      /launch configuration, or by a mixed instances policy/,
    ],
    ['NO_TARGET_GROUP', { ...see(), targetGroups: [] }, /attached to no target group/],
    ['GROUP_EMPTY', see({ instances: [] }, { desiredCapacity: 0 }), /wants 0 instances \(MinSize 1, MaxSize 7\)/],
    ['PROCESS_SUSPENDED', see({ suspended: ['Launch', 'AZRebalance'] }), /suspended Launch,/],
    ['PROCESS_SUSPENDED', see({ suspended: ['Terminate'] }), /suspended Terminate,/],
    ['PROCESS_SUSPENDED', see({ suspended: ['AddToLoadBalancer'] }), /suspended AddToLoadBalancer,/],
    [
      'NO_HEALTHY_BASELINE',
      see({ instances: [old('a', ill), old('b', ill)] }),
      /None of the 2 instances .*a: unhealthy Target.ResponseCodeMismatch in web/,
    ],
    ['NO_CAPACITY_HEADROOM', see({ max: 3 }), /MaxSize is 3 and DesiredCapacity is 3/],
    [
      'ALREADY_THIS_RELEASE',
      see({ instances: [fresh('x'), fresh('y')], launchTemplate: { latestVersion: '8', defaultVersion: '7' } }),
      /Every instance of web \(2\) is of release 2.0/,
    ],
  ] as const)('%s names what it saw: %#', (code, observation, message) => {
    const refusal = refuseRollout(observation, to);
    expect(refusal?.code).toBe(code);
    expect(refusal?.message).toMatch(message);
    expect(refusal?.hint).not.toBe('');
  });

  test('a broken baseline is accepted when a person says that the release is the cure', () => {
    expect(refuseRollout(see({ instances: [old('a', ill)] }), to, { isBrokenBaselineAccepted: true })).toBeUndefined();
  });

  test('a group of the release that would launch another one is not refused', () => {
    expect(refuseRollout(see({ instances: [fresh('x'), fresh('y')] }), to)).toBeUndefined();
  });

  test('what still drains from the last rollout does not hide that there is nothing to do', () => {
    const instances = [fresh('x'), fresh('y'), old('a', { state: 'Terminating:Wait', health: 'draining' })];
    const observation = see({ instances, launchTemplate: { latestVersion: '8', defaultVersion: '7' } });
    expect(refuseRollout(observation, { ...to, launchTemplateVersion: '8' })?.code).toBe('ALREADY_THIS_RELEASE');
  });
});

describe('the release to come back to', () => {
  test('is what most serving instances run', () => {
    const instances = [old('a'), old('b'), old('c', { version: '6' })];
    expect(findBaseline(see({ instances }), {})).toEqual({ launchTemplateVersion: '7', imageId: 'ami-old' });
  });

  test('is never the release itself', () => {
    expect(
      findBaseline(see({ instances: [fresh('x'), fresh('y'), old('a')] }), { launchTemplateVersion: '8' })
        ?.launchTemplateVersion,
    ).toBe('7');
    expect(findBaseline(see({ instances: [fresh('x')] }), { launchTemplateVersion: '8' })).toBeUndefined();
    const from = { version: '2.0', imageId: 'ami-new', launchTemplateVersion: '8' };
    expect(() => planRollout({ observation: see(), from, to: from, rolloutId: 'r', epoch: 1, at: now })).toThrow(
      /would go back to launch template version 8/,
    );
  });
});

describe('options', () => {
  test.each([
    [1, 2, 1],
    [3, 7, 3],
    [3, 4, 1],
    [10, 21, 10],
    [100, 201, 25],
    [1000, 2001, 250],
    [4, 4, 1],
  ])('desired %i, MaxSize %i: surge %i', (desired, max, surge) => {
    expect(deriveSurge(desired, max)).toBe(surge);
  });

  test.each([
    [300_000, 10_000, 300_000],
    [60_000, 10_000, 60_000],
    [0, 10_000, 300_000],
    [10_000, 30_000, 60_000],
  ])(
    'grace %i ms, interval %i ms: startTimeout %i ms',
    (healthCheckGracePeriodMs, healthCheckIntervalMs, startTimeoutMs) => {
      const observation = see({}, { healthCheckGracePeriodMs });
      const targetGroups = observation.targetGroups.map((targetGroup) => ({ ...targetGroup, healthCheckIntervalMs }));
      const options = deriveOptions({ ...observation, targetGroups });
      expect(options.startTimeoutMs).toBe(startTimeoutMs);
      expect(options.progressDeadlineMs).toBeGreaterThan(options.startTimeoutMs + options.minHealthyTimeMs);
    },
  );

  test('what is given wins over what is derived, and what is given as undefined does not', () => {
    const from = { version: '1.0', imageId: 'ami-old', launchTemplateVersion: '7' };
    const record = planRollout({
      observation: see(),
      from,
      to,
      options: { surge: 1, tickMs: undefined },
      rolloutId: 'r',
      epoch: 3,
      at: now,
    });
    expect(record).toMatchObject({
      epoch: 3,
      phase: 'roll',
      options: { surge: 1, tickMs: 2_000 },
      ours: { surge: 0 },
      original: { desiredCapacity: 3, servingCount: 3 },
    });
  });
});
