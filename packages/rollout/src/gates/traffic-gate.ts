// Traffic gate: judges a release by what CloudWatch counts of the target group that the canary is in, beside the one that serves.
//
// Both are counted by the same load balancer in the same minutes, so what hits both cancels (rate-ratio.ts). A failure is a server error
// of a target, or a connection to one that failed.
//
//   G1. A release that fails no more often than the one beside it is failed with a probability of at most 0.01.
//   G2. no-data never passes: a pass needs requests of users, or of those who ask as users do.
//   G5. A minute in which the share of the canary changed compares nothing: each got its requests in another part of it.
//   G6. A minute is counted once.
import { trafficMinuteMs } from '../canary-plan.js';
import type { TrafficObservation } from '../observation.js';
import { highestRate } from './bernoulli.js';
import { foldPromotion, isPromoted } from './promotion.js';
import { foldRateRatio, freshRateRatio, isWorse, logEvidenceOf, pValueOf, type RateRatio } from './rate-ratio.js';
import { isGoodRate, isMostlyFailing, passBeta, slowMsFrom, type Tally } from './request-gate.js';
import type { Verdict } from './verdict.js';

/** The probability that a good release is failed: 0.01, both tests together. */
const testAlphas = { failures: 0.008, slowness: 0.002 } as const;

export interface TrafficGate {
  readonly canary: Tally;
  readonly stable: Tally;
  readonly failing: RateRatio;
  readonly slow: RateRatio;
  readonly promotionLog: number;
  /** The minute that was counted last. */
  readonly minuteAt?: number;
  /** Fixed once, by the release before, so that the release cannot move what it is measured by. */
  readonly slowMs?: number;
}

const nothing: Tally = { requests: 0, failures: 0, slow: 0 };

export const freshTrafficGate: TrafficGate = {
  canary: nothing,
  stable: nothing,
  failing: freshRateRatio,
  slow: freshRateRatio,
  promotionLog: 0,
};

/** `changedAts`: when a share of the canary came into force, each time; nothing before the first counts. */
export function foldTraffic(
  gate: TrafficGate,
  { minutes, stableP95Ms }: TrafficObservation,
  changedAts: readonly number[],
): TrafficGate {
  const [first = Number.POSITIVE_INFINITY] = changedAts;
  const known = gate.slowMs ?? (stableP95Ms === undefined ? undefined : slowMsFrom(stableP95Ms));
  const fresh = minutes.filter(
    ({ at }) =>
      at >= first &&
      at > (gate.minuteAt ?? Number.NEGATIVE_INFINITY) &&
      !changedAts.some((changedAt) => changedAt > at && changedAt < at + trafficMinuteMs),
  );
  const folded = [...fresh].sort((a, b) => a.at - b.at).reduce(foldMinute, gate);
  return known === folded.slowMs ? folded : { ...folded, slowMs: known };
}

function foldMinute(gate: TrafficGate, { at, canary, stable }: TrafficObservation['minutes'][number]): TrafficGate {
  const pair = {
    newRequests: canary.requests,
    oldRequests: stable.requests,
    newFailures: Math.min(canary.failures, canary.requests),
    oldFailures: Math.min(stable.failures, stable.requests),
  };
  const isTimed = canary.slow !== undefined && stable.slow !== undefined;
  const slow = { ...pair, newFailures: canary.slow ?? 0, oldFailures: stable.slow ?? 0 };
  return {
    ...gate,
    minuteAt: at,
    canary: add(gate.canary, pair.newRequests, pair.newFailures, canary.slow),
    stable: add(gate.stable, pair.oldRequests, pair.oldFailures, stable.slow),
    failing: foldRateRatio(gate.failing, pair),
    slow: isTimed ? foldRateRatio(gate.slow, slow) : gate.slow,
    promotionLog: foldPromotion(gate.promotionLog, pair),
  };
}

function add(tally: Tally, requests: number, failures: number, slow = 0): Tally {
  return {
    requests: tally.requests + requests,
    failures: tally.failures + failures,
    slow: tally.slow + slow,
  };
}

/** The numbers behind a verdict, to show. */
export interface TrafficNumbers {
  readonly canary: Tally;
  readonly stable: Tally;
  readonly slowMs?: number;
  /** How likely evidence as strong as this would be, were the release no worse. */
  readonly pValue: number;
}

export type TrafficJudgement = { readonly verdict: Verdict; readonly numbers: TrafficNumbers } & (
  | { readonly verdict: 'fail'; readonly by: 'failures' | 'slowness' }
  | { readonly verdict: 'pass' }
  /** `isDoubtful`: something speaks against the release, and not enough to fail it. */
  | { readonly verdict: 'no-data'; readonly isDoubtful: boolean }
  | { readonly verdict: 'already-broken' }
);

export function judgeTraffic(gate: TrafficGate): TrafficJudgement {
  const { canary, stable, failing, slow, slowMs, promotionLog } = gate;
  const numbers = { canary, stable, slowMs, pValue: Math.min(pValueOf(failing), pValueOf(slow)) };
  if (isWorse(failing, testAlphas.failures)) return { verdict: 'fail', by: 'failures', numbers };
  if (isWorse(slow, testAlphas.slowness)) return { verdict: 'fail', by: 'slowness', numbers };
  if (isMostlyFailing(stable)) return { verdict: 'already-broken', numbers };
  const isDoubtful = [failing, slow].some((test) => logEvidenceOf(test) > 1);
  // Without the release before beside it nothing is known of what is usual.
  const usual = stable.requests === 0 ? 0 : highestRate(stable.failures, stable.requests, passBeta);
  const isGood = isPromoted(promotionLog, passBeta) || isGoodRate(canary.failures, canary.requests, usual);
  if (!isDoubtful && isGood && stable.requests > 0) return { verdict: 'pass', numbers };
  return { verdict: 'no-data', isDoubtful, numbers };
}
