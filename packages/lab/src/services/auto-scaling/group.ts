// group: finding groups and their instances, or refusing with the text of AWS; and who counts as what.
import type { AutoScalingGroup, Instance } from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../control-plane/aws-error.js';
import type { LabState } from '../../control-plane/types.js';
import type { GroupRecord, MemberRecord } from './state.js';

export const PROCESSES = [
  'Launch',
  'Terminate',
  'AddToLoadBalancer',
  'AlarmNotification',
  'AZRebalance',
  'HealthCheck',
  'InstanceRefresh',
  'ReplaceUnhealthy',
  'ScheduledActions',
] as const;
export type ProcessName = (typeof PROCESSES)[number];

export function requireGroup(state: LabState, name: string | undefined): GroupRecord {
  const record = name === undefined ? undefined : state.autoScaling.groups.get(name);
  if (record) return record;
  throw new AwsError('ValidationError', `AutoScalingGroup name not found - AutoScalingGroup ${name} not found`);
}

export function findGroupOf(state: LabState, instanceId: string): GroupRecord | undefined {
  for (const record of state.autoScaling.groups.values()) if (record.members.has(instanceId)) return record;
  return undefined;
}

export function instancesOf(record: GroupRecord): readonly Instance[] {
  return record.group.Instances ?? [];
}

export function requireInstance(record: GroupRecord, instanceId: string): Instance {
  const found = instancesOf(record).find((instance) => instance.InstanceId === instanceId);
  if (found) return found;
  throw new AwsError(
    'ValidationError',
    `The instance ${instanceId} is not part of Auto Scaling group ${record.group.AutoScalingGroupName}.`,
  );
}

export function memberOf(record: GroupRecord, instance: Instance): MemberRecord {
  return record.members.get(instance.InstanceId!)!;
}

export function isSuspended(group: AutoScalingGroup, process: ProcessName): boolean {
  return group.SuspendedProcesses?.some((suspended) => suspended.ProcessName === process) ?? false;
}

export function isPending(instance: Instance): boolean {
  return instance.LifecycleState?.startsWith('Pending') ?? false;
}

/** Counts towards the desired capacity: starting or in service, not on its way out and not in Standby. */
export function isCapacity(instance: Instance): boolean {
  return isPending(instance) || instance.LifecycleState === 'InService';
}

export function capacityOf(record: GroupRecord): number {
  return instancesOf(record).filter(isCapacity).length;
}

/** Standby, detach, attach: the sizes would not allow it. */
export function sizesRefusal({ group }: GroupRecord, toDo: string, count: number): AwsError {
  const instances = count === 1 ? '1 instance' : `${count} instances`;
  return new AwsError(
    'ValidationError',
    `AutoScalingGroup ${group.AutoScalingGroupName} has min-size=${group.MinSize}, max-size=${group.MaxSize}, and desired-size=${group.DesiredCapacity}. ${toDo} ${instances}, please update the AutoScalingGroup sizes appropriately.`,
  );
}

/** Requests by instance id take a limited number of them. */
export function requireFewEnough(ids: readonly string[], most: number, toDo: string): void {
  if (ids.length <= most) return;
  throw new AwsError(
    'ValidationError',
    `List exceeds the maximum number of instances to ${toDo}. Please retry your request with fewer instances.`,
  );
}

/** The group's instances of these ids, each once; none for none. Throws ValidationError for too many, and for a stranger. */
export function requireInstances(
  record: GroupRecord,
  ids: readonly string[] | undefined,
  most: number,
  toDo: string,
): readonly Instance[] {
  requireFewEnough(ids ?? [], most, toDo);
  return [...new Set(ids)].map((id) => requireInstance(record, id));
}

/**
 * Takes one off the desired capacity for an instance that leaves, and says so for the cause. An instance that does not count,
 * because it stands by, takes nothing off.
 */
export function decrementDesired({ group }: GroupRecord, instance: Instance): string {
  if (!isCapacity(instance)) return '';
  const before = group.DesiredCapacity!;
  group.DesiredCapacity = before - 1;
  return `, shrinking the capacity from ${before} to ${before - 1}`;
}
