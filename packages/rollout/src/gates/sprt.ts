// SPRT: Wald's test of one failure rate against another, for a release that no old instance can be compared with.
import { logLikelihoodRatio } from './bernoulli.js';

interface SprtTerms {
  /** The failure rate of a good release. */
  readonly goodRate: number;
  /** The failure rate of a bad one. */
  readonly badRate: number;
  /** The probability that a good release is called bad. */
  readonly alpha: number;
  /** The probability that a bad release is called good. */
  readonly beta: number;
}

export function judgeSprt(failures: number, requests: number, terms: SprtTerms): 'good' | 'bad' | 'open' {
  const ratio = logLikelihoodRatio(failures, requests, terms.goodRate, terms.badRate);
  const { bad, good } = sprtBounds(terms);
  if (ratio >= bad) return 'bad';
  return ratio <= good ? 'good' : 'open';
}

export function sprtBounds({ alpha, beta }: Pick<SprtTerms, 'alpha' | 'beta'>) {
  return { bad: Math.log((1 - beta) / alpha), good: Math.log(beta / (1 - alpha)) };
}
