// published metrics: what AWS's services say of themselves each minute, from what the lab's own load balancers and groups did.
//
//   AWS/ApplicationELB  by load balancer, and by target group and load balancer: requests, answers by class, response time, errors of
//                       connections, hosts
//   AWS/AutoScaling     by group, where EnableMetricsCollection asked for it
//
// Left out: what the lab cannot know, above all AWS/EC2 (nobody measures the processors of an instance).
// Source: ALB guide, "CloudWatch metrics for your Application Load Balancer"; EC2 Auto Scaling guide, "CloudWatch metrics".
import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import type { StandardUnit } from '@aws-sdk/client-cloudwatch';
import type { LabState } from '../../control-plane/types.js';
import type { LoadBalancerMetrics, MetricsSnapshot, TargetGroupMetrics } from '../../load-balancer/metrics.js';
import { type Datapoint, measured } from './datapoint.js';
import { type MetricName, record } from './series.js';

const MINUTE_MS = 60_000;
const ELB = 'AWS/ApplicationELB';

/** Takes down what the load balancers did since they were last asked, in the minute that begins at `minuteAt`. */
export function recordLoadBalancers(state: LabState, snapshot: MetricsSnapshot, minuteAt: number): void {
  const { counted } = state.cloudWatch;
  for (const [arn, now] of Object.entries(snapshot.loadBalancers)) {
    const dimensions = [loadBalancerDimension(arn)];
    for (const [name, count] of counts(now, counted.loadBalancers[arn]))
      if (name !== 'ClientClosedCount') recordCount(state, { namespace: ELB, name, dimensions }, count, minuteAt);
  }
  for (const [arn, now] of Object.entries(snapshot.targetGroups)) {
    const [balancer] = state.elbv2.targetGroups.get(arn)?.targetGroup.LoadBalancerArns ?? [];
    if (balancer !== undefined)
      recordTargetGroup(state, { arn, balancer, now, before: counted.targetGroups[arn], minuteAt });
  }
  counted.loadBalancers = snapshot.loadBalancers;
  counted.targetGroups = snapshot.targetGroups;
}

interface TargetGroupReading {
  readonly arn: string;
  readonly balancer: string;
  readonly now: TargetGroupMetrics;
  readonly before: TargetGroupMetrics | undefined;
  readonly minuteAt: number;
}

function recordTargetGroup(state: LabState, { arn, balancer, now, before, minuteAt }: TargetGroupReading): void {
  const balancerOnly = [loadBalancerDimension(balancer)];
  const both = [{ Name: 'TargetGroup', Value: shortTargetGroup(arn) }, ...balancerOnly];
  const put = (name: string, dimensions: MetricName['dimensions'], point: Datapoint, unit: StandardUnit) =>
    record(state.cloudWatch, { namespace: ELB, name, dimensions, unit, point, at: minuteAt, resolutionMs: MINUTE_MS });
  for (const [name, count] of counts(now, before)) {
    recordCount(state, { namespace: ELB, name, dimensions: both }, count, minuteAt);
    // The load balancer has counted its requests itself.
    if (name !== 'RequestCount')
      recordCount(state, { namespace: ELB, name, dimensions: balancerOnly }, count, minuteAt);
    else if (now.HealthyHostCount > 0)
      put('RequestCountPerTarget', both, measured(count / now.HealthyHostCount), 'Count');
  }
  const times = responseTimes(now, before);
  if (times !== undefined) {
    for (const dimensions of [both, balancerOnly]) put('TargetResponseTime', dimensions, times, 'Seconds');
  }
  put('HealthyHostCount', both, measured(now.HealthyHostCount), 'Count');
  put('UnHealthyHostCount', both, measured(now.UnHealthyHostCount), 'Count');
}

/** The counters that moved: AWS publishes those that are not zero. */
function counts<Counted extends LoadBalancerMetrics | TargetGroupMetrics>(
  now: Counted,
  before: Counted | undefined,
): readonly (readonly [name: string, count: number])[] {
  return Object.entries(now)
    .filter(([name, value]) => typeof value === 'number' && !name.endsWith('HostCount'))
    .map(([name, value]) => [name, value - ((before?.[name as keyof Counted] as number | undefined) ?? 0)] as const)
    .filter(([, count]) => count > 0);
}

function recordCount(state: LabState, metric: MetricName, count: number, minuteAt: number): void {
  // Each request is a sample of 1, as AWS counts them.
  record(state.cloudWatch, {
    ...metric,
    unit: 'Count',
    point: measured(1, count),
    at: minuteAt,
    resolutionMs: MINUTE_MS,
  });
}

function responseTimes(now: TargetGroupMetrics, before: TargetGroupMetrics | undefined): Datapoint | undefined {
  const counts = new Map<number, number>();
  for (const [text, times] of Object.entries(now.TargetResponseTime.bySeconds)) {
    const more = times - (before?.TargetResponseTime.bySeconds[text] ?? 0);
    if (more > 0) counts.set(Number(text), more);
  }
  if (counts.size === 0) return undefined;
  const values = [...counts.keys()];
  return {
    count: now.TargetResponseTime.count - (before?.TargetResponseTime.count ?? 0),
    sum: now.TargetResponseTime.sum - (before?.TargetResponseTime.sum ?? 0),
    minimum: Math.min(...values),
    maximum: Math.max(...values),
    counts,
  };
}

/** `app/NAME/ID`, the end of the load balancer's ARN. */
function loadBalancerDimension(arn: string): { readonly Name: string; readonly Value: string } {
  return { Name: 'LoadBalancer', Value: arn.slice(arn.indexOf(':loadbalancer/') + ':loadbalancer/'.length) };
}

/** `targetgroup/NAME/ID`, the end of its ARN. */
function shortTargetGroup(arn: string): string {
  return arn.slice(arn.lastIndexOf(':') + 1);
}

const SIZES: Readonly<Record<string, (group: AutoScalingGroup) => number | undefined>> = {
  GroupMinSize: ({ MinSize }) => MinSize,
  GroupMaxSize: ({ MaxSize }) => MaxSize,
  GroupDesiredCapacity: ({ DesiredCapacity }) => DesiredCapacity,
};

const IN_STATES: Readonly<Record<string, (state: string) => boolean>> = {
  GroupInServiceInstances: (state) => state === 'InService',
  GroupPendingInstances: (state) => state.startsWith('Pending'),
  GroupStandbyInstances: (state) => state === 'Standby' || state === 'EnteringStandby',
  GroupTerminatingInstances: (state) => state.startsWith('Terminating'),
  GroupTotalInstances: () => true,
};

/** Takes down the sizes of the groups that are to be measured. */
export function recordGroups(state: LabState, minuteAt: number): void {
  for (const { group } of state.autoScaling.groups.values()) {
    const dimensions = [{ Name: 'AutoScalingGroupName', Value: group.AutoScalingGroupName ?? '' }];
    for (const { Metric: name = '' } of group.EnabledMetrics ?? []) {
      const isIn = IN_STATES[name];
      const states = (group.Instances ?? []).map(({ LifecycleState }) => LifecycleState ?? '');
      const value = isIn === undefined ? SIZES[name]?.(group) : states.filter(isIn).length;
      if (value === undefined) continue;
      record(state.cloudWatch, {
        namespace: 'AWS/AutoScaling',
        name,
        dimensions,
        unit: 'None',
        point: measured(value),
        at: minuteAt,
        resolutionMs: MINUTE_MS,
      });
    }
  }
}

/** Whether anything of the account says something each minute. */
export function isAnythingMeasured(state: LabState): boolean {
  const isGroupMeasured = [...state.autoScaling.groups.values()].some(
    ({ group }) => (group.EnabledMetrics ?? []).length > 0,
  );
  return isGroupMeasured || state.elbv2.loadBalancers.size > 0;
}
