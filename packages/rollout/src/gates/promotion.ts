// Promotion: evidence that the new release is good enough. That nothing speaks against it is none.
import { type PairedCounts, shareOfNew } from './rate-ratio.js';

/** "Fails less than this many times as often as the old release" is what a promotion accepts. */
export const promotionMargin = 2;

/** The evidence `A` for a rate ratio below the margin, with one more tick in it. Starts at 0. */
export function foldPromotion(log: number, counts: PairedCounts, margin = promotionMargin): number {
  const { newFailures, oldFailures, newRequests, oldRequests } = counts;
  if (newRequests === 0 || oldRequests === 0) return log;
  const share = shareOfNew(counts);
  const failures = newFailures + oldFailures;
  return log + failures * Math.log(share * margin + 1 - share) - newFailures * Math.log(margin);
}

/** Whether the new release fails less than the margin times as often, wrongly so with a probability of at most beta. */
export function isPromoted(log: number, beta: number): boolean {
  return log >= -Math.log(beta);
}

/**
 * How many requests without a single failure exclude a failure rate of `limit` or more, at level alpha.
 *
 * | limit | alpha | requests |
 * |-------|-------|----------|
 * | 5 %   | 0.05  | 59       |
 * | 1 %   | 0.01  | 459      |
 */
export function requestsToExclude(limit: number, alpha: number): number {
  return Math.ceil(Math.log(1 / alpha) / -Math.log(1 - limit));
}
