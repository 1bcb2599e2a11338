// Rate ratio: does the new release fail more often than the old one? A test that may be looked at after every tick.
//
// H0: in each tick the new release fails no more often than the old one. The common rate may drift from tick to tick, so an outage
// of something that both need cancels. Given the failures of a tick, those of the new release are hypergeometric under H0, and
// each exp(L_r) is a non-negative supermartingale that starts at 1; so is their mean E. By Ville's inequality the probability that
// E ever reaches 1 / alpha is at most alpha, however often it is looked at.
//
// Source: Lindon, Sanden, Shirikian, Rapid Regression Detection in Software Deployments through Sequential Testing (KDD 2022).
//
//   1. A tick in which only one release answered, or nothing failed, changes nothing.
//   2. At equal shares, a failure of the new release never lowers the evidence, and one of the old release never raises it.

/** Requests of one tick that new and old instances answered, and how many of them failed. */
export interface PairedCounts {
  readonly newRequests: number;
  readonly oldRequests: number;
  readonly newFailures: number;
  readonly oldFailures: number;
}

/** How many times as often the new release might fail. Each has the same weight. */
export const failureRatios = [1.5, 2, 4, 8, 16, 64] as const;

/** `L_r` for each of failureRatios, and the highest ln E so far. Plain data. */
export interface RateRatio {
  readonly logs: readonly number[];
  readonly peakLog: number;
}

export const freshRateRatio: RateRatio = { logs: failureRatios.map(() => 0), peakLog: 0 };

export function foldRateRatio(state: RateRatio, counts: PairedCounts): RateRatio {
  const { newFailures, oldFailures, newRequests, oldRequests } = counts;
  const failures = newFailures + oldFailures;
  if (newRequests === 0 || oldRequests === 0 || failures === 0) return state;
  const share = shareOfNew(counts);
  const logs = failureRatios.map(
    (ratio, index) =>
      (state.logs[index] ?? 0) + newFailures * Math.log(ratio) - failures * Math.log(share * ratio + 1 - share),
  );
  return { logs, peakLog: Math.max(state.peakLog, meanLog(logs)) };
}

/** ln E now. */
export function logEvidenceOf({ logs }: RateRatio): number {
  return meanLog(logs);
}

/** The running p-value: how likely evidence as strong as the strongest so far would be, were the new release no worse. */
export function pValueOf({ peakLog }: RateRatio): number {
  return Math.min(1, Math.exp(-peakLog));
}

/** Whether the evidence has ever reached 1 / alpha. */
export function isWorse({ peakLog }: RateRatio, alpha: number): boolean {
  return peakLog >= -Math.log(alpha);
}

export function shareOfNew({ newRequests, oldRequests }: PairedCounts): number {
  return newRequests / (newRequests + oldRequests);
}

/** ln of the mean of exp(each), without overflow. */
export function meanLog(logs: readonly number[]): number {
  const highest = Math.max(...logs);
  if (highest === Number.NEGATIVE_INFINITY) return highest;
  return highest + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - highest), 0) / logs.length);
}
