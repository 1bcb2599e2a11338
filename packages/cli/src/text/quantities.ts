// Quantities: numbers and lists as a reader wants them.

/** `42 s`. */
export function seconds(durationMs: number): string {
  return `${Math.max(0, Math.round(durationMs / 1000))} s`;
}

/** `40 s`, `1 min`, `3 min`: an estimate, which is not known to the second. */
export function approximately(durationMs: number): string {
  const tens = Math.max(1, Math.round(durationMs / 10_000)) * 10;
  return tens < 60 ? `${tens} s` : `${Math.round(durationMs / 60_000)} min`;
}

/** `12 of 120 s`; once that is over `130 s, where 120 s were expected`. */
export function progress(waitedMs: number, allowedMs: number): string {
  if (waitedMs >= allowedMs + 1_000) return `${seconds(waitedMs)}, where ${seconds(allowedMs)} were expected`;
  return `${Math.max(0, Math.round(waitedMs / 1000))} of ${seconds(allowedMs)}`;
}

/** `5 %`, `0.1 %`, `33.3 %`. */
export function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}

/** `1 instance`, `3 instances`; `2 batches` with its plural given. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : plural}`;
}

const ordinals = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth'];

/** `third`; from the eleventh on `11th`, `21st`. */
export function ordinal(number: number): string {
  const word = ordinals[number - 1];
  if (word !== undefined) return word;
  const isTeen = number % 100 >= 11 && number % 100 <= 13;
  const ending = isTeen ? undefined : { 1: 'st', 2: 'nd', 3: 'rd' }[number % 10];
  return `${number}${ending ?? 'th'}`;
}

const namedIds = 5;

/** `i-1, i-2 and 7 more`. */
export function listIds(ids: readonly string[]): string {
  return ids.length <= namedIds
    ? ids.join(', ')
    : `${ids.slice(0, namedIds).join(', ')} and ${ids.length - namedIds} more`;
}

/** `2018-11-11T08:04:00Z`, of epoch milliseconds. */
export function tellTime(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}
