import type {
  AlarmHistoryItem,
  CompositeAlarm,
  Dimension,
  MetricAlarm,
  StandardUnit,
} from '@aws-sdk/client-cloudwatch';
import type { LoadBalancerMetrics, TargetGroupMetrics } from '../../load-balancer/metrics.js';
import type { Datapoint } from './datapoint.js';

/** What was measured under one name and one set of dimensions. */
export interface Series {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly Dimension[];
  unit: StandardUnit;
  /** By the beginning of their period, in epoch milliseconds. In the order in which they came. */
  readonly points: Map<number, Datapoint>;
  /** Epoch milliseconds of the newest measurement. */
  newestAt: number;
}

/** Of both kinds; the ARN, the state and the times are CloudWatch's. */
export type AlarmRecord =
  | { readonly kind: 'metric'; readonly alarm: MetricAlarm; readonly tags: Map<string, string> }
  | { readonly kind: 'composite'; readonly alarm: CompositeAlarm; readonly tags: Map<string, string> };

export interface CloudWatchState {
  /** By `seriesKey`. */
  readonly series: Map<string, Series>;
  /** By name. */
  readonly alarms: Map<string, AlarmRecord>;
  /** Newest first, bounded. */
  history: AlarmHistoryItem[];
  /** What the load balancers had counted when it was last read, by ARN. */
  readonly counted: {
    loadBalancers: Readonly<Record<string, LoadBalancerMetrics>>;
    targetGroups: Readonly<Record<string, TargetGroupMetrics>>;
  };
  /** When the next minute is taken down, epoch milliseconds; undefined while there is nothing to measure. */
  nextMinuteAt: number | undefined;
}

export function createCloudWatchState(): CloudWatchState {
  return {
    series: new Map(),
    alarms: new Map(),
    history: [],
    counted: { loadBalancers: {}, targetGroups: {} },
    nextMinuteAt: undefined,
  };
}
