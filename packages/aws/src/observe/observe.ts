// observe: one batched look at a group and all that hangs on it.
//
// AWS's answers become one Observation; nothing is judged here. The calls of one look, however many instances there are:
// DescribeAutoScalingGroups and one DescribeTargetHealth for each target group; and where the look must be whole, or these show a
// change, or the last whole one is a minute old, DescribeScalingActivities, DescribeInstances (up to 200 ids) and
// DescribeLaunchTemplates. Settings of the target groups are read once, again when others are attached, and every settingsAgeMs while targets
// fail; the launch hooks are read once.
//
//   O1. No call is made per instance.
//   O2. Every answer is read to its last page.
//   O3. A state that we do not know stays the string that AWS sent; an instance that EC2 does not know yet has no state.
//   O4. A part that is not read anew is as it was last read, and was read within wholeEveryMs.
//   O5. A part that cannot be read is named in `unreadable`, or on its target group; it blinds no other part. Only the group must be read.
import type { AutoScalingGroup, Instance as GroupInstance } from '@aws-sdk/client-auto-scaling';
import type { Instance } from '@aws-sdk/client-ec2';
import { launchTemplateOf } from '@directrix/preflight';
import {
  type ActivityObservation,
  type Failure,
  type ForwardObservation,
  type ForwardPlace,
  failureOf,
  type GroupObservation,
  type InstanceObservation,
  type Observation,
  type ProofObservation,
  type TargetGroupObservation,
  type TargetObservation,
  type VersionReport,
} from '@directrix/rollout';
import { describeForward, readActions } from '../apply/forward.js';
import type { AwsClients } from '../clients/aws-clients.js';
import { createActivityReader } from './activities.js';
import { describeGroup, targetGroupArnsOf } from './group.js';
import { describeInstances } from './instances.js';
import { createHookReader } from './launch-hooks.js';
import { describeLaunchTemplate } from './launch-template.js';
import { createPartReader, type PartReader } from './parts.js';
import { describeTargetGroupSettings, describeTargets, type TargetGroupSettings } from './target-groups.js';

/** What to look at. */
export interface ObservationRequest {
  readonly groupName: string;
  /** Activities that ended before this are left out. Epoch milliseconds. */
  readonly since: number;
  /** Instances that left the group and are still of interest. */
  readonly detachedIds: readonly string[];
  /** Every part is read anew. False: only what may have changed, or is old. */
  readonly isWhole: boolean;
  /** The instance that is tried outside of the group, and the target group that it is tried in, where they are known. */
  readonly proof?: { readonly instanceId: string; readonly targetGroupArn?: string };
  /** Those that take part in the canary beside it; in the same target group. */
  readonly canaryIds?: readonly string[];
  /** Whose action leads users' requests on; undefined: nobody asks. */
  readonly forward?: ForwardPlace;
}

/** A part that nothing depends on now may be so old. */
const wholeEveryMs = 60_000;
/** While targets fail, how old the settings of their target groups may be. */
const settingsAgeMs = 30_000;

export interface Observer {
  /** Everything but the reports, which need the observation to know whose they are. Throws when the group itself cannot be read. */
  observe(request: ObservationRequest): Promise<Observation>;
  /** As read for the last observation. Target groups that are gone are not among them. */
  readonly targetGroups: readonly TargetGroupSettings[];
}

export function createObserver(clients: AwsClients, clock: { now(): number }): Observer {
  const activityReader = createActivityReader(clients);
  const hookReader = createHookReader(clients);
  let settings: readonly TargetGroupSettings[] = [];
  let settingsAt = Number.NEGATIVE_INFINITY;
  /** The last look that read every part. */
  let last: WholeLook | undefined;
  /** Attached, and found to be gone. */
  let gone: readonly TargetGroupObservation[] = [];
  return {
    get targetGroups() {
      return settings;
    },
    async observe(request) {
      const parts = createPartReader();
      const readActivities = () =>
        parts.read('activities', [], () => activityReader.read(request.groupName, request.since));
      // The first question of a whole look needs no answer of another one.
      const asked = request.isWhole || last === undefined ? readActivities() : undefined;
      const group = await describeGroup(clients, request.groupName);
      const arns = targetGroupArnsOf(group);
      await readSettings(parts, arns);
      let targetGroups = await Promise.all(settings.map((setting) => readTargetGroup(clients, setting)));
      if (targetGroups.some(isFailing) && clock.now() - settingsAt >= settingsAgeMs) {
        await readSettingsAgain(parts, arns);
        targetGroups = targetGroups.map((group) => ({ ...group, ...settingsOf(group.targetGroupArn) }));
      }
      const template = launchTemplateOf(group);
      const inGroup = (group.Instances ?? []).map(({ InstanceId }) => InstanceId ?? '');
      const detachedIds = request.detachedIds.filter((id) => !inGroup.includes(id));
      const [shadow, forward] = await Promise.all([
        readShadow(clients, parts, request.proof?.targetGroupArn),
        readForward(clients, request.forward),
      ]);
      const { canaryIds = [] } = request;
      const proofIds = [...(request.proof === undefined ? [] : [request.proof.instanceId]), ...canaryIds];
      const seen = describeSight(group, targetGroups, [...detachedIds, ...proofIds, JSON.stringify(shadow)]);
      const isFresh = last !== undefined && Math.abs(clock.now() - last.at) < wholeEveryMs && last.seen === seen;
      const known = isFresh && !request.isWhole ? last : undefined;
      // Nothing but EC2 tells when an instance outside of the group runs.
      const isRunning = proofIds.every((id) => known?.instances.get(id)?.State?.Name === 'running');
      const [activities, instances, launchTemplate, launchHookTimeoutMs] = await Promise.all([
        // What the group owes, it tells by its activities: launches that fail are seen nowhere else.
        asked ?? (known === undefined || isOwing(group) ? readActivities() : known.activities),
        (isRunning ? known?.instances : undefined) ??
          parts.read('instances', new Map<string, Instance>(), () =>
            describeInstances(clients, [...inGroup, ...detachedIds, ...proofIds]),
          ),
        known?.launchTemplate ?? readTemplate(parts, template?.LaunchTemplateId),
        hookReader.read(group),
      ]);
      // What could not be read is asked for again.
      if (parts.unreadable.length > 0 || inGroup.some((id) => instances.get(id) === undefined)) last = undefined;
      else if (known === undefined) last = { at: clock.now(), seen, activities, instances, launchTemplate };
      else if (!isRunning) last = { ...known, instances };
      return {
        at: clock.now(),
        group: { ...observeGroup(group, instances), launchHookTimeoutMs, activities },
        targetGroups: [...targetGroups, ...gone],
        launchTemplate,
        detached: detachedIds.map((instanceId) => ({
          instanceId,
          instanceState: instances.get(instanceId)?.State?.Name ?? 'unknown',
          stateReason: instances.get(instanceId)?.StateReason?.Code,
        })),
        ...(request.proof === undefined
          ? {}
          : { proof: observeProof(request.proof, instances.get(request.proof.instanceId), shadow) }),
        ...(canaryIds.length === 0
          ? {}
          : {
              canaries: canaryIds.map((instanceId) =>
                observeProof({ ...request.proof, instanceId }, instances.get(instanceId), shadow),
              ),
            }),
        ...(forward === undefined ? {} : { forward }),
        reports: [] as readonly VersionReport[],
        unreadable: parts.unreadable,
      };
    },
  };

  function readTemplate(parts: PartReader, launchTemplateId: string | undefined) {
    const unknown = { latestVersion: '', defaultVersion: '' };
    if (launchTemplateId === undefined) return Promise.resolve(unknown);
    return parts.read('launchTemplate', unknown, () => describeLaunchTemplate(clients, launchTemplateId));
  }

  // Read once, and again when others are attached.
  async function readSettings(parts: PartReader, arns: readonly string[]): Promise<void> {
    if (namesExactly([...settings, ...gone], arns)) return;
    settingsAt = clock.now();
    try {
      settings = await describeTargetGroupSettings(clients, arns);
      gone = [];
    } catch (error) {
      // One that is gone fails the call for all.
      if (failureOf(error).kind === 'missing') return readEach(parts, arns);
      parts.note('targetGroups', error);
      settings = settings.filter(({ targetGroupArn }) => arns.includes(targetGroupArn));
    }
  }

  /** Where targets fail their checks: somebody may have changed what is asked. */
  async function readSettingsAgain(parts: PartReader, arns: readonly string[]): Promise<void> {
    const readable = arns.filter((arn) => settings.some(({ targetGroupArn }) => targetGroupArn === arn));
    settingsAt = clock.now();
    settings = await parts.read('targetGroups', settings, () => describeTargetGroupSettings(clients, readable));
  }

  function settingsOf(arn: string) {
    const found = settings.find(({ targetGroupArn }) => targetGroupArn === arn);
    return found && observeSettings(found);
  }

  async function readEach(parts: PartReader, arns: readonly string[]): Promise<void> {
    const found: TargetGroupSettings[] = [];
    const lost: TargetGroupObservation[] = [];
    for (const arn of arns) {
      try {
        found.push(...(await describeTargetGroupSettings(clients, [arn])));
      } catch (error) {
        const failure = failureOf(error);
        if (failure.kind === 'missing') lost.push(unreadableTargetGroup(arn, failure));
        else parts.note('targetGroups', error);
      }
    }
    settings = found;
    gone = lost;
  }
}

function isFailing({ targets }: TargetGroupObservation): boolean {
  return targets.some(({ state }) => state === 'unhealthy');
}

interface WholeLook {
  readonly at: number;
  /** What the group and the target groups said then. */
  readonly seen: string;
  readonly activities: readonly ActivityObservation[];
  readonly instances: ReadonlyMap<string, Instance>;
  readonly launchTemplate: Observation['launchTemplate'];
}

/** The same text: nothing has changed of the group, its instances and their targets. */
function describeSight(
  group: AutoScalingGroup,
  targetGroups: readonly TargetGroupObservation[],
  outside: readonly string[],
): string {
  const { Instances = [], MinSize, MaxSize, DesiredCapacity, SuspendedProcesses = [] } = group;
  const template = launchTemplateOf(group);
  const instances = Instances.map(({ InstanceId, LifecycleState, HealthStatus }) => [
    InstanceId,
    LifecycleState,
    HealthStatus,
  ]);
  const targets = targetGroups.map((group) =>
    group.targets.map(({ instanceId, port, state, reason }) => [instanceId, port, state, reason]),
  );
  const processes = SuspendedProcesses.map(({ ProcessName }) => ProcessName);
  return JSON.stringify([
    [template?.LaunchTemplateId, template?.Version, MinSize, MaxSize, DesiredCapacity, processes],
    [instances.sort(), targets.map((group) => group.sort()), outside],
  ]);
}

/** It has fewer instances than it wants, or more. */
function isOwing({ Instances = [], DesiredCapacity = 0 }: AutoScalingGroup): boolean {
  const counted = Instances.filter(
    ({ LifecycleState = '' }) => LifecycleState === 'InService' || LifecycleState.startsWith('Pending'),
  );
  return counted.length !== DesiredCapacity;
}

/** What of the settings is part of an observation. */
function observeSettings(setting: TargetGroupSettings): Omit<TargetGroupObservation, 'targets'> {
  const { loadBalancerArns: _balancers, protocol: _protocol, ...known } = setting;
  return known;
}

async function readTargetGroup(clients: AwsClients, setting: TargetGroupSettings): Promise<TargetGroupObservation> {
  const known = observeSettings(setting);
  try {
    return { ...known, targets: await describeTargets(clients, setting.targetGroupArn) };
  } catch (error) {
    return { ...known, unreadable: failureOf(error), targets: [] };
  }
}

/** The targets of the shadow target group; `gone` where it is, and nothing where there is none yet. */
async function readShadow(
  clients: AwsClients,
  parts: PartReader,
  targetGroupArn: string | undefined,
): Promise<readonly TargetObservation[] | 'gone'> {
  if (targetGroupArn === undefined) return [];
  try {
    return await describeTargets(clients, targetGroupArn);
  } catch (error) {
    if (failureOf(error).kind === 'missing') return 'gone';
    parts.note('targetHealth', error);
    return [];
  }
}

/** Undefined where nobody asks, and where it cannot be read: then nothing is concluded of it. */
function readForward(clients: AwsClients, place: ForwardPlace | undefined): Promise<ForwardObservation | undefined> {
  if (place === undefined) return Promise.resolve(undefined);
  return readActions(clients, place).then(describeForward, () => undefined);
}

function observeProof(
  { instanceId, targetGroupArn }: NonNullable<ObservationRequest['proof']>,
  instance: Instance | undefined,
  shadow: readonly TargetObservation[] | 'gone',
): ProofObservation {
  const target = shadow === 'gone' ? undefined : shadow.find((each) => each.instanceId === instanceId);
  return {
    instanceId,
    instanceState: instance?.State?.Name ?? 'unknown',
    stateReason: instance?.StateReason?.Message,
    imageId: instance?.ImageId,
    privateDnsName: instance?.PrivateDnsName,
    targetGroupName: nameInArn(targetGroupArn ?? ''),
    ...(target === undefined || (target.state === 'unused' && target.reason === 'Target.NotRegistered')
      ? {}
      : { target }),
    ...(shadow === 'gone' ? { isTargetGroupGone: true } : {}),
  };
}

/** `arn:aws:elasticloadbalancing:…:targetgroup/web/73e2d6bc24d8a067`: the name is in it. */
function nameInArn(targetGroupArn: string): string {
  return targetGroupArn.split('/').at(-2) ?? targetGroupArn;
}

function unreadableTargetGroup(targetGroupArn: string, unreadable: Failure): TargetGroupObservation {
  const name = nameInArn(targetGroupArn);
  const settings = { healthCheckIntervalMs: 0, healthyThresholdCount: 0, deregistrationDelayMs: 0 };
  return { targetGroupArn, name, ...settings, unreadable, targets: [] };
}

function namesExactly(settings: readonly { readonly targetGroupArn: string }[], arns: readonly string[]): boolean {
  return settings.length === arns.length && settings.every(({ targetGroupArn }) => arns.includes(targetGroupArn));
}

function observeGroup(
  group: AutoScalingGroup,
  instances: ReadonlyMap<string, Instance>,
): Omit<GroupObservation, 'activities' | 'launchHookTimeoutMs'> {
  const template = launchTemplateOf(group);
  return {
    name: group.AutoScalingGroupName ?? '',
    groupArn: group.AutoScalingGroupARN,
    availabilityZones: group.AvailabilityZones,
    minSize: group.MinSize ?? 0,
    maxSize: group.MaxSize ?? 0,
    desiredCapacity: group.DesiredCapacity ?? 0,
    ...(template === undefined
      ? {}
      : {
          launchTemplate: {
            launchTemplateId: template.LaunchTemplateId ?? '',
            launchTemplateName: template.LaunchTemplateName ?? '',
            // AWS takes a launch template without a version as the default one.
            version: template.Version ?? '$Default',
            ...(group.LaunchTemplate === undefined ? { isOfPolicy: true } : {}),
          },
        }),
    healthCheckType: group.HealthCheckType ?? '',
    healthCheckGracePeriodMs: (group.HealthCheckGracePeriod ?? 0) * 1000,
    suspendedProcesses: (group.SuspendedProcesses ?? []).map(({ ProcessName }) => ProcessName ?? ''),
    instances: (group.Instances ?? []).map((member) =>
      observeInstance(member, instances.get(member.InstanceId ?? ''), template?.LaunchTemplateId),
    ),
  };
}

/** One that was attached has no launch template in the group; EC2 tags each with the one that it was launched from. */
function versionInTags(instance: Instance | undefined, launchTemplateId: string | undefined): string | undefined {
  const tagOf = (key: string) => instance?.Tags?.find(({ Key }) => Key === `aws:ec2launchtemplate:${key}`)?.Value;
  return launchTemplateId !== undefined && tagOf('id') === launchTemplateId ? tagOf('version') : undefined;
}

function observeInstance(
  member: GroupInstance,
  instance: Instance | undefined,
  launchTemplateId: string | undefined,
): InstanceObservation {
  const template = member.LaunchTemplate;
  // An instance of another template has numbers of another row: they must not be taken for ours.
  const isOurs = template !== undefined && template.LaunchTemplateId === launchTemplateId;
  return {
    instanceId: member.InstanceId ?? '',
    lifecycleState: member.LifecycleState ?? 'unknown',
    healthStatus: member.HealthStatus ?? 'unknown',
    availabilityZone: member.AvailabilityZone ?? '',
    launchTemplateVersion:
      template === undefined ? versionInTags(instance, launchTemplateId) : isOurs ? template.Version : undefined,
    imageId: instance?.ImageId,
    instanceState: instance?.State?.Name,
    stateReason: instance?.StateReason?.Code,
    privateDnsName: instance?.PrivateDnsName,
    launchedAt: instance?.LaunchTime?.getTime(),
    isProtectedFromScaleIn: member.ProtectedFromScaleIn ?? false,
  };
}
