// verdict: what all places together say of one check. Pure.
//
//   W4. `down` only when `agree` places that are heard, and are not cut off, say so at the same time. So a place that is partitioned
//       cannot raise an alarm by itself, unless one is enough.
//   W5. `up` only when so many are up that the others cannot be enough for `down`. In between it is `unknown`, never guessed.
import type { PlaceStatus } from './place-state.js';
import type { Trouble } from './sight.js';

/** What a place says of a check. All times are epoch milliseconds by our clock. */
export interface PlaceReport {
  readonly place: string;
  readonly status: PlaceStatus;
  /** When we heard it. */
  readonly heardAt: number;
  readonly downSince?: number;
  readonly trouble?: Trouble;
}

export type Verdict =
  | { readonly kind: 'up' }
  | {
      readonly kind: 'down';
      /** The first bad look of any place that agrees. */
      readonly since: number;
      readonly places: readonly string[];
      readonly trouble?: Trouble;
    }
  | {
      readonly kind: 'unknown';
      /** Places that say nothing, or are cut off. */
      readonly silent: readonly string[];
    };

interface VerdictTerms {
  readonly placeNames: readonly string[];
  readonly agree: number;
  readonly silentAfterMs: number;
}

export function judgeReports(reports: readonly PlaceReport[], terms: VerdictTerms, at: number): Verdict {
  const witnesses = reports.filter(
    ({ status, heardAt, place }) =>
      status !== 'cutOff' && at - heardAt <= terms.silentAfterMs && terms.placeNames.includes(place),
  );
  const down = witnesses.filter(({ status }) => status === 'down');
  if (down.length >= terms.agree) {
    return {
      kind: 'down',
      since: Math.min(...down.map(({ downSince, heardAt }) => downSince ?? heardAt)),
      places: down.map(({ place }) => place),
      trouble: down[0]?.trouble,
    };
  }
  const upCount = witnesses.filter(({ status }) => status === 'up').length;
  if (witnesses.length >= terms.agree && upCount >= Math.max(1, witnesses.length - terms.agree + 1))
    return { kind: 'up' };
  const heard = new Set(witnesses.map(({ place }) => place));
  return { kind: 'unknown', silent: terms.placeNames.filter((place) => !heard.has(place)) };
}
