// datapoint: what is known of the measurements of one period, and the statistics of it.
//
// Source: CloudWatch user guide, "Metrics concepts" (statistics, percentiles) and "CloudWatch statistics definitions".
import { AwsError } from '../../control-plane/aws-error.js';

export interface Datapoint {
  readonly count: number;
  readonly sum: number;
  readonly minimum: number;
  readonly maximum: number;
  /** How often each value was measured; undefined where a statistic set was published, of which no percentile can be told. */
  readonly counts: ReadonlyMap<number, number> | undefined;
}

/** A value that was measured `times` times. */
export function measured(value: number, times = 1): Datapoint {
  return { count: times, sum: value * times, minimum: value, maximum: value, counts: new Map([[value, times]]) };
}

/** Both together. */
export function merge(left: Datapoint | undefined, right: Datapoint): Datapoint {
  if (left === undefined) return right;
  return {
    count: left.count + right.count,
    sum: left.sum + right.sum,
    minimum: Math.min(left.minimum, right.minimum),
    maximum: Math.max(left.maximum, right.maximum),
    counts: mergeCounts(left.counts, right.counts),
  };
}

function mergeCounts(left: Datapoint['counts'], right: Datapoint['counts']): Datapoint['counts'] {
  if (left === undefined || right === undefined) return undefined;
  const counts = new Map(left);
  for (const [value, times] of right) counts.set(value, (counts.get(value) ?? 0) + times);
  return counts;
}

/** Reads one number from a datapoint; undefined where it cannot be told. */
export type Statistic = (point: Datapoint) => number | undefined;

const SIMPLE: Readonly<Record<string, Statistic>> = {
  SampleCount: ({ count }) => count,
  Sum: ({ sum }) => sum,
  Average: ({ sum, count }) => (count === 0 ? undefined : sum / count),
  Minimum: ({ minimum }) => minimum,
  Maximum: ({ maximum }) => maximum,
};

/**
 * The statistic of this name: one of the five simple ones, a percentile (`p99`, `p99.9`), or a percentile rank: the percentage of the
 * values above the first number and at most the second (`PR(:0.5)`, `PR(0.1:0.5)`, `PR(0.1:)`).
 *
 * @throws AwsError InvalidParameterValue for a name that AWS does not know, or that the lab does not emulate (`tm90`, `TS(…)`).
 */
export function statisticNamed(name: string): Statistic {
  const simple = SIMPLE[name];
  if (simple !== undefined) return simple;
  const percent = /^p(\d{1,2}(?:\.\d{1,10})?|100)$/.exec(name)?.[1];
  if (percent !== undefined) return (point) => percentile(point, Number(percent));
  const rank = /^PR\((\d*\.?\d*):(\d*\.?\d*)\)$/.exec(name);
  if (rank !== null && rank[1] !== rank[2]) return rankBetween(rank[1], rank[2]);
  if (/^(tm|wm|tc|ts|IQM|PR|TM|WM|TC|TS)/.test(name))
    throw new AwsError('InvalidParameterValue', `The lab does not emulate the statistic ${name}.`);
  throw new AwsError('InvalidParameterValue', `The value ${name} for parameter Stat is not supported.`);
}

/** A bound that is not there bounds nothing. */
function rankBetween(low = '', high = ''): Statistic {
  const above = low === '' ? Number.NEGATIVE_INFINITY : Number(low);
  const most = high === '' ? Number.POSITIVE_INFINITY : Number(high);
  return ({ counts, count }) => {
    if (counts === undefined || count === 0) return undefined;
    const within = [...counts].filter(([value]) => value > above && value <= most);
    return (100 * within.reduce((sum, [, times]) => sum + times, 0)) / count;
  };
}

function percentile({ counts, count, minimum, maximum }: Datapoint, percent: number): number | undefined {
  // A statistic set tells it only when all its values are the same one. CloudWatch user guide, "Percentiles".
  if (counts === undefined) return count === 1 || minimum === maximum ? minimum : undefined;
  const rank = Math.max(1, Math.ceil((percent / 100) * count));
  let seen = 0;
  for (const value of [...counts.keys()].sort((left, right) => left - right)) {
    seen += counts.get(value)!;
    if (seen >= rank) return value;
  }
  return maximum;
}
