// timeline: the sightings of all witnesses in one order.
//
//   T1. Nothing is lost: each sighting is exactly one entry. A sighting that a witness repeats word for word is one sighting.
//   T2. Clocks are reconciled: an entry's `at` is what the witness said minus how far its clock is ahead.
//   T3. The order is by `at`. Of one instant, the witnesses come in the order given, and each keeps its own order.
//   T4. The order in which the statements are given changes nothing but the order of entries of one instant.
import type { Sighting, TimelineEntry } from './entry.js';

/** What one witness saw, by its own clock. */
export interface Statement {
  /** How far the witness's clock is ahead of the reference clock. Negative: behind. Unknown is 0. */
  readonly clockOffsetMs?: number;
  readonly sightings: readonly Timed[];
}

/** A sighting and the epoch milliseconds at which the witness says it was. */
export interface Timed {
  readonly at: number;
  readonly sighting: Sighting;
}

/** The part of time that is asked about, in epoch milliseconds of the reference clock. Both ends belong to it. */
export interface Span {
  readonly since: number;
  readonly until: number;
}

/** All that was seen within the span, in order (T1 to T4). */
export function mergeStatements(statements: readonly Statement[], span?: Span): readonly TimelineEntry[] {
  return statements
    .flatMap(reconcile)
    .filter(({ at }) => span === undefined || (at >= span.since && at <= span.until))
    .sort((left, right) => left.at - right.at);
}

function reconcile({ clockOffsetMs = 0, sightings }: Statement): readonly TimelineEntry[] {
  const seen = new Set<string>();
  return sightings.flatMap(({ at, sighting }) => {
    if (!Number.isFinite(at)) return [];
    const identity = JSON.stringify([at, sighting]);
    if (seen.has(identity)) return [];
    seen.add(identity);
    return [{ ...sighting, at: at - clockOffsetMs, statedAt: at }];
  });
}
