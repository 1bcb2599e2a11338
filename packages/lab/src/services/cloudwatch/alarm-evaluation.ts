// alarm evaluation: from the datapoints of a metric to the state of an alarm. Pure.
//
//   A1. M of the last N periods that breach make ALARM; so many that cannot come to M any more make OK.
//   A2. A period without data counts as TreatMissingData says: `missing` (the default) leaves it out, and INSUFFICIENT_DATA follows when
//       none of the N has data; `notBreaching` and `breaching` stand for a value; `ignore` keeps the state.
//   A3. Older periods stand in for missing ones, as far as CloudWatch looks back: the N periods and three more.
//
// Source: CloudWatch user guide, "Evaluating an alarm" and "Configuring how CloudWatch alarms treat missing data".
import type { MetricAlarm, StateValue } from '@aws-sdk/client-cloudwatch';

/** How many periods before the N CloudWatch looks at for data. */
export const LOOK_BACK_PERIODS = 3;

interface AlarmJudgement {
  readonly state: StateValue;
  readonly reason: string;
  /** Of the N periods, newest first, those with data. */
  readonly recent: readonly number[];
}

type Threshold = Pick<
  MetricAlarm,
  'ComparisonOperator' | 'Threshold' | 'EvaluationPeriods' | 'DatapointsToAlarm' | 'TreatMissingData'
>;

/**
 * `values` are those of the last N + LOOK_BACK_PERIODS periods, newest first, undefined where nothing was measured. Undefined when the
 * state stays as it is.
 */
export function judgeAlarm(alarm: Threshold, values: readonly (number | undefined)[]): AlarmJudgement | undefined {
  const periods = alarm.EvaluationPeriods ?? 1;
  const needed = alarm.DatapointsToAlarm ?? periods;
  const treatment = alarm.TreatMissingData ?? 'missing';
  const present = values.filter((value) => value !== undefined);
  const recent = values.slice(0, periods).filter((value) => value !== undefined);
  const considered = present.slice(0, periods);
  const missing = periods - considered.length;
  if (present.length === 0 || considered.length === 0) {
    if (treatment === 'ignore') return undefined;
    const noData = `no datapoints were received for ${periods} period${periods === 1 ? '' : 's'}`;
    if (treatment === 'missing') return { state: 'INSUFFICIENT_DATA', reason: `Insufficient Data: ${noData}.`, recent };
    const state = treatment === 'breaching' ? 'ALARM' : 'OK';
    return {
      state,
      reason: `Threshold Crossed: ${noData} and ${periods} missing datapoints were treated as [${treatment === 'breaching' ? 'Breaching' : 'NonBreaching'}].`,
      recent,
    };
  }
  const breaching = considered.filter((value) => isBreaching(alarm, value)).length;
  const standing = treatment === 'breaching' ? missing : 0;
  const isAlarm = breaching + standing >= needed;
  if (!isAlarm && treatment === 'ignore' && missing > 0) return undefined;
  return { state: isAlarm ? 'ALARM' : 'OK', reason: describe(alarm, considered, isAlarm, { needed, periods }), recent };
}

function describe(
  alarm: Threshold,
  considered: readonly number[],
  isAlarm: boolean,
  { needed, periods }: { readonly needed: number; readonly periods: number },
): string {
  const shown = considered.filter((value) => isBreaching(alarm, value) === isAlarm).slice(0, needed);
  const list = `[${shown.map(format).join(', ')}]`;
  const count = `${shown.length} out of the last ${periods} datapoint${periods === 1 ? '' : 's'} ${list} ${shown.length === 1 ? 'was' : 'were'}`;
  const comparison = `${isAlarm ? '' : 'not '}${WORDS[alarm.ComparisonOperator as keyof typeof WORDS] ?? 'compared with'}`;
  const minimum = `(minimum ${needed} datapoint${needed === 1 ? '' : 's'} for ${isAlarm ? 'OK -> ALARM' : 'ALARM -> OK'} transition)`;
  return `Threshold Crossed: ${count} ${comparison} the threshold (${format(alarm.Threshold ?? 0)}) ${minimum}.`;
}

const WORDS = {
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  GreaterThanThreshold: 'greater than',
  LessThanThreshold: 'less than',
  LessThanOrEqualToThreshold: 'less than or equal to',
} as const;

function format(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

function isBreaching({ ComparisonOperator, Threshold = 0 }: Threshold, value: number): boolean {
  switch (ComparisonOperator) {
    case 'GreaterThanOrEqualToThreshold':
      return value >= Threshold;
    case 'GreaterThanThreshold':
      return value > Threshold;
    case 'LessThanThreshold':
      return value < Threshold;
    case 'LessThanOrEqualToThreshold':
      return value <= Threshold;
    default:
      return false;
  }
}

/** The comparisons with a fixed threshold; those with an anomaly detection band are not emulated. */
export const COMPARISON_NAMES = Object.keys(WORDS);
