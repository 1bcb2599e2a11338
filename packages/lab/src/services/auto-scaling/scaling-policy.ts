// scaling policy: what a policy makes of the desired capacity, when somebody executes it or an alarm sets it off.
//
// Source: EC2 Auto Scaling guide, "Step and simple scaling policies" and "Target tracking scaling policies". The warm-up is simpler than
// AWS's: a step or target tracking policy that has just acted acts again only when its instances have had the time to warm up.
import type { ScalingPolicy, StepAdjustment, TargetTrackingConfiguration } from '@aws-sdk/client-auto-scaling';
import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../control-plane/aws-error.js';
import type { ControlPlaneContext, LabEvent } from '../../control-plane/types.js';
import { keepAlarm, withState } from '../cloudwatch/alarms.js';
import { at } from './activity.js';
import { isCoolingDown } from './cooldown.js';
import { isSuspended } from './group.js';
import type { GroupRecord } from './state.js';

/** An alarm's newest value and its threshold. */
interface Breach {
  readonly value: number | undefined;
  readonly threshold: number | undefined;
}

/**
 * The desired capacity that a simple or step scaling policy asks for, within the group's sizes. Throws AwsError ValidationError when a step
 * scaling policy is given no breach.
 */
export function desiredBy(record: GroupRecord, policy: ScalingPolicy, breach: Breach): number {
  const before = record.group.DesiredCapacity!;
  return withinSizes(record, adjusted(before, adjustmentOf(policy, breach), policy));
}

function withinSizes({ group }: GroupRecord, desired: number): number {
  return Math.max(group.MinSize!, Math.min(group.MaxSize!, desired));
}

function adjustmentOf(policy: ScalingPolicy, { value, threshold }: Breach): number {
  if (policy.PolicyType === 'SimpleScaling') return policy.ScalingAdjustment ?? 0;
  if (value === undefined || threshold === undefined) {
    throw new AwsError('ValidationError', 'MetricValue and BreachThreshold are required for StepScaling policies.');
  }
  const beyond = value - threshold;
  const holds = ({ MetricIntervalLowerBound: low, MetricIntervalUpperBound: high }: StepAdjustment) =>
    beyond >= (low ?? Number.NEGATIVE_INFINITY) && beyond < (high ?? Number.POSITIVE_INFINITY);
  return policy.StepAdjustments?.find(holds)?.ScalingAdjustment ?? 0;
}

// Source: Auto Scaling guide, "Step and simple scaling policies": a percentage beyond 1 is rounded toward zero, one below 1 away from it.
function adjusted(
  before: number,
  adjustment: number,
  { AdjustmentType, MinAdjustmentMagnitude }: ScalingPolicy,
): number {
  if (AdjustmentType === 'ExactCapacity') return adjustment;
  if (AdjustmentType === 'ChangeInCapacity') return before + adjustment;
  const exact = (before * adjustment) / 100;
  const whole = Math.abs(exact) < 1 ? Math.sign(exact) : Math.trunc(exact);
  return before + Math.sign(whole) * Math.max(Math.abs(whole), MinAdjustmentMagnitude ?? 0);
}

/** An alarm is in its state and names a policy. */
export function playAlarmAction(
  event: Extract<LabEvent, { type: 'alarmAction' }>,
  context: ControlPlaneContext,
): undefined | 'unchanged' {
  const found = findPolicy(context, event.policyArn);
  if (found === undefined) return 'unchanged';
  const { record, policy } = found;
  if (policy.Enabled === false || isSuspended(record.group, 'AlarmNotification')) return 'unchanged';
  if (isWarmingUp(record, policy, context.now)) return 'unchanged';
  const before = record.group.DesiredCapacity!;
  const desired = desiredByAlarm(record, policy, event);
  if (desired === before) return 'unchanged';
  record.capacityReason = `${at(context.now)} a monitor alarm ${event.alarmName} in state ALARM triggered policy ${policy.PolicyName} changing the desired capacity from ${before} to ${desired}.`;
  record.group.DesiredCapacity = desired;
  record.actedAt.set(policy.PolicyName!, context.now);
  return undefined;
}

function findPolicy(
  { state }: ControlPlaneContext,
  arn: string,
): { readonly record: GroupRecord; readonly policy: ScalingPolicy } | undefined {
  for (const record of state.autoScaling.groups.values()) {
    for (const policy of record.policies.values()) if (policy.PolicyARN === arn) return { record, policy };
  }
  return undefined;
}

function isWarmingUp(record: GroupRecord, policy: ScalingPolicy, now: number): boolean {
  if (policy.PolicyType === 'SimpleScaling') return isCoolingDown(record, now, policy.Cooldown);
  const { DefaultInstanceWarmup, DefaultCooldown = 0 } = record.group;
  const seconds = policy.EstimatedInstanceWarmup ?? DefaultInstanceWarmup ?? DefaultCooldown;
  return now < (record.actedAt.get(policy.PolicyName!) ?? Number.NEGATIVE_INFINITY) + seconds * 1_000;
}

function desiredByAlarm(record: GroupRecord, policy: ScalingPolicy, breach: Breach): number {
  const before = record.group.DesiredCapacity!;
  const target = policy.TargetTrackingConfiguration?.TargetValue;
  if (target === undefined) {
    const isTold = policy.PolicyType === 'SimpleScaling' || breach.value !== undefined;
    return isTold ? desiredBy(record, policy, breach) : before;
  }
  if (breach.value === undefined) return before;
  const proportional = withinSizes(record, Math.ceil((before * breach.value) / target));
  const mayScaleIn = policy.TargetTrackingConfiguration?.DisableScaleIn !== true;
  return proportional > before || mayScaleIn ? proportional : before;
}

/** The alarms that name a policy, as DescribePolicies shows them. */
export function alarmsOfPolicy({ state }: Pick<ControlPlaneContext, 'state'>, policy: ScalingPolicy) {
  return [...state.cloudWatch.alarms.values()]
    .filter(({ alarm }) => alarm.AlarmActions?.includes(policy.PolicyARN!))
    .map(({ alarm }) => ({ AlarmName: alarm.AlarmName, AlarmARN: alarm.AlarmArn }));
}

// Source: the same guide, "How target tracking scaling works": above the target for three minutes, below 90 % of it for fifteen.
const HIGH = { suffix: 'AlarmHigh', comparison: 'GreaterThanThreshold', periods: 3, share: 1 } as const;
const LOW = { suffix: 'AlarmLow', comparison: 'LessThanThreshold', periods: 15, share: 0.9 } as const;

/** Auto Scaling makes and owns the two alarms of a target tracking policy. Throws AwsError for a metric that it does not know. */
export function putTargetTrackingAlarms(
  record: GroupRecord,
  policy: ScalingPolicy,
  context: ControlPlaneContext,
): void {
  removeTargetTrackingAlarms(policy, context);
  const configuration = policy.TargetTrackingConfiguration;
  if (configuration === undefined) return;
  const metric = metricOf(record, configuration);
  for (const side of configuration.DisableScaleIn === true ? [HIGH] : [HIGH, LOW]) {
    const name = `TargetTracking-${record.group.AutoScalingGroupName}-${side.suffix}-${context.ids.uuid()}`;
    const settings = {
      ...metric,
      AlarmName: name,
      AlarmDescription: `DO NOT EDIT OR DELETE. For TargetTrackingScaling policy ${policy.PolicyARN}.`,
      AlarmActions: [policy.PolicyARN!],
      Period: 60,
      EvaluationPeriods: side.periods,
      Threshold: configuration.TargetValue! * side.share,
      ComparisonOperator: side.comparison,
    };
    const alarm = withState<MetricAlarm>(context, settings, undefined);
    keepAlarm(context, { kind: 'metric', alarm, tags: new Map() });
  }
}

export function removeTargetTrackingAlarms(policy: ScalingPolicy, { state }: ControlPlaneContext): void {
  for (const [name, { alarm }] of state.cloudWatch.alarms) {
    const isOwn = name.startsWith('TargetTracking-') && alarm.AlarmActions?.includes(policy.PolicyARN!);
    if (isOwn) state.cloudWatch.alarms.delete(name);
  }
}

type AlarmMetric = Pick<MetricAlarm, 'Namespace' | 'MetricName' | 'Dimensions' | 'Statistic' | 'Unit'>;

const OF_EC2: Readonly<Record<string, string>> = {
  ASGAverageCPUUtilization: 'CPUUtilization',
  ASGAverageNetworkIn: 'NetworkIn',
  ASGAverageNetworkOut: 'NetworkOut',
};

function metricOf({ group }: GroupRecord, configuration: TargetTrackingConfiguration): AlarmMetric {
  const { PredefinedMetricSpecification: predefined, CustomizedMetricSpecification: own } = configuration;
  if (own !== undefined) {
    if (own.Metrics !== undefined)
      throw refusal('The lab does not emulate Metrics of CustomizedMetricSpecification of PutScalingPolicy.');
    return {
      Namespace: own.Namespace,
      MetricName: own.MetricName,
      Dimensions: own.Dimensions?.map(({ Name, Value }) => ({ Name, Value })) ?? [],
      Statistic: own.Statistic ?? 'Average',
      Unit: own.Unit as MetricAlarm['Unit'],
    };
  }
  const type = predefined?.PredefinedMetricType ?? '';
  const ofEc2 = OF_EC2[type];
  if (ofEc2 !== undefined) {
    const Dimensions = [{ Name: 'AutoScalingGroupName', Value: group.AutoScalingGroupName }];
    return { Namespace: 'AWS/EC2', MetricName: ofEc2, Dimensions, Statistic: 'Average' };
  }
  const label = /^(app\/[^/]+\/[^/]+)\/(targetgroup\/[^/]+\/[^/]+)$/.exec(predefined?.ResourceLabel ?? '');
  if (type !== 'ALBRequestCountPerTarget') throw refusal(`The predefined metric type ${type} is not supported.`);
  if (label === null) throw refusal('ALBRequestCountPerTarget needs a ResourceLabel: app/NAME/ID/targetgroup/NAME/ID.');
  const Dimensions = [
    { Name: 'LoadBalancer', Value: label[1] },
    { Name: 'TargetGroup', Value: label[2] },
  ];
  return { Namespace: 'AWS/ApplicationELB', MetricName: 'RequestCountPerTarget', Dimensions, Statistic: 'Sum' };
}

function refusal(message: string): AwsError {
  return new AwsError('ValidationError', message);
}
