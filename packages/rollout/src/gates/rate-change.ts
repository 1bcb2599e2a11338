// Rate change: do requests fail more often than before the release came? For answers that do not say which release gave them,
// and for the time when no old instance serves.
//
// H0: each request fails with at most the highest rate that the baseline leaves possible. For each assumed rate, and each tick at
// which the change may have begun, the likelihood ratio since then is an e-process. Their mean, in which the k-th tick as a
// beginning has the weight 1 / (k (k + 1)), is one too: it starts at 1 at most, for the weights sum to 1. So, as in rate-ratio.ts,
// the probability that it ever reaches 1 / alpha is at most alpha. Good hours before a failure do not hide it: only the weight of
// a late beginning is paid for.
//
//   1. A tick without requests changes nothing.
//   2. One more failure among as many requests never lowers the evidence.
import { logLikelihoodRatio } from './bernoulli.js';
import { meanLog } from './rate-ratio.js';

/** How much of the way from the usual rate to certain failure a bad release might be. */
const steps = [0.01, 0.05, 0.2, 0.5, 0.9] as const;

/** ln of the evidence for each of the steps, the number of ticks, and the highest ln of the mean so far. Plain data. */
export interface RateChange {
  readonly logs: readonly number[];
  readonly ticks: number;
  readonly peakLog: number;
}

/** Nothing seen yet; a log of undefined evidence is written as null in JSON, so the lowest is a number. */
const nothingLog = -1e9;

export const freshRateChange: RateChange = { logs: steps.map(() => nothingLog), ticks: 0, peakLog: 0 };

/** `usualRate` in (0, 1): the highest rate that the time before the release leaves possible. At 1 nothing can be told. */
export function foldRateChange(
  state: RateChange,
  counts: { readonly requests: number; readonly failures: number },
  usualRate: number,
): RateChange {
  if (counts.requests === 0 || usualRate >= 1) return state;
  const ticks = state.ticks + 1;
  const weightLog = -Math.log(ticks) - Math.log(ticks + 1);
  const logs = steps.map((step, index) => {
    const assumedRate = usualRate + step * (1 - usualRate);
    const ratio = logLikelihoodRatio(counts.failures, counts.requests, usualRate, assumedRate);
    return Math.max(nothingLog, addLogs(state.logs[index] ?? nothingLog, weightLog) + ratio);
  });
  return { logs, ticks, peakLog: Math.max(state.peakLog, meanLog(logs)) };
}

/** Whether the evidence has ever reached 1 / alpha. */
export function hasChanged({ peakLog }: RateChange, alpha: number): boolean {
  return peakLog >= -Math.log(alpha);
}

/** ln of the evidence now. */
export function logOfChange({ logs }: RateChange): number {
  return meanLog(logs);
}

/** Whether what was seen last speaks for a change at all. */
export function isSuspicious(change: RateChange): boolean {
  return logOfChange(change) > 0;
}

/** ln(exp(a) + exp(b)). */
function addLogs(a: number, b: number): number {
  const highest = Math.max(a, b);
  return highest + Math.log(Math.exp(a - highest) + Math.exp(b - highest));
}
