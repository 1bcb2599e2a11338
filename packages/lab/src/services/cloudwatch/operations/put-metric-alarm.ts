import type { MetricAlarm, PutMetricAlarmCommandInput } from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { COMPARISON_NAMES } from '../alarm-evaluation.js';
import { keepAlarm, readTags, withState } from '../alarms.js';
import { statisticNamed } from '../datapoint.js';
import { evaluateMetricQueries } from '../metric-queries.js';
import { readPeriodMs } from '../series.js';

// CloudWatch API reference, PutMetricAlarm.
const LONGEST_EVALUATION_SECONDS = 7 * 86_400;
const DAY_SECONDS = 86_400;
const TREATMENTS = ['breaching', 'notBreaching', 'ignore', 'missing'];
const MOST_ACTIONS = 5;

/** Makes an alarm, or replaces the one of this name but for its state and its tags. */
export function putMetricAlarm(input: PutMetricAlarmCommandInput, context: OperationContext): object {
  refuse(input, context);
  const { Tags, ...settings } = input;
  const known = context.state.cloudWatch.alarms.get(input.AlarmName!);
  if (known?.kind === 'composite')
    throw new AwsError('ValidationError', `A composite alarm has the name ${input.AlarmName} already.`);
  const Dimensions = input.Dimensions ?? [];
  const alarm = withState<MetricAlarm>(context, { ...settings, Dimensions }, known?.alarm);
  keepAlarm(context, { kind: 'metric', alarm, tags: readTags(Tags) });
  return {};
}

function refuse(input: PutMetricAlarmCommandInput, context: OperationContext): void {
  const { ComparisonOperator, TreatMissingData, EvaluationPeriods = 0, DatapointsToAlarm } = input;
  if (input.ThresholdMetricId !== undefined || !COMPARISON_NAMES.includes(ComparisonOperator!))
    throw invalid(`The lab does not emulate alarms on anomaly detection (${ComparisonOperator}).`);
  if (TreatMissingData !== undefined && !TREATMENTS.includes(TreatMissingData))
    throw invalid(`TreatMissingData must be one of ${TREATMENTS.join(', ')}, and not ${TreatMissingData}.`);
  if (input.Threshold === undefined)
    throw new AwsError('MissingParameter', 'The request must contain the parameter Threshold.');
  if (DatapointsToAlarm !== undefined && DatapointsToAlarm > EvaluationPeriods)
    throw invalid('DatapointsToAlarm must be less than or equal to EvaluationPeriods.');
  const lists = [input.OKActions, input.AlarmActions, input.InsufficientDataActions];
  for (const actions of lists) {
    if ((actions?.length ?? 0) > MOST_ACTIONS) throw invalid(`An alarm has ${MOST_ACTIONS} actions of a kind at most.`);
    for (const action of actions ?? [])
      if (!/^arn:aws[a-z-]*:(autoscaling|sns|lambda|ssm|ssm-incidents|automate|swf|aiops):/.test(action))
        throw invalid(`Invalid arn syntax: ${action}`);
  }
  if ((input.Metrics?.length ?? 0) > 0) refuseQueries(input, context);
  else refuseMetric(input);
}

function refuseMetric(input: PutMetricAlarmCommandInput): void {
  const { MetricName, Namespace, Statistic, ExtendedStatistic, Period, EvaluationPeriods = 1 } = input;
  if (MetricName === undefined || Namespace === undefined)
    throw new AwsError('MissingParameter', 'The request must contain MetricName and Namespace, or Metrics.');
  if ((Statistic === undefined) === (ExtendedStatistic === undefined))
    throw new AwsError(
      'InvalidParameterCombination',
      'Exactly one of the parameters Statistic and ExtendedStatistic must be specified.',
    );
  statisticNamed(Statistic ?? ExtendedStatistic!);
  const seconds = readPeriodMs(Period) / 1_000;
  const longest = seconds >= 3_600 ? LONGEST_EVALUATION_SECONDS : DAY_SECONDS;
  if (seconds * EvaluationPeriods > longest)
    throw invalid(
      `Metrics cannot be checked across more than ${longest === DAY_SECONDS ? 'a day' : 'seven days'} (EvaluationPeriods * Period must be <= ${longest}).`,
    );
}

function refuseQueries({ Metrics = [], ...rest }: PutMetricAlarmCommandInput, { state, now }: OperationContext): void {
  if (rest.MetricName !== undefined || rest.Namespace !== undefined || rest.Statistic !== undefined)
    throw new AwsError(
      'InvalidParameterCombination',
      'Metrics cannot be combined with MetricName, Namespace and Statistic.',
    );
  const returned = Metrics.filter(({ ReturnData }) => ReturnData !== false);
  if (returned.length !== 1) throw invalid('Exactly one element of the metrics list should return data.');
  evaluateMetricQueries(state.cloudWatch, Metrics, { fromMs: now, toMs: now, periodMs: 60_000 }).read(returned[0]!.Id!);
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationError', message);
}
