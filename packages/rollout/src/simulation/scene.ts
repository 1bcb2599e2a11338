// Scene: an observation and its record for one test, saying only what matters.
import type { Decision } from '../decision.js';
import type {
  ActivityObservation,
  InstanceObservation,
  Observation,
  TargetObservation,
  VersionReport,
} from '../observation.js';
import type { InstanceRecord, RolloutOptions, RolloutRecord } from '../record.js';
import { suspendedWhileRolling } from '../roll.js';

/** When every scene is observed. */
export const now = 10_000_000;

export interface SceneInstance {
  readonly id: string;
  readonly version: string;
  readonly state: string;
  /** In every target group; `absent`: registered in none. A list: one for each target group. */
  readonly health: string | readonly string[];
  readonly ec2: string;
  readonly zone: string;
  readonly known: InstanceRecord | undefined;
  readonly imageId?: string;
}

export interface Scene {
  readonly instances: readonly SceneInstance[];
  readonly desired?: number;
  readonly min?: number;
  readonly max?: number;
  /** What the group wants of itself; the rest of `desired` is ours. */
  readonly base?: number;
  readonly pin?: string;
  readonly targetGroupCount?: number;
  readonly options?: Partial<RolloutOptions>;
  readonly reports?: readonly VersionReport[];
  readonly activities?: readonly ActivityObservation[];
  readonly suspended?: readonly string[];
  readonly record?: Partial<RolloutRecord>;
  readonly ours?: Partial<RolloutRecord['ours']>;
  readonly original?: Partial<RolloutRecord['original']>;
  readonly launchTemplate?: Observation['launchTemplate'];
}

/** An instance of the release before, serving. */
export function old(id: string, more: Partial<SceneInstance> = {}): SceneInstance {
  const known: InstanceRecord = {
    firstSeenAt: now - 60_000,
    lifecycleState: more.state ?? 'InService',
    launchTemplateVersion: '7',
    healthySince: now - 60_000,
  };
  return { id, version: '7', state: 'InService', health: 'healthy', ec2: 'running', zone: 'a', known, ...more };
}

/** One that we moved to Standby. */
export function warm(id: string, more: Partial<SceneInstance> = {}): SceneInstance {
  const base = old(id, { state: 'Standby', health: 'absent', ...more });
  return {
    ...base,
    known: more.known ?? { ...base.known, firstSeenAt: now - 60_000, healthySince: undefined, warmAt: now - 20_000 },
  };
}

/** An instance of the release, InService and healthy, but not verified. */
export function fresh(
  id: string,
  more: Partial<SceneInstance> & { readonly learned?: Partial<InstanceRecord> } = {},
): SceneInstance {
  const { learned, ...rest } = more;
  const state = rest.state ?? 'InService';
  const known: InstanceRecord = {
    firstSeenAt: now - 20_000,
    lifecycleState: state,
    launchTemplateVersion: '8',
    healthySince: state === 'InService' && (rest.health ?? 'healthy') === 'healthy' ? now - 10_000 : undefined,
    ...learned,
  };
  return {
    id,
    version: '8',
    state,
    health: state === 'InService' ? 'healthy' : 'absent',
    ec2: 'running',
    zone: 'a',
    known,
    ...rest,
  };
}

/** One that is verified. */
export function proven(id: string, more: Partial<SceneInstance> = {}): SceneInstance {
  return fresh(id, {
    ...more,
    learned: {
      firstSeenAt: now - 50_000,
      healthySince: now - 40_000,
      reportedVersion: '2.0',
      reportedStatus: 'OK',
      verifiedAt: now - 5_000,
    },
  });
}

export function report(instanceId: string, version: string, status = 'OK'): VersionReport {
  return {
    at: now,
    instanceId,
    fqdn: `${instanceId}.internal`,
    version,
    status,
    statusCode: status === 'OK' ? 200 : 503,
  };
}

export const options: RolloutOptions = {
  surge: 3,
  minHealthyTimeMs: 30_000,
  startTimeoutMs: 300_000,
  progressDeadlineMs: 630_000,
  tickMs: 2_000,
  quarantineTtlMs: 86_400_000,
  isVersionChecked: true,
  bakeMs: 0,
};

/** A rollout of web from version 7 (1.0) to version 8 (2.0), in phase roll, pinned to 8, its processes suspended. */
export function stage(scene: Scene): { readonly record: RolloutRecord; readonly observation: Observation } {
  const live = scene.instances.filter(({ state }) => state === 'InService' || state.startsWith('Pending'));
  const desired = scene.desired ?? live.length;
  const base = scene.base ?? 3;
  return { record: stageRecord(scene, desired, base), observation: stageObservation(scene, desired) };
}

function stageRecord(scene: Scene, desired: number, base: number): RolloutRecord {
  const pin = scene.pin ?? '8';
  return {
    schema: 2,
    rolloutId: 'r-1',
    epoch: 1,
    groupName: 'web',
    startedAt: now - 60_000,
    options: { ...options, ...scene.options },
    from: { version: '1.0', imageId: 'ami-old', launchTemplateVersion: '7' },
    to: { version: '2.0', imageId: 'ami-new', launchTemplateVersion: '8' },
    original: {
      minSize: scene.min ?? 1,
      maxSize: scene.max ?? 7,
      desiredCapacity: 3,
      launchTemplate: { launchTemplateId: 'lt-1', launchTemplateName: 'web', version: '$Latest' },
      suspendedProcesses: [],
      instanceIds: scene.instances.filter(({ version }) => version === '7').map(({ id }) => id),
      defaultLaunchTemplateVersion: '7',
      servingCount: 3,
      ...scene.original,
    },
    ours: {
      surge: desired - base,
      suspendedProcesses: [...suspendedWhileRolling],
      isLaunchTemplatePinned: true,
      hasCreatedLaunchTemplateVersion: true,
      pin: { version: pin, at: now - 55_000, isConfirmed: true, isSeen: true },
      ...scene.ours,
    },
    phase: 'roll',
    phaseSince: now - 60_000,
    progressAt: now - 60_000,
    instances: Object.fromEntries(
      scene.instances.flatMap(({ id, known }) => (known === undefined ? [] : [[id, known] as const])),
    ),
    evidence: [],
    base: { desiredCapacity: base },
    ...scene.record,
  };
}

function stageObservation(scene: Scene, desired: number): Observation {
  const instances: InstanceObservation[] = scene.instances.map((instance) => ({
    instanceId: instance.id,
    lifecycleState: instance.state,
    healthStatus: 'Healthy',
    availabilityZone: instance.zone,
    launchTemplateVersion: instance.version,
    imageId: instance.imageId ?? (instance.version === '8' ? 'ami-new' : 'ami-old'),
    instanceState: instance.ec2,
    privateDnsName: `${instance.id}.internal`,
    launchedAt: instance.known?.firstSeenAt,
    isProtectedFromScaleIn: false,
  }));
  return {
    at: now,
    group: {
      name: 'web',
      minSize: scene.min ?? 1,
      maxSize: scene.max ?? 7,
      desiredCapacity: desired,
      launchTemplate: { launchTemplateId: 'lt-1', launchTemplateName: 'web', version: scene.pin ?? '8' },
      healthCheckType: 'ELB',
      healthCheckGracePeriodMs: 300_000,
      suspendedProcesses: scene.suspended ?? [...suspendedWhileRolling],
      instances,
      activities: scene.activities ?? [],
    },
    targetGroups: Array.from({ length: scene.targetGroupCount ?? 1 }, (_, index) => ({
      targetGroupArn: `arn:${index}`,
      name: index === 0 ? 'web' : `web-${index}`,
      healthCheckIntervalMs: 10_000,
      healthyThresholdCount: 2,
      deregistrationDelayMs: 30_000,
      targets: scene.instances.flatMap((instance) => stageTarget(instance, index)),
    })),
    launchTemplate: scene.launchTemplate ?? { latestVersion: '8', defaultVersion: '7' },
    detached: [],
    reports: scene.reports ?? [],
  };
}

function stageTarget({ id, health }: SceneInstance, index: number): readonly TargetObservation[] {
  const state = typeof health === 'string' ? health : (health[index] ?? 'absent');
  if (state === 'absent') return [];
  const unhealthy = {
    reason: 'Target.ResponseCodeMismatch',
    description: 'Health checks failed with these codes: [502]',
  };
  const initial = { reason: 'Elb.InitialHealthChecking', description: 'Initial health checks in progress' };
  const why = state === 'unhealthy' ? unhealthy : state === 'initial' ? initial : {};
  return [{ instanceId: id, port: 8888, state, ...why }];
}

/** `enterStandby a b`, `setSizes desired 6`, `wait NOT_HEALTHY_YET`: what was decided, one line each. */
export function describeDecisions(decisions: readonly Decision[]): readonly string[] {
  return decisions.map((decision) => {
    switch (decision.kind) {
      case 'wait':
        return `wait ${[...new Set(decision.heldBy.map(({ code }) => code))].join(' ')}`;
      case 'setSizes': {
        const { desiredCapacity, minSize, maxSize } = decision;
        const sizes = [
          desiredCapacity && `desired ${desiredCapacity}`,
          minSize && `min ${minSize}`,
          maxSize && `max ${maxSize}`,
        ];
        return `setSizes ${sizes.filter(Boolean).join(' ')}`;
      }
      case 'suspendProcesses':
      case 'resumeProcesses':
        return `${decision.kind} ${decision.processes.join(' ')}`;
      case 'enterStandby':
      case 'exitStandby':
      case 'attach':
      case 'quarantine':
        return `${decision.kind} ${decision.instanceIds.join(' ')}`;
      case 'terminate':
        return `terminate ${decision.instanceIds.join(' ')}${decision.decrement ? ' and decrement' : ''}`;
      case 'createLaunchTemplateVersion':
        return `createLaunchTemplateVersion from ${decision.sourceVersion}`;
      case 'openShadow':
      case 'closeShadow':
        return decision.kind;
      case 'launchProof':
        return `launchProof ${decision.ordinal === undefined ? '' : `${decision.ordinal} `}of ${decision.launchTemplateVersion} in ${decision.availabilityZone}`;
      case 'setForward':
        return `setForward ${decision.share}`;
      case 'restoreForward':
        return 'restoreForward';
      case 'registerProof':
        return `registerProof ${decision.instanceId}`;
      case 'endProof':
        return `endProof ${decision.instanceId}${decision.isKept ? ' and keep' : ''}`;
      default:
        return `${decision.kind} ${decision.version}`;
    }
  });
}
