import { AwsError } from './aws-error.js';

/**
 * Refuses by name what AWS can do and the lab cannot, so that nobody mistakes silence for success, nor a gap of the lab for a fault of
 * their own. `what` completes the sentence "The lab does not emulate …": `CapacityRebalance of CreateAutoScalingGroup`.
 */
export class NotEmulatedError extends AwsError {
  constructor(readonly what: string) {
    super('UnsupportedOperation', `The lab does not emulate ${what}.`);
  }
}

export function notEmulated(what: string): NotEmulatedError {
  return new NotEmulatedError(what);
}

/** How often a client asked for something that the lab does not emulate. */
export interface NotEmulatedCount {
  readonly service: string;
  readonly operation: string;
  /** As in the refusal's sentence. */
  readonly what: string;
  readonly count: number;
}

const MOST_KEPT = 500;

/** What was refused because the lab cannot do it, for `lab status`. Bounded: what comes after 500 different ones is not counted. */
export class NotEmulatedLog {
  readonly #counts = new Map<string, NotEmulatedCount>();

  add(service: string, operation: string, what: string): void {
    const key = JSON.stringify([service, operation, what]);
    const known = this.#counts.get(key);
    if (known === undefined && this.#counts.size >= MOST_KEPT) return;
    this.#counts.set(key, { service, operation, what, count: (known?.count ?? 0) + 1 });
  }

  /** The most frequent first. */
  list(): readonly NotEmulatedCount[] {
    return [...this.#counts.values()].toSorted((a, b) => b.count - a.count);
  }
}
