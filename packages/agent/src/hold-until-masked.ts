import type { KeptMasks } from './keep-masks.js';
import { type Mask, noMask } from './masks.js';
import type { Journal } from './ports.js';

/**
 * A journal that gives no entry before the masks are known. Its start can be noted meanwhile: a reboot while the masks cannot be read
 * loses nothing of the first boot.
 */
export function holdUntilMasked(
  journal: Journal,
  masking: Promise<KeptMasks>,
): { readonly masked: Journal; readonly mask: Mask } {
  let kept: KeptMasks | undefined;
  // Whoever reads is told; when nobody reads, nobody needs to know.
  masking.catch(() => undefined);
  return {
    masked: {
      ...journal,
      async *read(from, signal) {
        kept = await masking;
        yield* journal.read(from, signal);
      },
    },
    mask: (text) => (kept?.mask ?? noMask)(text),
  };
}
