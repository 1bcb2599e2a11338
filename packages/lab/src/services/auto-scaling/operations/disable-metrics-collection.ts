import type { DisableMetricsCollectionQuery } from '@aws-sdk/client-auto-scaling';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireGroup } from '../group.js';
import { checkMetrics } from './enable-metrics-collection.js';

/** Without a list: every metric. */
export function disableMetricsCollection(input: DisableMetricsCollectionQuery, context: OperationContext): object {
  const { group } = requireGroup(context.state, input.AutoScalingGroupName);
  checkMetrics(input.Metrics);
  group.EnabledMetrics = input.Metrics?.length
    ? (group.EnabledMetrics ?? []).filter(({ Metric }) => !input.Metrics?.includes(Metric ?? ''))
    : [];
  return {};
}
