// Bernoulli: requests that fail or do not, each independently of the others.

/** ln of how much likelier `failures` of `requests` are at `badRate` than at `goodRate`. */
export function logLikelihoodRatio(failures: number, requests: number, goodRate: number, badRate: number): number {
  return failures * Math.log(badRate / goodRate) + (requests - failures) * Math.log((1 - badRate) / (1 - goodRate));
}

/**
 * The highest failure rate that `failures` of `requests` leave possible at level alpha (Chernoff's bound); 1 when nothing was seen.
 *
 * | failures | requests | alpha | bound   |
 * |----------|----------|-------|---------|
 * | 0        | 0        | 0.01  | 1       |
 * | 0        | 459      | 0.01  | 0.0100  |
 * | 3        | 300      | 0.01  | 0.0384  |
 */
export function highestRate(failures: number, requests: number, alpha: number): number {
  if (requests === 0 || failures >= requests) return 1;
  let low = failures / requests;
  let high = 1;
  for (let halvings = 0; halvings < 60; halvings += 1) {
    const middle = (low + high) / 2;
    if (requests * divergence(failures / requests, middle) >= Math.log(1 / alpha)) high = middle;
    else low = middle;
  }
  return high;
}

/** The Kullback-Leibler divergence of one failure rate from another, in nats. */
function divergence(seen: number, assumed: number): number {
  const failing = seen === 0 ? 0 : seen * Math.log(seen / assumed);
  const passing = seen === 1 ? 0 : (1 - seen) * Math.log((1 - seen) / (1 - assumed));
  return failing + passing;
}
