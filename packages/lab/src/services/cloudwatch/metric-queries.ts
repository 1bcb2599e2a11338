// metric queries: what GetMetricData and an alarm's `Metrics` ask for, a statistic of a metric or an expression over others.
import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../control-plane/aws-error.js';
import { type Datapoint, statisticNamed } from './datapoint.js';
import { evaluateMath, type TimeSeries } from './metric-math.js';
import { readPeriodMs, readPeriods, seriesKey } from './series.js';
import type { CloudWatchState } from './state.js';

interface QueryRange {
  readonly fromMs: number;
  readonly toMs: number;
  /** Of an expression; a metric has its own. */
  readonly periodMs: number;
}

interface MetricQueryResults {
  /** Undefined for an id that no query has. */
  read(id: string): TimeSeries | undefined;
}

const MOST_PERIODS = 100_800;

/** Throws AwsError ValidationError for queries that are malformed, name each other in a circle, or are not emulated. */
export function evaluateMetricQueries(
  state: CloudWatchState,
  queries: readonly MetricDataQuery[],
  range: QueryRange,
): MetricQueryResults {
  const byId = new Map<string, MetricDataQuery>();
  for (const query of queries) {
    if (byId.has(query.Id!)) throw invalid(`The values for parameter id in MetricDataQueries are not unique.`);
    if ((query.MetricStat === undefined) === (query.Expression === undefined))
      throw invalid(`The query ${query.Id} must have either MetricStat or Expression.`);
    byId.set(query.Id!, query);
  }
  const results = new Map<string, TimeSeries>();
  const open = new Set<string>();

  const read = (id: string): TimeSeries | undefined => {
    const known = results.get(id);
    const query = byId.get(id);
    if (known !== undefined || query === undefined) return known;
    if (open.has(id)) throw invalid(`The query ${id} refers to itself.`);
    open.add(id);
    const values =
      query.MetricStat === undefined
        ? evaluateMath(query.Expression!, { read, periods: periodsOf(range, query.Period) })
        : readStatistic(state, query, range);
    open.delete(id);
    results.set(id, values);
    return values;
  };
  return { read };
}

function readStatistic(
  state: CloudWatchState,
  { MetricStat }: MetricDataQuery,
  { fromMs, toMs }: QueryRange,
): TimeSeries {
  const { Metric = {}, Period, Stat = '', Unit } = MetricStat!;
  const statistic = statisticNamed(Stat);
  const { Namespace: namespace = '', MetricName: name = '', Dimensions: dimensions = [] } = Metric;
  const series = state.series.get(seriesKey({ namespace, name, dimensions }));
  if (Unit !== undefined && series !== undefined && series.unit !== Unit) return new Map();
  const periodMs = readPeriodMs(Period);
  const fromPeriod = Math.floor(fromMs / periodMs) * periodMs;
  return valuesOf(readPeriods(series, { fromMs: fromPeriod, toMs, periodMs }), statistic);
}

export function valuesOf(
  periods: ReadonlyMap<number, Datapoint>,
  statistic: (point: Datapoint) => number | undefined,
): TimeSeries {
  const values = new Map<number, number>();
  for (const [at, point] of periods) {
    const value = statistic(point);
    if (value !== undefined) values.set(at, value);
  }
  return values;
}

function periodsOf({ fromMs, toMs, periodMs }: QueryRange, seconds: number | undefined): readonly number[] {
  const stepMs = seconds === undefined ? periodMs : readPeriodMs(seconds);
  const first = Math.floor(fromMs / stepMs) * stepMs;
  const count = Math.max(0, Math.ceil((toMs - first) / stepMs));
  if (count > MOST_PERIODS) throw invalid(`The request has ${count} periods; ${MOST_PERIODS} are the most.`);
  return Array.from({ length: count }, (_, index) => first + index * stepMs);
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationError', message);
}
