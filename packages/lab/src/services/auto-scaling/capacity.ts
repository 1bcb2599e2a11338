// capacity: desired against actual, and zones against each other.
//
//   D1. Too few: launch, in the zone with the fewest, unless Launch is suspended or the last failure still holds it back.
//   D2. Too many: terminate what scale-in chooses, unless Terminate is suspended; then the group stays above, even above its
//       maximum. When all that is left is protected, one Cancelled activity says so.
//   D3. Zones out of balance: launch before terminate, beyond the maximum if need be, one at a time.
import type { Instance } from '@aws-sdk/client-auto-scaling';
import type { ControlPlaneContext } from '../../control-plane/types.js';
import { at, beginActivity, endActivity, joinCause } from './activity.js';
import { beginDeparture } from './departure.js';
import { capacityOf, instancesOf, isPending, isSuspended } from './group.js';
import { launchInstances, launchInZone } from './launch.js';
import { chooseVictim } from './scale-in.js';
import type { GroupRecord } from './state.js';
import { isOutOfBalance, zoneCounts } from './zones.js';

const REBALANCE_RETRY_MS = 15 * 60_000;

/** Brings the group towards its desired capacity. Idempotent. */
export function settleCapacity(record: GroupRecord, context: ControlPlaneContext): void {
  const desired = record.group.DesiredCapacity ?? 0;
  if (record.isRebalancing && !instancesOf(record).some(isPending)) record.isRebalancing = false;
  const capacity = capacityOf(record);
  const wanted = desired + (record.isRebalancing ? 1 : 0);
  if (capacity < desired) launchMissing(record, desired - capacity, context);
  else if (capacity > wanted) terminateSurplus(record, capacity - wanted, context);
  if (capacityOf(record) === desired) record.capacityReason = undefined;
  if (record.protectionNoticeFor !== desired) record.protectionNoticeFor = undefined;
}

function launchMissing(record: GroupRecord, count: number, context: ControlPlaneContext): void {
  if (isSuspended(record.group, 'Launch') || isBackingOff(record, context.now)) return;
  launchInstances(record, count, context);
}

function isBackingOff({ launchRetryAt }: GroupRecord, now: number): boolean {
  return launchRetryAt !== undefined && now < launchRetryAt;
}

function terminateSurplus(record: GroupRecord, count: number, context: ControlPlaneContext): void {
  if (isSuspended(record.group, 'Terminate')) return;
  for (let left = count; left > 0; left -= 1) {
    const victim = nextVictim(record, context);
    if (!victim) {
      noteProtection(record, context);
      return;
    }
    terminateVictim(record, victim, context);
  }
}

function isCandidate(instance: Instance): boolean {
  return instance.LifecycleState === 'InService' && !instance.ProtectedFromScaleIn;
}

function hasCandidate(record: GroupRecord, zone: string | undefined): boolean {
  return instancesOf(record).some((instance) => instance.AvailabilityZone === zone && isCandidate(instance));
}

function nextVictim(record: GroupRecord, context: ControlPlaneContext): Instance | undefined {
  const candidates = instancesOf(record)
    .filter(isCandidate)
    .map((instance) => ({
      instance,
      launchedAt: context.state.ec2.instances.get(instance.InstanceId!)?.instance.LaunchTime?.getTime() ?? 0,
    }));
  const policies = record.group.TerminationPolicies ?? ['Default'];
  return chooseVictim({
    candidates,
    zoneCounts: zoneCounts(record),
    policies,
    now: context.now,
    random: candidates.length > 1 ? context.ids.random() : 0,
  });
}

function terminateVictim(record: GroupRecord, victim: Instance, context: ControlPlaneContext): void {
  const capacity = capacityOf(record);
  const when = at(context.now);
  const cause = joinCause(
    record.capacityReason,
    `${when} an instance was taken out of service in response to a difference between desired and actual capacity, shrinking the capacity from ${capacity} to ${capacity - 1}.`,
    `${when} instance ${victim.InstanceId} was selected for termination.`,
  );
  beginDeparture(record, victim, 'terminate', cause, context);
}

function noteProtection(record: GroupRecord, context: ControlPlaneContext): void {
  const desired = record.group.DesiredCapacity ?? 0;
  // While something is still starting, it may yet be the one to go.
  if (record.protectionNoticeFor === desired || instancesOf(record).some(isPending)) return;
  record.protectionNoticeFor = desired;
  const text = 'Could not scale to desired capacity because all remaining instances are protected from scale-in.';
  const cause = joinCause(record.capacityReason, `${at(context.now)} ${text}`);
  const activity = beginActivity(record, { description: text, cause }, context);
  endActivity(activity, 'Cancelled', context.now);
}

/** Part of the periodic look: D3. */
export function rebalanceZones(record: GroupRecord, context: ControlPlaneContext): void {
  const { group } = record;
  const isHeld = (['AZRebalance', 'Launch', 'Terminate'] as const).some((process) => isSuspended(group, process));
  const isBusy = record.isRebalancing || record.activities.some((activity) => activity.EndTime === undefined);
  const isTooEarly = record.rebalanceRetryAt !== undefined && context.now < record.rebalanceRetryAt;
  if (isHeld || isBusy || isTooEarly || isBackingOff(record, context.now) || !isOutOfBalance(record)) return;
  if (capacityOf(record) !== group.DesiredCapacity) return;
  const zones = [...zoneCounts(record)].toSorted(([, a], [, b]) => a - b).map(([zone]) => zone);
  const [zone = ''] = zones;
  // With nobody to give up in the fullest zone, the newcomer would be the one to go, and so on for ever.
  if (!hasCandidate(record, zones.at(-1))) return;
  const cause = `${at(context.now)} instances were launched to balance instances in zones ${zone} with other zones resulting in more than desired number of instances in the group.`;
  // Anywhere else it would only have to go again.
  record.isRebalancing = launchInZone(record, zone, cause, context);
  if (!record.isRebalancing) record.rebalanceRetryAt = context.now + REBALANCE_RETRY_MS;
}
