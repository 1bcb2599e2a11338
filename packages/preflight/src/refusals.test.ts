// PASS never where deploy refuses: one set of rules, asked by both over the same group.
import { type Observation, refuseRollout } from '@directrix/rollout';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { healthySnapshot, intent, read } from './healthy-snapshot.fixture.js';
import { runPreflight } from './run-preflight.js';
import type { PreflightSnapshot } from './snapshot.js';

interface Given {
  readonly desired: number;
  readonly max: number;
  readonly hasTemplate: boolean;
  readonly targetGroups: number;
  readonly suspended: readonly string[];
  readonly instances: readonly { readonly state: string; readonly health: readonly string[] }[];
}

const given: fc.Arbitrary<Given> = fc.record({
  desired: fc.integer({ min: 0, max: 3 }),
  max: fc.integer({ min: 0, max: 5 }),
  hasTemplate: fc.boolean(),
  targetGroups: fc.integer({ min: 0, max: 2 }),
  suspended: fc.subarray(['Launch', 'Terminate', 'AddToLoadBalancer', 'AZRebalance', 'HealthCheck']),
  instances: fc.array(
    fc.record({
      state: fc.constantFrom('InService', 'InService', 'Standby', 'Pending', 'Terminating:Wait'),
      health: fc.array(fc.constantFrom('healthy', 'unhealthy', 'draining', 'absent'), { minLength: 2, maxLength: 2 }),
    }),
    { maxLength: 3 },
  ),
});

const idOf = (index: number) => `i-${index + 1}`;

function snapshotOf({ desired, max, hasTemplate, targetGroups, suspended, instances }: Given): PreflightSnapshot {
  const healthy = healthySnapshot();
  const [known] = healthy.targetGroups.kind === 'read' ? healthy.targetGroups.value : [];
  return {
    ...healthy,
    group: {
      ...healthy.group,
      MinSize: 0,
      MaxSize: max,
      DesiredCapacity: desired,
      LaunchTemplate: hasTemplate ? healthy.group.LaunchTemplate : undefined,
      SuspendedProcesses: suspended.map((ProcessName) => ({ ProcessName })),
      Instances: instances.map(({ state }, index) => ({
        ...healthy.group.Instances?.[0],
        InstanceId: idOf(index),
        LifecycleState: state,
      })) as never,
    },
    targetGroups: read(
      Array.from({ length: targetGroups }, (_, at) => ({
        ...known!,
        health: instances.flatMap(({ health }, index) =>
          health[at] === 'absent'
            ? []
            : [{ Target: { Id: idOf(index) }, TargetHealth: { State: health[at] as never } }],
        ),
      })),
    ),
  };
}

function observationOf({ desired, max, hasTemplate, targetGroups, suspended, instances }: Given): Observation {
  return {
    at: 0,
    group: {
      name: 'web',
      minSize: 0,
      maxSize: max,
      desiredCapacity: desired,
      ...(hasTemplate && { launchTemplate: { launchTemplateId: 'lt-1', launchTemplateName: 'web', version: '1' } }),
      healthCheckType: 'ELB',
      healthCheckGracePeriodMs: 120_000,
      suspendedProcesses: suspended,
      instances: instances.map(({ state }, index) => ({
        instanceId: idOf(index),
        lifecycleState: state,
        healthStatus: 'Healthy',
        availabilityZone: 'us-west-2a',
        launchTemplateVersion: '1',
        imageId: 'ami-1',
        isProtectedFromScaleIn: false,
      })),
      activities: [],
    },
    targetGroups: Array.from({ length: targetGroups }, (_, at) => ({
      targetGroupArn: `arn-${at}`,
      name: 'web',
      healthCheckIntervalMs: 10_000,
      healthyThresholdCount: 2,
      deregistrationDelayMs: 30_000,
      targets: instances.flatMap(({ health }, index) =>
        health[at] === 'absent' ? [] : [{ instanceId: idOf(index), port: 80, state: health[at] ?? '' }],
      ),
    })),
    launchTemplate: { latestVersion: '1', defaultVersion: '1' },
    detached: [],
    reports: [],
  } as Observation;
}

test('what deploy refuses, preflight finds as an error, with the same code and sentence', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(given, (one) => {
      const refusal = refuseRollout(observationOf(one), { version: '2', imageId: 'ami-2' });
      const errors = runPreflight(snapshotOf(one), intent).filter(({ severity }) => severity === 'error');
      if (refusal === undefined) return;
      seen.add(refusal.code);
      expect(errors).toContainEqual(expect.objectContaining({ code: refusal.code, message: refusal.message }));
    }),
    // Seeded: by chance alone, one of the rarer refusals may not come up.
    { numRuns: 500, seed: 1 },
  );
  expect([...seen].sort()).toEqual([
    'GROUP_EMPTY',
    'NO_CAPACITY_HEADROOM',
    'NO_HEALTHY_BASELINE',
    'NO_LAUNCH_TEMPLATE',
    'NO_TARGET_GROUP',
    'PROCESS_SUSPENDED',
  ]);
});
