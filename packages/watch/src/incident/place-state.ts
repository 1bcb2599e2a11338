// place-state: what one place makes of its own looks at one check. Pure.
//
//   W1. `down` needs `confirmations` + 1 bad looks in a row. One bad look is `suspect`, and is confirmed soon, not an interval later.
//   W2. A look that was cut off is no witness: it neither confirms nor clears anything.
//   W3. One good look is `up`.
import type { Sight, Trouble } from './sight.js';

export type PlaceStatus = 'up' | 'suspect' | 'down' | 'cutOff';

export interface PlaceState {
  readonly status: PlaceStatus;
  /** Bad looks in a row. */
  readonly badCount: number;
  /** Epoch milliseconds of the last look. */
  readonly at: number;
  /** The first of the bad looks; undefined while there is none. */
  readonly downSince?: number;
  readonly trouble?: Trouble;
}

/** The state after one more look. `state` undefined: it is the first. */
export function advancePlace(
  state: PlaceState | undefined,
  sight: Sight,
  at: number,
  { confirmations }: { readonly confirmations: number },
): PlaceState {
  const before = state?.badCount ?? 0;
  switch (sight.kind) {
    case 'good':
      return { status: 'up', badCount: 0, at };
    case 'cutOff':
      return { status: 'cutOff', badCount: before, at, downSince: state?.downSince, trouble: sight.trouble };
    case 'bad': {
      const badCount = before + 1;
      const status = badCount > confirmations ? 'down' : 'suspect';
      return { status, badCount, at, downSince: state?.downSince ?? at, trouble: sight.trouble };
    }
  }
}
