// health: which instances a group believes to be unhealthy, and which of them it replaces now.
//
//   H1. Grace starts at InService. A state other than running is unhealthy even in grace.
//   H2. ELB verdicts count only with HealthCheckType ELB, after grace, from an attachment that is InService.
//   H3. ELB's unhealthy leave a tenth of the desired capacity at a time (at least one), and only while nothing else is on its way
//       in; those that do not run, or that a user marked, leave at once.
//   H4. Terminate, then launch. Cooldown and scale-in protection are ignored.
import type { Instance } from '@aws-sdk/client-auto-scaling';
import type { ControlPlaneContext } from '../../control-plane/types.js';
import { at } from './activity.js';
import { beginDeparture } from './departure.js';
import { instancesOf, isPending, isSuspended, memberOf } from './group.js';
import type { GroupRecord } from './state.js';
import { isUnhealthyTarget } from './traffic-source.js';

const CAUSE = {
  EC2: 'an instance was taken out of service in response to an EC2 health check indicating it has been terminated or stopped.',
  ELB: 'an instance was taken out of service in response to an ELB system health check failure.',
  user: 'an instance was taken out of service in response to a user health-check.',
} as const;

/** The periodic look at every instance in service. */
export function checkInstances(record: GroupRecord, context: ControlPlaneContext): void {
  if (isSuspended(record.group, 'HealthCheck')) return;
  for (const instance of instancesOf(record)) {
    if (instance.LifecycleState !== 'InService' || instance.HealthStatus === 'Unhealthy') continue;
    const member = memberOf(record, instance);
    if (!isRunning(instance, context)) {
      instance.HealthStatus = 'Unhealthy';
      member.unhealthyBy = 'EC2';
    } else if (
      usesElb(record) &&
      !isInGrace(record, instance, context) &&
      isUnhealthyTarget(record, instance, context)
    ) {
      instance.HealthStatus = 'Unhealthy';
      member.unhealthyBy = 'ELB';
    }
  }
}

export function isInGrace(record: GroupRecord, instance: Instance, context: ControlPlaneContext): boolean {
  const since = record.inServiceSince.get(instance.InstanceId!);
  const graceMs = (record.group.HealthCheckGracePeriod ?? 0) * 1000;
  return since === undefined || context.now < since + graceMs;
}

/** Begins to terminate what may leave now. Launching the replacements is left to the capacity. Idempotent. */
export function replaceUnhealthy(record: GroupRecord, context: ControlPlaneContext): void {
  const { group } = record;
  if (isSuspended(group, 'ReplaceUnhealthy') || isSuspended(group, 'Terminate')) return;
  const unhealthy = instancesOf(record).filter(
    (instance) => instance.LifecycleState === 'InService' && instance.HealthStatus === 'Unhealthy',
  );
  if (unhealthy.length === 0) return;
  const atOnce = unhealthy.filter((instance) => memberOf(record, instance).unhealthyBy !== 'ELB');
  const inTurn = unhealthy.filter((instance) => !atOnce.includes(instance));
  const budget = Math.max(1, Math.floor((group.DesiredCapacity ?? 0) / 10)) - onTheWay(record, context);
  for (const instance of [...atOnce, ...inTurn.slice(0, Math.max(0, budget))]) {
    const by = memberOf(record, instance).unhealthyBy ?? 'user';
    beginDeparture(record, instance, 'terminate', `${at(context.now)} ${CAUSE[by]}`, context);
  }
}

// Replacements that are starting or warming up, and capacity that is missing altogether.
function onTheWay(record: GroupRecord, context: ControlPlaneContext): number {
  const warmupMs = (record.group.DefaultInstanceWarmup ?? 0) * 1000;
  const settled = instancesOf(record).filter((instance) => {
    const since = record.inServiceSince.get(instance.InstanceId!);
    return instance.LifecycleState === 'InService' && since !== undefined && context.now >= since + warmupMs;
  });
  const pending = instancesOf(record).filter(isPending).length;
  return Math.max(pending, (record.group.DesiredCapacity ?? 0) - settled.length);
}

function usesElb({ group }: GroupRecord): boolean {
  return group.HealthCheckType?.split(',').some((type) => type.trim() === 'ELB') ?? false;
}

function isRunning(instance: Instance, context: ControlPlaneContext): boolean {
  return context.state.ec2.instances.get(instance.InstanceId!)?.instance.State?.Name === 'running';
}
