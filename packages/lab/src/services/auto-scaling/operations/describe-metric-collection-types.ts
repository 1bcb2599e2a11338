import type { DescribeMetricCollectionTypesAnswer } from '@aws-sdk/client-auto-scaling';
import { GROUP_METRICS } from './enable-metrics-collection.js';

export function describeMetricCollectionTypes(): DescribeMetricCollectionTypesAnswer {
  return { Metrics: GROUP_METRICS.map((Metric) => ({ Metric })), Granularities: [{ Granularity: '1Minute' }] };
}
