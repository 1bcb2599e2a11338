// series: what was measured, by namespace, name and dimensions; and the periods that a reader asks for.
import type { Dimension, StandardUnit } from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../control-plane/aws-error.js';
import { type Datapoint, merge } from './datapoint.js';
import type { CloudWatchState, Series } from './state.js';

/** CloudWatch keeps minutes for 15 days. User guide, "Metrics retention". */
export const KEPT_MS = 15 * 86_400_000;
/** A metric without data for two weeks is listed no more. API reference, ListMetrics. */
export const LISTED_MS = 14 * 86_400_000;
/** Of the lab: an account has no such limit. */
const MOST_SERIES = 20_000;
const SECOND_MS = 1_000;

export interface MetricName {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly Dimension[];
}

export interface Measurement extends MetricName {
  readonly unit: StandardUnit;
  /** Epoch milliseconds. */
  readonly at: number;
  /** In milliseconds: 60,000, or 1,000 for a metric of high resolution. */
  readonly resolutionMs: number;
  readonly point: Datapoint;
}

/** Dimensions are a set: their order says nothing. */
export function seriesKey({ namespace, name, dimensions }: MetricName): string {
  return JSON.stringify([namespace, name, sortDimensions(dimensions).map(({ Name, Value }) => [Name, Value])]);
}

function sortDimensions(dimensions: readonly Dimension[]): Dimension[] {
  return [...dimensions].sort((left, right) => (left.Name ?? '').localeCompare(right.Name ?? ''));
}

/** Adds a measurement to what was measured in its period. Throws AwsError LimitExceeded when the lab holds too many metrics. */
export function record(state: CloudWatchState, measurement: Measurement): void {
  const series = findOrBegin(state, measurement);
  const periodAt = Math.floor(measurement.at / measurement.resolutionMs) * measurement.resolutionMs;
  series.points.set(periodAt, merge(series.points.get(periodAt), measurement.point));
  series.unit = measurement.unit;
  series.newestAt = Math.max(series.newestAt, measurement.at);
}

function findOrBegin(state: CloudWatchState, measurement: Measurement): Series {
  const key = seriesKey(measurement);
  const known = state.series.get(key);
  if (known !== undefined) return known;
  if (state.series.size >= MOST_SERIES)
    throw new AwsError('LimitExceeded', `The lab holds ${MOST_SERIES} metrics already, which is its limit.`);
  const { namespace, name, dimensions, unit } = measurement;
  const begun: Series = {
    namespace,
    name,
    dimensions: sortDimensions(dimensions),
    unit,
    points: new Map(),
    newestAt: measurement.at,
  };
  state.series.set(key, begun);
  return begun;
}

/** Forgets what is older than CloudWatch keeps. */
export function forgetOld(state: CloudWatchState, now: number): void {
  for (const [key, { points }] of state.series) {
    for (const at of points.keys()) {
      if (at < now - KEPT_MS) points.delete(at);
    }
    if (points.size === 0) state.series.delete(key);
  }
}

/** The periods of `periodMs` in [fromMs, toMs) in which something was measured, oldest first, by their beginning. */
export function readPeriods(
  series: Series | undefined,
  { fromMs, toMs, periodMs }: { readonly fromMs: number; readonly toMs: number; readonly periodMs: number },
): ReadonlyMap<number, Datapoint> {
  const periods = new Map<number, Datapoint>();
  for (const [at, point] of series?.points ?? []) {
    if (at < fromMs || at >= toMs) continue;
    const periodAt = Math.floor(at / periodMs) * periodMs;
    periods.set(periodAt, merge(periods.get(periodAt), point));
  }
  return new Map([...periods].sort(([left], [right]) => left - right));
}

/** A period in milliseconds. Throws AwsError InvalidParameterValue for what CloudWatch does not take. */
export function readPeriodMs(seconds: number | undefined): number {
  const isAllowed =
    seconds !== undefined && ([1, 5, 10, 20, 30].includes(seconds) || (seconds > 0 && seconds % 60 === 0));
  if (!isAllowed)
    throw new AwsError(
      'InvalidParameterValue',
      `The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60, and not ${seconds ?? 'empty'}.`,
    );
  return seconds * SECOND_MS;
}
