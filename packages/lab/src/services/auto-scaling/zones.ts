// zones: where the next instance goes, and whether the zones are out of balance.
import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../control-plane/aws-error.js';
import type { LabState } from '../../control-plane/types.js';
import { instancesOf, isCapacity } from './group.js';
import type { GroupRecord } from './state.js';

/** A place to launch in: a subnet, or a bare zone for a group without a VPCZoneIdentifier. */
export interface Place {
  readonly zone: string;
  readonly subnetId?: string;
}

export function placesOf(state: LabState, group: AutoScalingGroup): readonly Place[] {
  const subnetIds = subnetIdsOf(group.VPCZoneIdentifier);
  if (subnetIds.length === 0) return (group.AvailabilityZones ?? []).map((zone) => ({ zone }));
  return subnetIds.map((subnetId) => ({ zone: state.ec2.subnets.get(subnetId)?.AvailabilityZone ?? '', subnetId }));
}

export function subnetIdsOf(vpcZoneIdentifier: string | undefined): readonly string[] {
  return (vpcZoneIdentifier ?? '')
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');
}

/** The zones of the subnets, or those that were named. Throws ValidationError as AWS does. */
export function zonesFor(
  state: LabState,
  vpcZoneIdentifier: string | undefined,
  zones: readonly string[] | undefined,
): string[] {
  const subnetIds = subnetIdsOf(vpcZoneIdentifier);
  const missing = subnetIds.filter((id) => !state.ec2.subnets.has(id));
  if (missing.length > 0) {
    throw new AwsError('ValidationError', `The subnet ID '${missing.join(', ')}' does not exist`);
  }
  if (subnetIds.length === 0 && (!zones || zones.length === 0)) {
    throw new AwsError('ValidationError', 'At least one Availability Zone or VPC Subnet is required.');
  }
  if (subnetIds.length === 0) return [...zones!];
  return [...new Set(subnetIds.map((id) => state.ec2.subnets.get(id)!.AvailabilityZone!))];
}

export function zoneCounts(record: GroupRecord): ReadonlyMap<string, number> {
  const counts = new Map((record.group.AvailabilityZones ?? []).map((zone) => [zone, 0]));
  for (const instance of instancesOf(record)) {
    if (!isCapacity(instance)) continue;
    const zone = instance.AvailabilityZone!;
    counts.set(zone, (counts.get(zone) ?? 0) + 1);
  }
  return counts;
}

/** Places in the order in which they are tried: the zone with the fewest instances first, then the group's own order. */
export function placesByNeed(state: LabState, record: GroupRecord): readonly Place[] {
  const counts = zoneCounts(record);
  return placesOf(state, record.group).toSorted((a, b) => (counts.get(a.zone) ?? 0) - (counts.get(b.zone) ?? 0));
}

/** One zone has at least two instances more than another. */
export function isOutOfBalance(record: GroupRecord): boolean {
  const zones = record.group.AvailabilityZones ?? [];
  const counts = zoneCounts(record);
  const own = zones.map((zone) => counts.get(zone) ?? 0);
  return zones.length > 1 && Math.max(...own) - Math.min(...own) > 1;
}
