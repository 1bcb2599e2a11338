import type {
  Datapoint as DatapointOutput,
  GetMetricStatisticsCommandInput,
  GetMetricStatisticsCommandOutput,
} from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { statisticNamed } from '../datapoint.js';
import { readPeriodMs, readPeriods, seriesKey } from '../series.js';

/** CloudWatch API reference, GetMetricStatistics. */
const MOST_DATAPOINTS = 1_440;

/** In no order on AWS; here oldest first. */
export function getMetricStatistics(
  input: GetMetricStatisticsCommandInput,
  { state }: OperationContext,
): Omit<GetMetricStatisticsCommandOutput, '$metadata'> {
  const { Namespace: namespace = '', MetricName: name = '', Dimensions: dimensions = [], Unit } = input;
  const { Statistics = [], ExtendedStatistics = [] } = input;
  if (Statistics.length + ExtendedStatistics.length === 0)
    throw new AwsError(
      'MissingParameter',
      'At least one of the parameters Statistics and ExtendedStatistics must be specified.',
    );
  const periodMs = readPeriodMs(input.Period);
  const [startMs, toMs] = [input.StartTime!.getTime(), input.EndTime!.getTime()];
  if (startMs >= toMs)
    throw new AwsError('InvalidParameterValue', 'The parameter StartTime must be less than the parameter EndTime.');
  const fromMs = Math.floor(startMs / periodMs) * periodMs;
  const count = Math.ceil((toMs - fromMs) / periodMs);
  if (count > MOST_DATAPOINTS)
    throw new AwsError(
      'InvalidParameterCombination',
      `You have requested up to ${count} datapoints, which exceeds the limit of ${MOST_DATAPOINTS}. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
    );
  const simple = Statistics.map((each) => [each, statisticNamed(each)] as const);
  const extended = ExtendedStatistics.map((each) => [each, statisticNamed(each)] as const);
  const series = state.cloudWatch.series.get(seriesKey({ namespace, name, dimensions }));
  const isOfUnit = Unit === undefined || series?.unit === Unit;
  const Datapoints: DatapointOutput[] = [];
  for (const [at, point] of isOfUnit ? readPeriods(series, { fromMs, toMs, periodMs }) : []) {
    const percentiles = extended.map(([each, statistic]) => [each, statistic(point)] as const);
    Datapoints.push({
      Timestamp: new Date(at),
      ...Object.fromEntries(simple.map(([each, statistic]) => [each, statistic(point)])),
      Unit: series!.unit,
      ...(extended.length === 0
        ? {}
        : {
            ExtendedStatistics: Object.fromEntries(percentiles.filter(([, value]) => value !== undefined)) as Record<
              string,
              number
            >,
          }),
    });
  }
  return { Label: name, Datapoints };
}
