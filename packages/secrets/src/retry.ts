// Retries with full jitter: the n-th wait is uniform in [0, min(cap, base * 2^n)), so that a fleet that starts together does not
// come back together (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
import { classify, type Failure, isWorthAnotherTry } from './failure.js';
import type { Ports } from './ports.js';

export interface RetryOptions {
  /** Calls at most, the first included, for what fails quickly: throttling, server faults, resets. */
  readonly maxAttempts: number;
  /** Calls at most for what fails by waiting: each costs a whole time limit. */
  readonly maxSlowAttempts: number;
  readonly baseMs: number;
  readonly capMs: number;
}

/** What a call that failed for good throws: the failure as data, without the SDK's error. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed';
  constructor(
    readonly failure: Failure,
    readonly attempts: number,
  ) {
    super(failure.kind);
  }
}

/**
 * Makes a call until it succeeds, fails for good, or the signal aborts.
 *
 * @param onFailure told of every failed attempt, the last included.
 * @throws CallFailed; or the signal's reason.
 */
export async function callWithRetries<T>(
  call: (signal: AbortSignal) => Promise<T>,
  options: RetryOptions,
  ports: Pick<Ports, 'sleep' | 'random'>,
  signal: AbortSignal,
  onFailure: (failure: Failure, attempts: number) => void = () => {},
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    try {
      return await call(signal);
    } catch (error) {
      signal.throwIfAborted();
      const failure = classify(error);
      onFailure(failure, attempt);
      const limit = isSlow(failure) ? options.maxSlowAttempts : options.maxAttempts;
      if (!isWorthAnotherTry(failure) || attempt >= limit) throw new CallFailed(failure, attempt);
      await ports.sleep(ports.random() * Math.min(options.capMs, options.baseMs * 2 ** (attempt - 1)), signal);
    }
  }
}

function isSlow(failure: Failure): boolean {
  // A name that is not there is looked up by a resolver with time limits of its own.
  return (
    failure.kind === 'silent' || failure.kind === 'name' || (failure.kind === 'connect' && failure.how !== 'reset')
  );
}
