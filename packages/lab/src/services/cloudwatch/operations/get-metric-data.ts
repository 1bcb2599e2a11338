import type {
  GetMetricDataCommandInput,
  GetMetricDataCommandOutput,
  MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { takePage } from '../../page.js';
import { evaluateMetricQueries } from '../metric-queries.js';

// CloudWatch API reference, GetMetricData.
const MOST_QUERIES = 500;
const MOST_DATAPOINTS = 100_800;
const MINUTE_MS = 60_000;

export function getMetricData(
  input: GetMetricDataCommandInput,
  { state }: OperationContext,
): Omit<GetMetricDataCommandOutput, '$metadata'> {
  const queries = input.MetricDataQueries!;
  if (queries.length > MOST_QUERIES)
    throw new AwsError(
      'ValidationError',
      `The collection MetricDataQueries must not have a size greater than ${MOST_QUERIES}.`,
    );
  const [fromMs, toMs] = [input.StartTime!.getTime(), input.EndTime!.getTime()];
  if (fromMs >= toMs)
    throw new AwsError('ValidationError', 'The parameter StartTime must be less than the parameter EndTime.');
  const periods = queries.map(({ MetricStat, Period }) => (MetricStat?.Period ?? Period ?? 60) * 1_000);
  const results = evaluateMetricQueries(state.cloudWatch, queries, {
    fromMs,
    toMs,
    periodMs: Math.max(MINUTE_MS, ...periods),
  });
  const isAscending = input.ScanBy === 'TimestampAscending';
  const points = queries
    .filter(({ ReturnData }) => ReturnData !== false)
    .flatMap((query) => {
      // The period that StartTime falls into is part of the answer, whole: readPeriods begins there.
      const values = [...results.read(query.Id!)!].filter(([at]) => at < toMs);
      const inOrder = isAscending ? values : values.reverse();
      // A query without data is told of, too.
      const rows: readonly (readonly [number?, number?])[] = inOrder.length === 0 ? [[]] : inOrder;
      return rows.map(([at, value]) => ({ query, at, value }));
    });
  const size = Math.min(input.MaxDatapoints ?? MOST_DATAPOINTS, MOST_DATAPOINTS);
  const { items, next } = takePage(points, input.NextToken, size, 'InvalidNextToken');
  const byQuery = new Map<MetricDataQuery, { Timestamps: Date[]; Values: number[] }>();
  for (const point of items) {
    const lists = byQuery.get(point.query) ?? { Timestamps: [], Values: [] };
    byQuery.set(point.query, lists);
    if (point.at === undefined || point.value === undefined) continue;
    lists.Timestamps.push(new Date(point.at));
    lists.Values.push(point.value);
  }
  const MetricDataResults = [...byQuery].map(([query, lists]) => ({
    Id: query.Id,
    Label: labelOf(query),
    ...lists,
    StatusCode: next === undefined ? ('Complete' as const) : ('PartialData' as const),
  }));
  return { MetricDataResults, Messages: [], NextToken: next };
}

function labelOf({ Id, Label, MetricStat }: MetricDataQuery): string {
  return Label ?? MetricStat?.Metric?.MetricName ?? Id!;
}
