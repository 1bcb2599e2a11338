import type {
  DescribeAlarmsForMetricCommandInput,
  DescribeAlarmsForMetricCommandOutput,
} from '@aws-sdk/client-cloudwatch';
import type { OperationContext } from '../../../control-plane/types.js';
import { seriesKey } from '../series.js';

export function describeAlarmsForMetric(
  input: DescribeAlarmsForMetricCommandInput,
  { state }: OperationContext,
): Omit<DescribeAlarmsForMetricCommandOutput, '$metadata'> {
  const wanted = seriesKey({
    namespace: input.Namespace!,
    name: input.MetricName!,
    dimensions: input.Dimensions ?? [],
  });
  const MetricAlarms = [...state.cloudWatch.alarms.values()]
    .flatMap((record) => (record.kind === 'metric' ? [record.alarm] : []))
    .filter(({ Namespace: namespace = '', MetricName: name = '', Dimensions: dimensions = [] }) => {
      return seriesKey({ namespace, name, dimensions }) === wanted;
    })
    .filter(({ Statistic }) => input.Statistic === undefined || Statistic === input.Statistic)
    .filter(
      ({ ExtendedStatistic }) => input.ExtendedStatistic === undefined || ExtendedStatistic === input.ExtendedStatistic,
    )
    .filter(({ Period }) => input.Period === undefined || Period === input.Period)
    .filter(({ Unit }) => input.Unit === undefined || Unit === input.Unit);
  return { MetricAlarms };
}
