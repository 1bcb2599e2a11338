import type { EnableMetricsCollectionQuery } from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireGroup } from '../group.js';

/** Source: API reference, EnableMetricsCollection. */
export const GROUP_METRICS = [
  'GroupMinSize',
  'GroupMaxSize',
  'GroupDesiredCapacity',
  'GroupInServiceInstances',
  'GroupPendingInstances',
  'GroupStandbyInstances',
  'GroupTerminatingInstances',
  'GroupTotalInstances',
  'GroupInServiceCapacity',
  'GroupPendingCapacity',
  'GroupStandbyCapacity',
  'GroupTerminatingCapacity',
  'GroupTotalCapacity',
  'WarmPoolDesiredCapacity',
  'WarmPoolWarmedCapacity',
  'WarmPoolPendingCapacity',
  'WarmPoolTerminatingCapacity',
  'WarmPoolTotalCapacity',
  'GroupAndWarmPoolDesiredCapacity',
  'GroupAndWarmPoolTotalCapacity',
] as const;

/** Kept and shown by DescribeAutoScalingGroups. Without a list: every metric of the group itself. */
export function enableMetricsCollection(input: EnableMetricsCollectionQuery, context: OperationContext): object {
  const { group } = requireGroup(context.state, input.AutoScalingGroupName);
  checkMetrics(input.Metrics);
  const wanted = input.Metrics?.length ? input.Metrics : GROUP_METRICS;
  const known = new Map((group.EnabledMetrics ?? []).map((one) => [one.Metric, one]));
  for (const Metric of wanted) known.set(Metric, { Metric, Granularity: input.Granularity });
  group.EnabledMetrics = [...known.values()];
  return {};
}

export function checkMetrics(metrics: readonly string[] | undefined): void {
  const unknown = metrics?.find((metric) => !GROUP_METRICS.some((known) => known === metric));
  if (unknown !== undefined) throw new AwsError('ValidationError', `Metric type '${unknown}' is invalid.`);
}
