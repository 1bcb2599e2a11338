// target-health: the state machine of one registered target, and when it is checked.
//
// The data plane performs checks and reports results; here they become states, in the words of DescribeTargetHealth.
//
//   T1. A new target is `initial` and needs one passing check to be `healthy`; HealthyThresholdCount counts only from `unhealthy`.
//   T2. UnhealthyThresholdCount failures in a row make it `unhealthy`, from `initial` as from `healthy`.
//   T3. The interval runs from sending a check to sending the next, whatever the answer takes.
//   T4. Draining shows for the whole deregistration delay, even with nothing in flight; then the target is gone.
//   T5. A target is `unused` and unchecked while no rule forwards to its group, its zone is not enabled, or its instance does
//       not run; when that ends it starts again as `initial`.
//   T6. A result of an earlier registration or of an overtaken check changes nothing.
import type { TargetDescription, TargetHealth } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ControlPlaneContext, HealthCheckResult } from '../../control-plane/types.js';
import type { TargetGroupRecord, TargetRecord } from './state.js';

export const HEALTH = {
  registering: {
    State: 'initial',
    Reason: 'Elb.RegistrationInProgress',
    Description: 'Target registration is in progress',
  },
  checking: {
    State: 'initial',
    Reason: 'Elb.InitialHealthChecking',
    Description: 'Initial health checks in progress',
  },
  healthy: { State: 'healthy' },
  draining: {
    State: 'draining',
    Reason: 'Target.DeregistrationInProgress',
    Description: 'Target deregistration is in progress',
  },
  notRegistered: {
    State: 'unused',
    Reason: 'Target.NotRegistered',
    Description: 'Target is not registered to the target group',
  },
  notInUse: {
    State: 'unused',
    Reason: 'Target.NotInUse',
    Description: 'Target group is not configured to receive traffic from the load balancer',
  },
  zoneNotEnabled: {
    State: 'unused',
    Reason: 'Target.NotInUse',
    Description: 'Target is in an Availability Zone that is not enabled for the load balancer',
  },
  stopped: { State: 'unused', Reason: 'Target.InvalidState', Description: 'Target is in the stopped state' },
  terminated: { State: 'unused', Reason: 'Target.InvalidState', Description: 'Target is in the terminated state' },
} as const satisfies Record<string, TargetHealth>;

export function targetKey(targetId: string, port: number): string {
  return `${targetId}:${port}`;
}

export function registerTarget(
  record: TargetGroupRecord,
  target: TargetDescription,
  context: ControlPlaneContext,
): void {
  const port = target.Port ?? record.targetGroup.Port!;
  const key = targetKey(target.Id!, port);
  const known = record.targets.get(key);
  if (known && known.health.State !== 'draining') return;
  const registered: TargetRecord = {
    target: { ...target, Port: port },
    registrationId: context.ids.hex('reg-', 17),
    checkEpoch: 0,
    checksSent: 0,
    lastAnsweredCheck: 0,
    health: HEALTH.notInUse,
    consecutiveSuccesses: 0,
    consecutiveFailures: 0,
    registeredAt: context.now,
  };
  record.targets.set(key, registered);
  settleTarget(record, registered, enabledZones(record, context), context);
}

/** No new requests from now on; gone after the deregistration delay (T4), or at once when it was unused. */
export function deregisterTarget(record: TargetGroupRecord, key: string, context: ControlPlaneContext): void {
  const target = record.targets.get(key);
  if (!target || target.health.State === 'draining') return;
  if (target.health.State === 'unused') {
    record.targets.delete(key);
    return;
  }
  target.checkEpoch += 1;
  target.health = HEALTH.draining;
  target.drainingSince = context.now;
  target.healthySince = undefined;
  const delayMs = 1000 * Number(record.attributes.get('deregistration_delay.timeout_seconds')?.Value ?? '300');
  context.schedule(context.now + delayMs, timer('drainEnd', record, key, target));
}

/** Plays a timer that this module scheduled. Returns whether a target is gone now. */
export function playTargetTimer(name: string, data: unknown, context: ControlPlaneContext): boolean {
  const { targetGroupArn, key, registrationId, epoch } = data as TimerData;
  const record = context.state.elbv2.targetGroups.get(targetGroupArn);
  const target = record?.targets.get(key);
  if (!record || !target || target.registrationId !== registrationId || target.checkEpoch !== epoch) return false;
  if (name === 'drainEnd') {
    record.targets.delete(key);
    context.emit({ kind: 'drainEnded', targetGroupArn, targetId: target.target.Id!, port: target.target.Port! });
    return true;
  }
  sendCheck(record, key, target, context);
  return false;
}

export function recordCheckResult(
  record: TargetGroupRecord,
  checkId: string,
  result: HealthCheckResult,
  context: ControlPlaneContext,
): void {
  // The checked port may differ from the target's own, so the target is found by the id that its check carried.
  const [key, registrationId, epoch, number] = checkId.split('/');
  const target = record.targets.get(key!);
  if (!target) return;
  const overtaken = Number(number) <= target.lastAnsweredCheck;
  if (registrationId !== target.registrationId || Number(epoch) !== target.checkEpoch || overtaken) return;
  target.lastAnsweredCheck = Number(number);
  const failure = failureOf(record, result);
  if (failure) recordFailure(record, target, failure);
  else recordSuccess(record, target, context.now);
}

/** T5, for every target of every group. Idempotent. */
export function settleTargets(context: ControlPlaneContext): void {
  for (const record of context.state.elbv2.targetGroups.values()) {
    const zones = enabledZones(record, context);
    for (const [key, target] of record.targets) {
      if (isForgotten(record, target, context)) record.targets.delete(key);
      else settleTarget(record, target, zones, context);
    }
  }
}

function settleTarget(
  record: TargetGroupRecord,
  target: TargetRecord,
  zones: ReadonlySet<string>,
  context: ControlPlaneContext,
): void {
  const { State: state } = target.health;
  if (state === 'draining') return;
  const unusable = whyUnused(record, target, zones, context);
  if (!unusable) {
    if (state === 'unused') startChecking(record, target, context);
    return;
  }
  if (state !== 'unused') target.checkEpoch += 1;
  target.health = unusable;
  target.healthySince = undefined;
}

// EC2 shows a terminated instance for a while; after that its registration is gone as well.
function isForgotten(record: TargetGroupRecord, target: TargetRecord, { state }: ControlPlaneContext): boolean {
  const isInstance = record.targetGroup.TargetType === 'instance';
  return isInstance && target.health.State === 'unused' && !state.ec2.instances.has(target.target.Id!);
}

/** The zones of the load balancers that forward to the group; none when no rule does. */
function enabledZones(record: TargetGroupRecord, { state }: ControlPlaneContext): ReadonlySet<string> {
  const loadBalancers = (record.targetGroup.LoadBalancerArns ?? []).map((arn) => state.elbv2.loadBalancers.get(arn));
  return new Set(
    loadBalancers.flatMap((found) => found?.loadBalancer.AvailabilityZones?.map((zone) => zone.ZoneName!) ?? []),
  );
}

function startChecking(record: TargetGroupRecord, target: TargetRecord, context: ControlPlaneContext): void {
  target.checkEpoch += 1;
  target.checksSent = 0;
  target.lastAnsweredCheck = 0;
  target.consecutiveSuccesses = 0;
  target.consecutiveFailures = 0;
  target.health = HEALTH.registering;
  const key = targetKey(target.target.Id!, target.target.Port!);
  context.schedule(context.now + context.timing.targetRegistrationMs, timer('check', record, key, target));
}

function whyUnused(
  record: TargetGroupRecord,
  target: TargetRecord,
  zones: ReadonlySet<string>,
  { state }: ControlPlaneContext,
): TargetHealth | undefined {
  const instance = state.ec2.instances.get(target.target.Id!)?.instance;
  if (record.targetGroup.TargetType === 'instance') {
    const name = instance?.State?.Name;
    if (name === 'stopping' || name === 'stopped') return HEALTH.stopped;
    if (name === undefined || name === 'shutting-down' || name === 'terminated') return HEALTH.terminated;
  }
  if (zones.size === 0) return HEALTH.notInUse;
  const zone = instance?.Placement?.AvailabilityZone;
  return zone === undefined || zones.has(zone) ? undefined : HEALTH.zoneNotEnabled;
}

function sendCheck(record: TargetGroupRecord, key: string, target: TargetRecord, context: ControlPlaneContext): void {
  const group = record.targetGroup;
  if (target.health === HEALTH.registering) target.health = HEALTH.checking;
  target.checksSent += 1;
  const port = group.HealthCheckPort === 'traffic-port' ? target.target.Port! : Number(group.HealthCheckPort);
  context.emit({
    kind: 'checkHealth',
    checkId: `${key}/${target.registrationId}/${target.checkEpoch}/${target.checksSent}`,
    targetGroupArn: group.TargetGroupArn!,
    targetId: target.target.Id!,
    port,
    protocol: group.HealthCheckProtocol!,
    path: group.HealthCheckPath ?? '/',
    timeoutMs: group.HealthCheckTimeoutSeconds! * 1000,
  });
  context.schedule(context.now + group.HealthCheckIntervalSeconds! * 1000, timer('check', record, key, target));
}

function recordSuccess(record: TargetGroupRecord, target: TargetRecord, now: number): void {
  target.consecutiveFailures = 0;
  target.consecutiveSuccesses += 1;
  if (target.health.State === 'healthy') return;
  const needed = target.health.State === 'initial' ? 1 : record.targetGroup.HealthyThresholdCount!;
  if (target.consecutiveSuccesses < needed) return;
  target.health = HEALTH.healthy;
  target.healthySince = now;
}

function recordFailure(record: TargetGroupRecord, target: TargetRecord, failure: TargetHealth): void {
  target.consecutiveSuccesses = 0;
  target.consecutiveFailures += 1;
  const alreadyUnhealthy = target.health.State === 'unhealthy';
  if (!alreadyUnhealthy && target.consecutiveFailures < record.targetGroup.UnhealthyThresholdCount!) return;
  target.health = failure;
  target.healthySince = undefined;
}

function failureOf(record: TargetGroupRecord, result: HealthCheckResult): TargetHealth | undefined {
  switch (result.kind) {
    case 'timeout':
      return { State: 'unhealthy', Reason: 'Target.Timeout', Description: 'Request timed out' };
    case 'failed':
      return { State: 'unhealthy', Reason: 'Target.FailedHealthChecks', Description: 'Health checks failed' };
    case 'response':
      if (matchesCode(record.targetGroup.Matcher?.HttpCode ?? '200', result.statusCode)) return undefined;
      return {
        State: 'unhealthy',
        Reason: 'Target.ResponseCodeMismatch',
        Description: `Health checks failed with these codes: [${result.statusCode}]`,
      };
  }
}

/** `200`, `200,202` or `200-299`, as a Matcher spells them. */
export function matchesCode(matcher: string, statusCode: number): boolean {
  return matcher.split(',').some((part) => {
    const [low, high = low] = part.trim().split('-').map(Number);
    return statusCode >= low! && statusCode <= high!;
  });
}

interface TimerData {
  readonly targetGroupArn: string;
  readonly key: string;
  readonly registrationId: string;
  readonly epoch: number;
}

function timer(name: 'check' | 'drainEnd', record: TargetGroupRecord, key: string, target: TargetRecord) {
  const data: TimerData = {
    targetGroupArn: record.targetGroup.TargetGroupArn!,
    key,
    registrationId: target.registrationId,
    epoch: target.checkEpoch,
  };
  return { service: 'elasticloadbalancing', type: 'timer', name, id: target.registrationId, data } as const;
}
