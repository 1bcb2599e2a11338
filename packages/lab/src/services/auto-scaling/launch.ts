// launch: new instances for a group, and what a failed launch leaves behind.
//
// The zone with the fewest instances is tried first and the others after it. A launch that nobody grants is one Failed activity in
// AWS's words; the next try waits, longer after each failure.
import type { Activity, Instance } from '@aws-sdk/client-auto-scaling';
import type { Instance as Ec2Instance, Tag } from '@aws-sdk/client-ec2';
import { AwsError } from '../../control-plane/aws-error.js';
import type { ControlPlaneContext, OperationContext } from '../../control-plane/types.js';
import { networkChanged } from '../ec2/network-revision.js';
import { runInstances } from '../ec2/operations/run-instances.js';
import { at, beginActivity, endActivity, joinCause } from './activity.js';
import { capacityOf } from './group.js';
import { type Launch, launchOf } from './launch-source.js';
import type { GroupRecord } from './state.js';
import { type Place, placesByNeed } from './zones.js';

const LONGEST_RETRY_MS = 15 * 60_000;

/** Launches up to `count` instances; stops at the first that no zone grants, and notes that failure. */
export function launchInstances(record: GroupRecord, count: number, context: ControlPlaneContext): void {
  for (let launched = 0; launched < count; launched += 1) {
    const capacity = capacityOf(record);
    const cause = joinCause(
      record.capacityReason,
      `${at(context.now)} an instance was started in response to a difference between desired and actual capacity, increasing the capacity from ${capacity} to ${capacity + 1}.`,
    );
    const refusal = launchOne(record, placesByNeed(context.state, record), cause, context);
    if (refusal) {
      recordFailure(record, cause, refusal, context);
      return;
    }
  }
}

/** Launches one instance in that zone or none at all, and notes no failure. Returns whether it is on its way. */
export function launchInZone(record: GroupRecord, zone: string, cause: string, context: ControlPlaneContext): boolean {
  const places = placesByNeed(context.state, record).filter((place) => place.zone === zone);
  return places.length > 0 && launchOne(record, places, cause, context) === undefined;
}

export function noteLaunchFailure(record: GroupRecord, context: ControlPlaneContext): void {
  record.launchFailures += 1;
  const backOffMs = context.timing.groupPollMs * 2 ** Math.min(record.launchFailures, 16);
  record.launchRetryAt = context.now + Math.min(LONGEST_RETRY_MS, backOffMs);
}

/** Why nothing was launched, and where the last try was. */
interface Refusal {
  readonly statusMessage: string;
  readonly place?: Place;
}

function launchOne(
  record: GroupRecord,
  places: readonly Place[],
  cause: string,
  context: ControlPlaneContext,
): Refusal | undefined {
  if (hasLostTargetGroup(record, context)) return { statusMessage: TARGET_GROUP_LOST };
  let refusal: Refusal | undefined;
  for (const place of places) {
    try {
      const launch = launchOf(context.state, record.group);
      const instance = askEc2(record, launch, place, context);
      addMember(record, launch, instance, cause, context);
      return undefined;
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const sentence = /[.!]$/.test(error.message) ? error.message : `${error.message}.`;
      refusal = { statusMessage: `${sentence} Launching EC2 instance failed.`, place };
      if (!isOfThatZone(error)) break;
    }
  }
  return refusal;
}

function isOfThatZone({ code }: AwsError): boolean {
  return code === 'InsufficientInstanceCapacity' || code === 'InsufficientFreeAddressesInSubnet';
}

const TARGET_GROUP_LOST = 'One or more target groups not found. Validating load balancer configuration failed.';

function hasLostTargetGroup({ group }: GroupRecord, { state }: ControlPlaneContext): boolean {
  return (group.TargetGroupARNs ?? []).some((arn) => !state.elbv2.targetGroups.has(arn));
}

function askEc2(record: GroupRecord, { request }: Launch, place: Place, context: ControlPlaneContext): Ec2Instance {
  const tags = propagatedTags(record);
  const output = runInstances(
    {
      ...request,
      MinCount: 1,
      MaxCount: 1,
      ...(tags.length === 0 ? {} : { TagSpecifications: [{ ResourceType: 'instance', Tags: tags }] }),
      ...placeOf(request, place),
    },
    asAdministrator(context),
  );
  networkChanged(context);
  return output.Instances![0]!;
}

/** A subnet stands at the interface where the request has one, as EC2 asks for it. */
function placeOf(request: Launch['request'], { zone, subnetId }: Place): Partial<Launch['request']> {
  if (subnetId === undefined) return { Placement: { ...request.Placement, AvailabilityZone: zone } };
  if (!request.NetworkInterfaces?.length) return { SubnetId: subnetId };
  return { NetworkInterfaces: request.NetworkInterfaces.map((one) => ({ ...one, SubnetId: subnetId })) };
}

// Tags of the aws: prefix are the service's own to set, so they do not go through the request.
function propagatedTags({ group }: GroupRecord): Tag[] {
  return (group.Tags ?? []).filter((tag) => tag.PropagateAtLaunch).map((tag) => ({ Key: tag.Key, Value: tag.Value }));
}

function addMember(
  record: GroupRecord,
  launch: Launch,
  launched: Ec2Instance,
  cause: string,
  context: ControlPlaneContext,
): void {
  const { group } = record;
  const id = launched.InstanceId!;
  const zone = launched.Placement!.AvailabilityZone!;
  const instance: Instance = {
    InstanceId: id,
    InstanceType: launched.InstanceType,
    AvailabilityZone: zone,
    LifecycleState: 'Pending',
    HealthStatus: 'Healthy',
    ...launch.member,
    ProtectedFromScaleIn: group.NewInstancesProtectedFromScaleIn ?? false,
  };
  tagAsMember(record, id, context);
  const activity: Activity = beginActivity(
    record,
    {
      description: `Launching a new EC2 instance: ${id}`,
      cause,
      statusCode: 'PreInService',
      progress: 30,
      instance: { AvailabilityZone: zone, subnetId: launched.SubnetId },
    },
    context,
  );
  group.Instances = [...(group.Instances ?? []), instance];
  record.members.set(id, { instanceId: id, activity, runsLaunchHooks: true });
  record.launchRetryAt = undefined;
}

/** `aws:autoscaling:groupName` on the instance, as the group puts it there and takes it away. */
export function tagAsMember(record: GroupRecord, instanceId: string, context: ControlPlaneContext): void {
  const { tags } = context.state.ec2;
  const own = (tags.get(instanceId) ?? []).filter((tag) => tag.Key !== MEMBER_TAG);
  tags.set(instanceId, [...own, { Key: MEMBER_TAG, Value: record.group.AutoScalingGroupName }]);
}

export function untagAsMember(instanceId: string, context: ControlPlaneContext): void {
  const { tags } = context.state.ec2;
  tags.set(
    instanceId,
    (tags.get(instanceId) ?? []).filter((tag) => tag.Key !== MEMBER_TAG),
  );
}

const MEMBER_TAG = 'aws:autoscaling:groupName';

function recordFailure(
  record: GroupRecord,
  cause: string,
  { statusMessage, place }: Refusal,
  context: ControlPlaneContext,
): void {
  const instance = place && { AvailabilityZone: place.zone, subnetId: place.subnetId };
  const activity = beginActivity(record, { description: 'Launching a new EC2 instance', cause, instance }, context);
  endActivity(activity, 'Failed', context.now, statusMessage);
  noteLaunchFailure(record, context);
}

/** The service acts by its own role, whoever asked for the change. */
export function asAdministrator(context: ControlPlaneContext): OperationContext {
  return { ...context, caller: { kind: 'administrator' }, route: { kind: 'endpoint' }, requestId: context.ids.uuid() };
}
