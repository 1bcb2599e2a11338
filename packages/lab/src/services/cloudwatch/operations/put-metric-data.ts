import type { MetricDatum, PutMetricDataCommandInput } from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { type Datapoint, measured, merge } from '../datapoint.js';
import { type Measurement, record } from '../series.js';

// CloudWatch API reference, PutMetricData and MetricDatum.
const MOST_DATA = 1_000;
const MOST_VALUES = 150;
const MOST_DIMENSIONS = 30;
const MOST_PAST_MS = 14 * 86_400_000;
const MOST_FUTURE_MS = 2 * 3_600_000;
const LARGEST = 2 ** 360;

/** All of the data, or none. */
export function putMetricData(input: PutMetricDataCommandInput, { state, now }: OperationContext): object {
  const { Namespace: namespace = '', MetricData: data = [] } = input;
  if (namespace.startsWith('AWS/'))
    throw invalidValue('The value AWS/ for parameter Namespace is invalid: it is reserved for AWS services.');
  if (data.length > MOST_DATA)
    throw invalidValue(`The collection MetricData must not have a size greater than ${MOST_DATA}.`);
  const measurements = data.map((datum, index) =>
    readDatum(datum, { namespace, now, place: `MetricData.member.${index + 1}` }),
  );
  for (const measurement of measurements) record(state.cloudWatch, measurement);
  return {};
}

function readDatum(
  datum: MetricDatum,
  { namespace, now, place }: { readonly namespace: string; readonly now: number; readonly place: string },
): Measurement {
  const { MetricName: name = '', Dimensions: dimensions = [], Unit: unit = 'None', StorageResolution = 60 } = datum;
  const at = datum.Timestamp?.getTime() ?? now;
  if (at < now - MOST_PAST_MS || at > now + MOST_FUTURE_MS)
    throw invalidValue(
      `The parameter ${place}.Timestamp must specify a time within the past two weeks and the next two hours.`,
    );
  if (dimensions.length > MOST_DIMENSIONS)
    throw invalidValue(`The collection ${place}.Dimensions must not have a size greater than ${MOST_DIMENSIONS}.`);
  if (![1, 60].includes(StorageResolution))
    throw invalidValue(
      `The value ${StorageResolution} for parameter ${place}.StorageResolution is not supported: 1 or 60.`,
    );
  const point = readPoint(datum, place);
  return { namespace, name, dimensions, unit, at, resolutionMs: StorageResolution * 1_000, point };
}

function readPoint({ Value, Values, Counts, StatisticValues }: MetricDatum, place: string): Datapoint {
  const given = [Value, Values, StatisticValues].filter((one) => one !== undefined);
  if (given.length === 0)
    throw new AwsError(
      'MissingParameter',
      `At least one of the parameters ${place}.Value, ${place}.Values or ${place}.StatisticValues must be specified.`,
    );
  if (given.length > 1)
    throw new AwsError(
      'InvalidParameterCombination',
      `The parameters ${place}.Value, ${place}.Values and ${place}.StatisticValues are mutually exclusive and you have specified more than one.`,
    );
  if (Value !== undefined) return measured(readValue(Value, `${place}.Value`));
  if (Values !== undefined) return readValues(Values, Counts, place);
  const { SampleCount: count = 0, Sum: sum = 0, Minimum: minimum = 0, Maximum: maximum = 0 } = StatisticValues!;
  if (count <= 0) throw invalidValue(`The parameter ${place}.StatisticValues.SampleCount must be greater than 0.`);
  if (minimum > maximum)
    throw invalidValue(`The parameter ${place}.StatisticValues.Maximum must be greater than Minimum.`);
  return { count, sum, minimum, maximum, counts: undefined };
}

function readValues(values: readonly number[], counts: readonly number[] | undefined, place: string): Datapoint {
  if (values.length === 0 || values.length > MOST_VALUES)
    throw invalidValue(`The collection ${place}.Values must have a size of 1 to ${MOST_VALUES}.`);
  if (counts !== undefined && counts.length !== values.length)
    throw invalidValue(`The parameters ${place}.Values and ${place}.Counts must be of the same size.`);
  let point: Datapoint | undefined;
  for (const [index, value] of values.entries()) {
    const times = counts?.[index] ?? 1;
    if (!(times > 0)) throw invalidValue(`The parameter ${place}.Counts must hold numbers greater than 0.`);
    point = merge(point, measured(readValue(value, `${place}.Values`), times));
  }
  return point!;
}

function readValue(value: number, place: string): number {
  if (Number.isFinite(value) && Math.abs(value) <= LARGEST) return value;
  throw invalidValue(`The value ${value} for parameter ${place} is invalid.`);
}

function invalidValue(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message);
}
