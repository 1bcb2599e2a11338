// traffic-source: a group's instances in its target groups.
//
// An attachment goes Adding -> Added -> InService after its first healthy target; only then do ELB verdicts count, so that a
// first fleet which never answers is not replaced for ever.
import type { Instance } from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../control-plane/aws-error.js';
import type { ControlPlaneContext } from '../../control-plane/types.js';
import { deregisterTargets } from '../elbv2/operations/deregister-targets.js';
import { registerTargets } from '../elbv2/operations/register-targets.js';
import type { TargetRecord } from '../elbv2/state.js';
import { instancesOf, isSuspended } from './group.js';
import type { GroupRecord } from './state.js';

export function checkTargetGroups(context: ControlPlaneContext, arns: readonly string[]): void {
  if (arns.every((arn) => context.state.elbv2.targetGroups.has(arn))) return;
  throw new AwsError(
    'ValidationError',
    'One or more target groups not found. Validating load balancer configuration failed.',
  );
}

/** Registers one instance in every target group of the group; a target group that is gone does not stop the others. */
export function addToTargetGroups(record: GroupRecord, instanceId: string, context: ControlPlaneContext): void {
  // What is launched while AddToLoadBalancer is suspended is never added later.
  if (isSuspended(record.group, 'AddToLoadBalancer')) return;
  for (const arn of record.group.TargetGroupARNs ?? []) register(arn, [instanceId], context);
}

export function removeFromTargetGroups(record: GroupRecord, instanceId: string, context: ControlPlaneContext): void {
  for (const arn of record.group.TargetGroupARNs ?? []) deregister(arn, instanceId, context);
}

/** Whether a load balancer still lets the instance's last requests finish. */
export function isDraining(record: GroupRecord, instanceId: string, context: ControlPlaneContext): boolean {
  return (record.group.TargetGroupARNs ?? []).some((arn) =>
    targetsOf(arn, instanceId, context).some((target) => target.health.State === 'draining'),
  );
}

export function attachTargetGroups(record: GroupRecord, arns: readonly string[], context: ControlPlaneContext): void {
  const { group } = record;
  const added = arns.filter((arn) => !group.TargetGroupARNs?.includes(arn));
  group.TargetGroupARNs = [...(group.TargetGroupARNs ?? []), ...added];
  refreshTrafficSources(record);
  const inService = instancesOf(record).filter((instance) => instance.LifecycleState === 'InService');
  for (const arn of added) {
    record.trafficSourceStates.set(arn, 'Adding');
    if (isSuspended(group, 'AddToLoadBalancer')) continue;
    register(
      arn,
      inService.map((instance) => instance.InstanceId!),
      context,
    );
  }
}

export function detachTargetGroups(record: GroupRecord, arns: readonly string[], context: ControlPlaneContext): void {
  const { group } = record;
  for (const arn of arns.filter((one) => group.TargetGroupARNs?.includes(one))) {
    for (const instance of instancesOf(record)) deregister(arn, instance.InstanceId!, context);
    record.trafficSourceStates.set(arn, 'Removing');
  }
  group.TargetGroupARNs = (group.TargetGroupARNs ?? []).filter((arn) => !arns.includes(arn));
  refreshTrafficSources(record);
}

/** Adding -> Added -> InService, and Removing -> gone. Idempotent. */
export function settleTrafficSources(record: GroupRecord, context: ControlPlaneContext): void {
  for (const [arn, state] of record.trafficSourceStates) {
    if (state === 'InService') continue;
    if (state !== 'Removing') {
      const isHealthy = hasTarget(record, arn, context, ({ health }) => health.State === 'healthy');
      record.trafficSourceStates.set(arn, isHealthy ? 'InService' : 'Added');
    } else if (!hasTarget(record, arn, context, () => true)) {
      record.trafficSourceStates.delete(arn);
    }
  }
}

function hasTarget(
  record: GroupRecord,
  arn: string,
  context: ControlPlaneContext,
  matches: (target: TargetRecord) => boolean,
): boolean {
  for (const target of context.state.elbv2.targetGroups.get(arn)?.targets.values() ?? []) {
    if (record.members.has(target.target.Id!) && matches(target)) return true;
  }
  return false;
}

/** Unhealthy in any target group whose attachment is in service. */
export function isUnhealthyTarget(record: GroupRecord, instance: Instance, context: ControlPlaneContext): boolean {
  return (record.group.TargetGroupARNs ?? []).some(
    (arn) =>
      record.trafficSourceStates.get(arn) === 'InService' &&
      targetsOf(arn, instance.InstanceId!, context).some((target) => target.health.State === 'unhealthy'),
  );
}

export function refreshTrafficSources({ group }: GroupRecord): void {
  group.TrafficSources = (group.TargetGroupARNs ?? []).map((arn) => ({ Identifier: arn, Type: 'elbv2' }));
}

function register(arn: string, instanceIds: readonly string[], context: ControlPlaneContext): void {
  if (instanceIds.length === 0) return;
  try {
    registerTargets({ TargetGroupArn: arn, Targets: instanceIds.map((Id) => ({ Id })) }, context);
  } catch (error) {
    // AWS goes on without a target group that was deleted, too.
    if (!(error instanceof AwsError)) throw error;
  }
}

function deregister(arn: string, instanceId: string, context: ControlPlaneContext): void {
  const targets = targetsOf(arn, instanceId, context);
  if (targets.length === 0) return;
  deregisterTargets(
    { TargetGroupArn: arn, Targets: targets.map(({ target }) => ({ Id: target.Id, Port: target.Port })) },
    context,
  );
}

function targetsOf(arn: string, instanceId: string, context: ControlPlaneContext): readonly TargetRecord[] {
  const record = context.state.elbv2.targetGroups.get(arn);
  // Auto Scaling registers without a port, so it is the group's own: no need to look through a thousand targets.
  const target = record?.targets.get(`${instanceId}:${record.targetGroup.Port}`);
  return target ? [target] : [];
}
