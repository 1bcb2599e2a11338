import type { IdSource } from './types.js';

/** Ids drawn from a seed: the same seed gives the same ids in the same order. */
export function createIdSource(seed: number): IdSource {
  const random = mulberry32(seed);
  const hexDigits = (count: number): string => {
    let digits = '';
    while (digits.length < count)
      digits += Math.floor(random() * 2 ** 24)
        .toString(16)
        .padStart(6, '0');
    return digits.slice(0, count);
  };
  return {
    random,
    hex: (prefix, digits) => `${prefix}${hexDigits(digits)}`,
    uuid: () => {
      const variant = (8 + Math.floor(random() * 4)).toString(16);
      return `${hexDigits(8)}-${hexDigits(4)}-4${hexDigits(3)}-${variant}${hexDigits(3)}-${hexDigits(12)}`;
    },
  };
}

// Tommy Ettinger's mulberry32: 32 bits of state are enough for ids that only have to differ within one lab.
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
