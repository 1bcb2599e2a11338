// observe: one batched look at a group and all that hangs on it.
//
// AWS's answers become one Observation; nothing is judged here. The calls of one tick, however many instances there are:
// DescribeAutoScalingGroups, DescribeScalingActivities, DescribeInstances (up to 200 ids), DescribeLaunchTemplates, and one
// DescribeTargetHealth for each target group. Settings of the target groups are read once and again when others are attached.
//
//   O1. No call is made per instance.
//   O2. Every answer is read to its last page.
//   O3. A state that we do not know stays the string that AWS sent; an instance that EC2 does not know yet has no state.
import type { AutoScalingGroup, Instance as GroupInstance } from '@aws-sdk/client-auto-scaling';
import type { Instance } from '@aws-sdk/client-ec2';
import type { GroupObservation, InstanceObservation, Observation, VersionReport } from '@directrix/rollout';
import type { AwsClients } from '../clients/aws-clients.js';
import { createActivityReader } from './activities.js';
import { describeGroup, targetGroupArnsOf } from './group.js';
import { describeInstances } from './instances.js';
import { describeLaunchTemplate } from './launch-template.js';
import { describeTargetGroupSettings, describeTargets, type TargetGroupSettings } from './target-groups.js';

/** What to look at. */
export interface ObservationRequest {
  readonly groupName: string;
  /** Activities that ended before this are left out. Epoch milliseconds. */
  readonly since: number;
  /** Instances that left the group and are still of interest. */
  readonly detachedIds: readonly string[];
}

export interface Observer {
  /** Everything but the reports, which need the observation to know whose they are. */
  observe(request: ObservationRequest): Promise<Observation>;
  /** As read for the last observation. */
  readonly targetGroups: readonly TargetGroupSettings[];
}

export function createObserver(clients: AwsClients, clock: { now(): number }): Observer {
  const activityReader = createActivityReader(clients);
  let settings: readonly TargetGroupSettings[] = [];
  return {
    get targetGroups() {
      return settings;
    },
    async observe(request) {
      const asked = activityReader.read(request.groupName, request.since);
      // Of a group that does not exist both calls fail, and only the first says what the matter is.
      asked.catch(() => undefined);
      const group = await describeGroup(clients, request.groupName);
      const activities = await asked;
      const arns = targetGroupArnsOf(group);
      if (!namesExactly(settings, arns)) settings = await describeTargetGroupSettings(clients, arns);
      const template = group.LaunchTemplate;
      const inGroup = (group.Instances ?? []).map(({ InstanceId }) => InstanceId ?? '');
      const detachedIds = request.detachedIds.filter((id) => !inGroup.includes(id));
      const [instances, launchTemplate, targets] = await Promise.all([
        describeInstances(clients, [...inGroup, ...detachedIds]),
        template?.LaunchTemplateId === undefined
          ? { latestVersion: '', defaultVersion: '' }
          : describeLaunchTemplate(clients, template.LaunchTemplateId),
        Promise.all(settings.map(({ targetGroupArn }) => describeTargets(clients, targetGroupArn))),
      ]);
      return {
        at: clock.now(),
        group: { ...observeGroup(group, instances), activities },
        targetGroups: settings.map((setting, index) => ({
          targetGroupArn: setting.targetGroupArn,
          name: setting.name,
          healthCheckIntervalMs: setting.healthCheckIntervalMs,
          healthyThresholdCount: setting.healthyThresholdCount,
          deregistrationDelayMs: setting.deregistrationDelayMs,
          targets: targets[index] ?? [],
        })),
        launchTemplate,
        detached: detachedIds.map((instanceId) => ({
          instanceId,
          instanceState: instances.get(instanceId)?.State?.Name ?? 'unknown',
        })),
        reports: [] as readonly VersionReport[],
      };
    },
  };
}

function namesExactly(settings: readonly TargetGroupSettings[], arns: readonly string[]): boolean {
  return settings.length === arns.length && settings.every(({ targetGroupArn }) => arns.includes(targetGroupArn));
}

function observeGroup(
  group: AutoScalingGroup,
  instances: ReadonlyMap<string, Instance>,
): Omit<GroupObservation, 'activities'> {
  const template = group.LaunchTemplate;
  return {
    name: group.AutoScalingGroupName ?? '',
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
    launchTemplateVersion: isOurs ? template.Version : undefined,
    imageId: instance?.ImageId,
    instanceState: instance?.State?.Name,
    privateDnsName: instance?.PrivateDnsName,
    launchedAt: instance?.LaunchTime?.getTime(),
    isProtectedFromScaleIn: member.ProtectedFromScaleIn ?? false,
  };
}
