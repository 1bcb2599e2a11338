// auto scaling: groups, and what belongs to them.
import type {
  AutoScalingGroup,
  AutoScalingGroupsType,
  DescribeScalingActivitiesCommandOutput,
  PolicyARNType,
} from '@aws-sdk/client-auto-scaling';
import { notEmulated } from '../../../control-plane/not-emulated.js';
import { validationError } from '../refusals.js';
import {
  hasChanged,
  listChange,
  type Properties,
  pick,
  type ResourceRequest,
  type ResourceType,
  tagChange,
  texts,
} from './resource-type.js';

const LONGEST_NAME = 255;
const SETTINGS =
  'MinSize MaxSize DesiredCapacity AvailabilityZones HealthCheckType HealthCheckGracePeriod TerminationPolicies NewInstancesProtectedFromScaleIn MaxInstanceLifetime Context DefaultInstanceWarmup InstanceMaintenancePolicy LaunchConfigurationName MixedInstancesPolicy';
const SIZES = 'MinSize MaxSize DesiredCapacity';
/** A change of these has a rolling update replace the instances, and a replacing one the group. */
const LAUNCH_SETTINGS = 'LaunchConfigurationName LaunchTemplate MixedInstancesPolicy VPCZoneIdentifier';
const isLaunchSetting = (name: string) => LAUNCH_SETTINGS.split(' ').includes(name);
const LISTED = 'TargetGroupARNs TrafficSources LifecycleHookSpecificationList MetricsCollection';

export const autoScalingGroup: ResourceType = {
  acts: `AutoScalingGroupName ${SETTINGS} Cooldown LaunchTemplate VPCZoneIdentifier ${LISTED} InstanceId Tags`,
  noEffect: 'SkipZonalShiftValidation ServiceLinkedRoleARN',
  updates: `${SETTINGS} Cooldown LaunchTemplate VPCZoneIdentifier TargetGroupARNs MetricsCollection Tags`,
  nameProperty: 'AutoScalingGroupName',
  create(request) {
    const { properties } = request;
    const { AutoScalingGroupName = request.generateName(LONGEST_NAME) } = properties;
    request.ask('autoscaling', 'CreateAutoScalingGroup', {
      AutoScalingGroupName,
      ...settingsOf(properties),
      ...pick(properties, 'TargetGroupARNs TrafficSources LifecycleHookSpecificationList InstanceId'),
      Tags: groupTags(request, AutoScalingGroupName),
    });
    request.created(AutoScalingGroupName);
    collectMetrics(request);
  },
  // A group is ready when it has the instances that it was made for; one that cannot launch them fails with the activity's words.
  progress(request) {
    const group = groupOf(request);
    if (group === undefined) throw validationError(`AutoScalingGroup ${request.physicalId} is gone.`);
    const running = (group.Instances ?? []).filter(({ LifecycleState }) => LifecycleState === 'InService').length;
    if (running >= (group.DesiredCapacity ?? 0) || isOfNoConcern(request)) return 'ready';
    const why = failureOf(request);
    if (why === undefined) return 'working';
    const sizes = `{${running}/${group.MinSize}/${group.MaxSize}}`;
    throw validationError(
      `Group did not stabilize. {current/minimum/maximum group size} = ${sizes}. Failed Scaling Activity: ${why}`,
    );
  },
  // A replacing update is a new group, and the old one goes when that serves.
  replaces: ({ updatePolicy }, changed) =>
    String(updatePolicy.AutoScalingReplacingUpdate?.WillReplace) === 'true' && changed.some(isLaunchSetting),
  update(request) {
    const { physicalId: AutoScalingGroupName, properties, previous, updatePolicy } = request;
    if (updatePolicy.AutoScalingRollingUpdate !== undefined && hasChanged(request, LAUNCH_SETTINGS))
      throw notEmulated('AutoScalingRollingUpdate of AWS::AutoScaling::AutoScalingGroup');
    const keepsSizes = String(updatePolicy.AutoScalingScheduledAction?.IgnoreUnmodifiedGroupSizeProperties) === 'true';
    const settings: Properties = settingsOf(properties);
    const kept = SIZES.split(' ').filter((name) => keepsSizes && !hasChanged(request, name));
    const changed = Object.fromEntries(Object.entries(settings).filter(([name]) => !kept.includes(name)));
    request.ask('autoscaling', 'UpdateAutoScalingGroup', { AutoScalingGroupName, ...changed });
    const { added, removed } = listChange(texts(previous.TargetGroupARNs), texts(properties.TargetGroupARNs));
    if (removed.length > 0)
      request.ask('autoscaling', 'DetachLoadBalancerTargetGroups', { AutoScalingGroupName, TargetGroupARNs: removed });
    if (added.length > 0)
      request.ask('autoscaling', 'AttachLoadBalancerTargetGroups', { AutoScalingGroupName, TargetGroupARNs: added });
    if (hasChanged(request, 'MetricsCollection')) collectMetrics(request);
    retag(request);
  },
  // First down to nothing, then away, so that what it launched has gone before what it needed.
  delete(request) {
    const AutoScalingGroupName = request.physicalId;
    request.ask('autoscaling', 'DeleteAutoScalingGroup', { AutoScalingGroupName, ForceDelete: true });
  },
  isGone: (request) => groupOf(request) === undefined,
  attributes: (request) => ({ AutoScalingGroupARN: groupOf(request)?.AutoScalingGroupARN }),
};

function settingsOf(properties: Properties): object {
  const { Cooldown, LaunchTemplate, VPCZoneIdentifier } = properties;
  return {
    ...pick(properties, SETTINGS),
    ...(Cooldown !== undefined && { DefaultCooldown: Cooldown }),
    ...(LaunchTemplate !== undefined && { LaunchTemplate }),
    ...(VPCZoneIdentifier !== undefined && { VPCZoneIdentifier: texts(VPCZoneIdentifier).join(',') }),
  };
}

function groupTags(
  { tags, properties }: Pick<ResourceRequest, 'tags' | 'properties'>,
  name: string,
): readonly object[] {
  const own = new Map<unknown, Properties>((properties.Tags ?? []).map((tag: Properties) => [tag.Key, tag]));
  return tags.map(({ Key, Value }) => ({
    Key,
    Value,
    ResourceId: name,
    ResourceType: 'auto-scaling-group',
    // The stack's tags go on to the instances.
    PropagateAtLaunch: own.get(Key)?.PropagateAtLaunch ?? true,
  }));
}

function retag(request: ResourceRequest): void {
  const name = request.physicalId;
  const after = groupTags(request, name);
  const before = groupTags({ tags: request.previousTags, properties: request.previous }, name);
  const { remove } = tagChange(request);
  const target = { ResourceId: name, ResourceType: 'auto-scaling-group' };
  if (remove.length > 0) request.ask('autoscaling', 'DeleteTags', { Tags: remove.map((Key) => ({ Key, ...target })) });
  if (JSON.stringify(after) !== JSON.stringify(before) && after.length > 0)
    request.ask('autoscaling', 'CreateOrUpdateTags', { Tags: after });
}

function collectMetrics(request: ResourceRequest): void {
  const AutoScalingGroupName = request.physicalId;
  const [wanted] = [request.properties.MetricsCollection ?? []].flat() as readonly Properties[];
  if (wanted === undefined && request.previous.MetricsCollection !== undefined)
    request.ask('autoscaling', 'DisableMetricsCollection', { AutoScalingGroupName });
  if (wanted !== undefined)
    request.ask('autoscaling', 'EnableMetricsCollection', {
      AutoScalingGroupName,
      ...pick(wanted, 'Granularity Metrics'),
    });
}

function groupOf(request: ResourceRequest): AutoScalingGroup | undefined {
  const answer = request.ask<AutoScalingGroupsType>('autoscaling', 'DescribeAutoScalingGroups', {
    AutoScalingGroupNames: [request.physicalId],
  });
  return answer.AutoScalingGroups?.[0];
}

/** An update that asks for no more instances than there were waits for none. */
function isOfNoConcern({ previous, properties }: ResourceRequest): boolean {
  const sizes = ({ MinSize, DesiredCapacity = MinSize }: Properties) => Number(DesiredCapacity);
  return previous.MinSize !== undefined && sizes(properties) <= sizes(previous);
}

function failureOf(request: ResourceRequest): string | undefined {
  const answer = request.ask<DescribeScalingActivitiesCommandOutput>('autoscaling', 'DescribeScalingActivities', {
    AutoScalingGroupName: request.physicalId,
  });
  const failed = (answer.Activities ?? []).find(
    ({ StatusCode, StartTime }) => StatusCode === 'Failed' && (StartTime?.getTime() ?? 0) >= request.startedAt,
  );
  return failed && (failed.StatusMessage ?? failed.Description);
}

const LAUNCH =
  'ImageId InstanceType KeyName SecurityGroups UserData BlockDeviceMappings InstanceMonitoring SpotPrice IamInstanceProfile EbsOptimized AssociatePublicIpAddress PlacementTenancy MetadataOptions InstanceId';

export const launchConfiguration: ResourceType = {
  acts: `LaunchConfigurationName ${LAUNCH}`,
  nameProperty: 'LaunchConfigurationName',
  create(request) {
    const { LaunchConfigurationName = request.generateName(LONGEST_NAME), InstanceMonitoring } = request.properties;
    request.ask('autoscaling', 'CreateLaunchConfiguration', {
      LaunchConfigurationName,
      ...pick(request.properties, LAUNCH),
      ...(InstanceMonitoring !== undefined && { InstanceMonitoring: { Enabled: InstanceMonitoring } }),
    });
    request.created(LaunchConfigurationName);
  },
  delete: (request) =>
    void request.ask('autoscaling', 'DeleteLaunchConfiguration', { LaunchConfigurationName: request.physicalId }),
};

const HOOK = 'LifecycleTransition DefaultResult HeartbeatTimeout NotificationMetadata NotificationTargetARN RoleARN';

export const lifecycleHook: ResourceType = {
  acts: `AutoScalingGroupName LifecycleHookName ${HOOK}`,
  updates: HOOK,
  nameProperty: 'LifecycleHookName',
  create(request) {
    const { AutoScalingGroupName, LifecycleHookName = request.generateName(LONGEST_NAME) } = request.properties;
    const hook = pick(request.properties, HOOK);
    request.ask('autoscaling', 'PutLifecycleHook', { AutoScalingGroupName, LifecycleHookName, ...hook });
    request.created(LifecycleHookName);
  },
  update: (request) =>
    void request.ask('autoscaling', 'PutLifecycleHook', {
      LifecycleHookName: request.physicalId,
      ...pick(request.properties, `AutoScalingGroupName ${HOOK}`),
    }),
  delete: (request) =>
    void request.ask('autoscaling', 'DeleteLifecycleHook', {
      AutoScalingGroupName: request.properties.AutoScalingGroupName,
      LifecycleHookName: request.physicalId,
    }),
};

const POLICY =
  'AdjustmentType Cooldown EstimatedInstanceWarmup MetricAggregationType MinAdjustmentMagnitude PolicyType PredictiveScalingConfiguration ScalingAdjustment StepAdjustments TargetTrackingConfiguration';

/** `arn:…:scalingPolicy:UUID:autoScalingGroupName/NAME:policyName/NAME` */
function policyNameOf(arn: string): string {
  return arn.split(':policyName/')[1] ?? arn;
}

export const scalingPolicy: ResourceType = {
  acts: `AutoScalingGroupName ${POLICY}`,
  updates: POLICY,
  create(request) {
    const PolicyName = request.generateName(LONGEST_NAME);
    const made = request.ask<PolicyARNType>('autoscaling', 'PutScalingPolicy', {
      PolicyName,
      ...pick(request.properties, `AutoScalingGroupName ${POLICY}`),
    });
    request.created(made.PolicyARN!);
  },
  update: (request) =>
    void request.ask('autoscaling', 'PutScalingPolicy', {
      PolicyName: policyNameOf(request.physicalId),
      ...pick(request.properties, `AutoScalingGroupName ${POLICY}`),
    }),
  delete: (request) =>
    void request.ask('autoscaling', 'DeletePolicy', {
      AutoScalingGroupName: request.properties.AutoScalingGroupName,
      PolicyName: policyNameOf(request.physicalId),
    }),
  attributes: ({ physicalId }) => ({ Arn: physicalId, PolicyName: policyNameOf(physicalId) }),
};

const SCHEDULE = 'MinSize MaxSize DesiredCapacity StartTime EndTime Recurrence TimeZone';

export const scheduledAction: ResourceType = {
  acts: `AutoScalingGroupName ${SCHEDULE}`,
  updates: SCHEDULE,
  create(request) {
    const ScheduledActionName = request.generateName(LONGEST_NAME);
    putAction(request, ScheduledActionName);
    request.created(ScheduledActionName);
  },
  update: (request) => putAction(request, request.physicalId),
  delete: (request) =>
    void request.ask('autoscaling', 'DeleteScheduledAction', {
      AutoScalingGroupName: request.properties.AutoScalingGroupName,
      ScheduledActionName: request.physicalId,
    }),
  attributes: ({ physicalId }) => ({ ScheduledActionName: physicalId }),
};

function putAction(request: ResourceRequest, ScheduledActionName: string): void {
  request.ask('autoscaling', 'PutScheduledUpdateGroupAction', {
    ScheduledActionName,
    ...pick(request.properties, `AutoScalingGroupName ${SCHEDULE}`),
  });
}
