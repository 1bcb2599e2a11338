// decide() at 1,000 and 10,000 instances, in the middle of a rollout: half the group replaced, a batch being verified.
//
// `node bench/run.mjs decide`. Targets: 2 ms and 25 ms. Reported in docs/benchmarks.md.
import { decide, type InstanceRecord, type Observation, planRollout, type RolloutRecord } from '@directrix/rollout';

const now = 1_000_000_000;

interface Kind {
  readonly version: string;
  readonly state: string;
  readonly isHealthy: boolean;
}

/** Two target groups; of `size` wanted, half are new and proven, a tenth new and starting, the rest old. */
function build(size: number): { readonly record: RolloutRecord; readonly observation: Observation } {
  const kinds: Kind[] = [];
  const add = (count: number, kind: Kind) => {
    for (let index = 0; index < count; index += 1) kinds.push(kind);
  };
  add(size / 2, { version: '8', state: 'InService', isHealthy: true });
  add(size / 10, { version: '8', state: 'InService', isHealthy: false });
  add(size / 2, { version: '7', state: 'InService', isHealthy: true });
  add(size / 2, { version: '7', state: 'Standby', isHealthy: false });
  const observation = observe(kinds, size);
  const planned = planRollout({
    observation,
    from: { version: '1.0', imageId: 'ami-old', launchTemplateVersion: '7' },
    to: { version: '2.0', imageId: 'ami-new', launchTemplateVersion: '8' },
    rolloutId: 'r-1',
    epoch: 1,
    at: now - 600_000,
  });
  return { record: { ...planned, ...progress(kinds, size), progressAt: now }, observation };
}

function progress(kinds: readonly Kind[], size: number): Partial<RolloutRecord> {
  const instances = kinds.map(({ version, state, isHealthy }, index): [string, InstanceRecord] => [
    idOf(index),
    {
      firstSeenAt: now - 100_000,
      launchTemplateVersion: version,
      lifecycleState: state,
      healthySince: isHealthy ? now - 60_000 : undefined,
      verifiedAt: version === '8' && isHealthy ? now - 30_000 : undefined,
      reportedVersion: version === '8' && isHealthy ? '2.0' : undefined,
      reportedStatus: version === '8' && isHealthy ? 'OK' : undefined,
      warmAt: state === 'Standby' ? now - 20_000 : undefined,
    },
  ]);
  return {
    instances: Object.fromEntries(instances),
    base: { desiredCapacity: size },
    ours: {
      surge: size / 10,
      suspendedProcesses: [],
      isLaunchTemplatePinned: true,
      hasCreatedLaunchTemplateVersion: true,
      pin: { version: '8', at: now - 500_000, isConfirmed: true, isSeen: true },
    },
  };
}

function idOf(index: number): string {
  return `i-${String(index).padStart(17, '0')}`;
}

function observe(kinds: readonly Kind[], size: number): Observation {
  const targets = kinds.flatMap(({ state, isHealthy }, index) =>
    state === 'InService' ? [{ instanceId: idOf(index), port: 8888, state: isHealthy ? 'healthy' : 'initial' }] : [],
  );
  return {
    at: now,
    group: {
      name: 'web',
      minSize: 1,
      maxSize: 2 * size + 1,
      desiredCapacity: size + size / 10,
      launchTemplate: { launchTemplateId: 'lt-1', launchTemplateName: 'web', version: '8' },
      healthCheckType: 'ELB',
      healthCheckGracePeriodMs: 300_000,
      suspendedProcesses: ['AZRebalance', 'AlarmNotification', 'ScheduledActions', 'ReplaceUnhealthy'],
      instances: kinds.map(({ version, state }, index) => ({
        instanceId: idOf(index),
        lifecycleState: state,
        healthStatus: 'Healthy',
        availabilityZone: `us-west-2${'abc'[index % 3]}`,
        launchTemplateVersion: version,
        imageId: version === '8' ? 'ami-new' : 'ami-old',
        instanceState: 'running',
        privateDnsName: `${idOf(index)}.internal`,
        launchedAt: now - 100_000,
        isProtectedFromScaleIn: false,
      })),
      activities: [],
    },
    targetGroups: ['web', 'admin'].map((name) => ({
      targetGroupArn: `arn:${name}`,
      name,
      healthCheckIntervalMs: 10_000,
      healthyThresholdCount: 2,
      deregistrationDelayMs: 30_000,
      targets,
    })),
    launchTemplate: { latestVersion: '8', defaultVersion: '7' },
    detached: [],
    reports: [],
  };
}

export default function main(): void {
  for (const [shown, targetMs] of [
    [1_000, 2],
    [10_000, 25],
  ] as const) {
    // Of ten instances that are shown, six and a half count in the desired capacity: the rest is warm.
    measure(Math.round(shown / 16) * 10, targetMs);
  }
}

function measure(size: number, targetMs: number): void {
  const { record, observation } = build(size);
  for (let warmUp = 0; warmUp < 100; warmUp += 1) decide(record, observation);
  const roundCount = 300;
  const before = process.cpuUsage();
  const times = Array.from({ length: roundCount }, () => {
    const start = performance.now();
    decide(record, observation);
    return performance.now() - start;
  }).sort((a, b) => a - b);
  const used = process.cpuUsage(before);
  const cpuMs = (used.user + used.system) / 1_000 / roundCount;
  const [best, median, p95] = [times[0] ?? 0, times[150] ?? 0, times[285] ?? 0];
  const shown = observation.group.instances.length;
  console.log(
    `${shown} instances behind 2 target groups: median ${median.toFixed(2)} ms, 95th percentile ${p95.toFixed(2)} ms, best ${best.toFixed(2)} ms, CPU ${cpuMs.toFixed(2)} ms (target ${targetMs} ms)`,
  );
}
