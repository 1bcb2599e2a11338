// masks: what is known to be secret does not leave the machine.
//
//   M1. Each value is masked as it is, line by line, and as JSON, a URL and base64 write it.
//   M2. A value shorter than SHORTEST is not masked, because it would tear holes into every line: it is named instead.
/** Replaces what is secret. */
export type Mask = (text: string) => string;

export const noMask: Mask = (text) => text;

/** A shorter text is likely to be an ordinary word. */
export const SHORTEST = 6;
const HIDDEN = '[secret]';

interface Masking {
  readonly mask: Mask;
  /** The names of values that are too short to be masked. */
  readonly tooShort: readonly string[];
}

/** `secrets` by name. */
export function createMasking(secrets: Readonly<Record<string, string>>): Masking {
  const named = Object.entries(secrets);
  const forms = new Set(named.flatMap(([, value]) => formsOf(value)));
  const tooShort = named.filter(([, value]) => value !== '' && value.trim().length < SHORTEST).map(([name]) => name);
  if (forms.size === 0) return { mask: noMask, tooShort };
  // The longest first, so that a secret that holds another is hidden whole.
  const alternatives = [...forms].sort((a, b) => b.length - a.length).map(escapeRegularExpression);
  const pattern = new RegExp(alternatives.join('|'), 'g');
  return { mask: (text) => text.replace(pattern, HIDDEN), tooShort };
}

/** M1. */
function formsOf(value: string): readonly string[] {
  const lines = value.split(/\r?\n/).map((line) => line.trim());
  const texts = [...new Set([value.trim(), ...lines])].filter((text) => text.length >= SHORTEST);
  return texts.flatMap((text) => [
    text,
    JSON.stringify(text).slice(1, -1),
    encodeURIComponent(text),
    Buffer.from(text).toString('base64').replace(/=+$/, ''),
  ]);
}

function escapeRegularExpression(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
