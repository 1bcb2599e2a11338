import type { DimensionFilter, ListMetricsCommandInput, ListMetricsCommandOutput } from '@aws-sdk/client-cloudwatch';
import type { OperationContext } from '../../../control-plane/types.js';
import { takePage } from '../../page.js';
import { LISTED_MS } from '../series.js';
import type { Series } from '../state.js';

// CloudWatch API reference, ListMetrics.
const PAGE_SIZE = 500;
const RECENT_MS = 3 * 3_600_000;

export function listMetrics(
  input: ListMetricsCommandInput,
  { state, now }: OperationContext,
): Omit<ListMetricsCommandOutput, '$metadata'> {
  const { Namespace, MetricName, Dimensions = [], RecentlyActive, NextToken } = input;
  const sinceMs = now - (RecentlyActive === 'PT3H' ? RECENT_MS : LISTED_MS);
  const found = [...state.cloudWatch.series.values()].filter(
    (series) =>
      series.newestAt >= sinceMs &&
      (Namespace === undefined || series.namespace === Namespace) &&
      (MetricName === undefined || series.name === MetricName) &&
      Dimensions.every((filter) => hasDimension(series, filter)),
  );
  const { items, next } = takePage(found, NextToken, PAGE_SIZE, 'InvalidNextToken');
  const Metrics = items.map(({ namespace, name, dimensions }) => ({
    Namespace: namespace,
    MetricName: name,
    Dimensions: [...dimensions],
  }));
  return { Metrics, NextToken: next };
}

function hasDimension({ dimensions }: Series, filter: DimensionFilter): boolean {
  return dimensions.some(
    ({ Name, Value }) => Name === filter.Name && (filter.Value === undefined || Value === filter.Value),
  );
}
