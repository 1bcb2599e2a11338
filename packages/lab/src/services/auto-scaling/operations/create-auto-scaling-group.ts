import type { AutoScalingGroup, CreateAutoScalingGroupType } from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { at } from '../activity.js';
import { type LaunchSource, oneWayOnly, requireSource, sourceOfInstance } from '../launch-source.js';
import { newLifecycleHook } from '../lifecycle-hook.js';
import { schedulePoll } from '../reconcile.js';
import { TERMINATION_POLICIES } from '../scale-in.js';
import { checkSizes } from '../sizes.js';
import type { GroupRecord } from '../state.js';
import { putGroupTags } from '../tags.js';
import { checkTargetGroups, refreshTrafficSources } from '../traffic-source.js';
import { zonesFor } from '../zones.js';

/** From a launch template, a launch configuration, an instance or a mixed instances policy: exactly one of them. */
export function createAutoScalingGroup(input: CreateAutoScalingGroupType, context: OperationContext): object {
  const { autoScaling } = context.state;
  const name = input.AutoScalingGroupName ?? '';
  checkName(name);
  if (autoScaling.groups.has(name)) {
    throw new AwsError(
      'AlreadyExists',
      `AutoScalingGroup by this name already exists - A group with the name ${name} already exists`,
    );
  }
  checkTerminationPolicies(input.TerminationPolicies);
  checkHealthCheckType(input.HealthCheckType);
  const targetGroupArns = targetGroupsOf(input);
  checkTargetGroups(context, targetGroupArns);
  checkGroup(input, context);
  const source = chooseSource(input, context);
  const group = newGroup(input, source, targetGroupArns, context);
  const hooks = (input.LifecycleHookSpecificationList ?? []).map((hook) => newLifecycleHook(name, hook));
  const record: GroupRecord = {
    group,
    hooks,
    activities: [],
    inServiceSince: new Map(),
    trafficSourceStates: new Map(targetGroupArns.map((arn) => [arn, 'Adding'])),
    members: new Map(),
    scheduledActions: new Map(),
    policies: new Map(),
    actedAt: new Map(),
    launchFailures: 0,
    isRebalancing: false,
    capacityReason: `${at(context.now)} a user request created an AutoScalingGroup changing the desired capacity from 0 to ${group.DesiredCapacity}.`,
  };
  putGroupTags(group, input.Tags ?? []);
  refreshTrafficSources(record);
  autoScaling.groups.set(name, record);
  schedulePoll(record, context);
  return {};
}

function newGroup(
  input: CreateAutoScalingGroupType,
  source: LaunchSource,
  targetGroupArns: string[],
  context: OperationContext,
): AutoScalingGroup {
  const { region, accountId } = context.state;
  const name = input.AutoScalingGroupName!;
  return {
    AutoScalingGroupName: name,
    AutoScalingGroupARN: `arn:aws:autoscaling:${region}:${accountId}:autoScalingGroup:${context.ids.uuid()}:autoScalingGroupName/${name}`,
    ...source,
    ...sizesOf(input),
    DefaultCooldown: input.DefaultCooldown ?? 300,
    AvailabilityZones: zonesFor(context.state, input.VPCZoneIdentifier, input.AvailabilityZones),
    LoadBalancerNames: [],
    TargetGroupARNs: targetGroupArns,
    HealthCheckType: input.HealthCheckType ?? 'EC2',
    HealthCheckGracePeriod: input.HealthCheckGracePeriod ?? 0,
    Instances: [],
    CreatedTime: new Date(context.now),
    SuspendedProcesses: [],
    VPCZoneIdentifier: input.VPCZoneIdentifier ?? '',
    EnabledMetrics: [],
    Tags: [],
    TerminationPolicies: input.TerminationPolicies?.length ? input.TerminationPolicies : ['Default'],
    NewInstancesProtectedFromScaleIn: input.NewInstancesProtectedFromScaleIn ?? false,
    ServiceLinkedRoleARN: `arn:aws:iam::${accountId}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`,
    CapacityRebalance: false,
    InstanceMaintenancePolicy: input.InstanceMaintenancePolicy,
    DefaultInstanceWarmup: input.DefaultInstanceWarmup,
    MaxInstanceLifetime: input.MaxInstanceLifetime,
    Context: input.Context,
  };
}

function checkName(name: string): void {
  if (name.length >= 1 && name.length <= 255 && !name.includes(':')) return;
  throw new AwsError('ValidationError', `Invalid AutoScalingGroup name '${name}'`);
}

/** What is refused before anything is made. */
function checkGroup(input: CreateAutoScalingGroupType, { state }: OperationContext): void {
  checkSizes(sizesOf(input));
  zonesFor(state, input.VPCZoneIdentifier, input.AvailabilityZones);
}

function sizesOf({ MinSize = 0, MaxSize = 0, DesiredCapacity = MinSize }: CreateAutoScalingGroupType) {
  return { MinSize, MaxSize, DesiredCapacity };
}

function chooseSource(input: CreateAutoScalingGroupType, context: OperationContext): LaunchSource {
  const source = requireSource(context.state, input);
  if (input.InstanceId === undefined) {
    if (source === undefined) throw oneWayOnly();
    return source;
  }
  if (source !== undefined) throw oneWayOnly();
  return sourceOfInstance(input.InstanceId, input.AutoScalingGroupName!, context);
}

function targetGroupsOf(input: CreateAutoScalingGroupType): string[] {
  const sources = (input.TrafficSources ?? []).map((source) => source.Identifier!);
  return [...new Set([...(input.TargetGroupARNs ?? []), ...sources])];
}

export function checkTerminationPolicies(policies: readonly string[] | undefined): void {
  const unknown = policies?.find((policy) => !TERMINATION_POLICIES.some((known) => known === policy));
  if (unknown) throw new AwsError('ValidationError', `Invalid termination policy: ${unknown}`);
}

export function checkHealthCheckType(type: string | undefined): void {
  const known = ['EC2', 'ELB', 'EBS', 'VPC_LATTICE'];
  if (type === undefined || type.split(',').every((one) => known.includes(one.trim()))) return;
  throw new AwsError(
    'ValidationError',
    `Invalid Health Check Type ${type}. Valid health check types are [EC2, ELB, EBS, VPC_LATTICE]`,
  );
}
