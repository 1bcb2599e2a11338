import { PatternReader, readComparison, readConditions } from './condition-reader.js';
import { invalidPattern } from './invalid-pattern.js';
import type { MatchesMessage } from './matches-message.js';

/** A member, an element, or with `*` each of them. */
type Step =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'all' };

const MOST_WILDCARDS_IN_SELECTOR = 1;
const MOST_WILDCARDS = 3;
const SELECTOR = /\$((?:\.(?:[\w@-]+|\*|"[^"]*")|\.?\[(?:\d+|\*|"[^"]*"|'[^']*')\])+)/;
const STEP = /\.(?:"([^"]*)"|([\w@-]+)|(\*))|\.?\[(?:(\d+)|(\*)|"([^"]*)"|'([^']*)')\]/g;
/** Text with other characters stands in quotes. A number may have a sign and an exponent, and `*` stands for any characters. */
const WORD = /[+-]?\d+(?:\.\d+)?[eE][+-]?\d+|[+-]?[\w.*]+/;

/** `{ ($.level = "error" || $.status >= 500) && $.user IS NULL }`. A message that is not JSON does not match. */
export function parseJsonPattern(text: string): MatchesMessage {
  const reader = new PatternReader(text);
  reader.expect(/\{/, '{');
  const selectors: (readonly Step[])[] = [];
  const matches = readConditions(reader, (one) => readCondition(one, selectors));
  reader.expect(/\}/, '}');
  reader.expectEnd();
  if (selectors.flat().filter(isWildcard).length > MOST_WILDCARDS)
    throw invalidPattern(`it has more than ${MOST_WILDCARDS} wildcard selectors`);
  return (message) => {
    const document = readObject(message);
    return document !== undefined && matches(document);
  };
}

function readCondition(reader: PatternReader, selectors: (readonly Step[])[]): (document: unknown) => boolean {
  const selector = reader.expect(SELECTOR, 'a selector such as $.level')[1] ?? '';
  const steps = readSteps(selector);
  selectors.push(steps);
  if (steps.filter(isWildcard).length > MOST_WILDCARDS_IN_SELECTOR)
    throw invalidPattern(`$${selector} has more than ${MOST_WILDCARDS_IN_SELECTOR} wildcard`);
  const word = reader
    .take(/(IS\s+NULL|IS\s+TRUE|IS\s+FALSE|NOT\s+EXISTS)\b/i)?.[0]
    ?.toUpperCase()
    .replace(/\s+/g, ' ');
  if (word === 'NOT EXISTS') return (document) => select(document, steps).length === 0;
  if (word !== undefined) return (document) => select(document, steps).some((value) => isAsSaid(word, value));
  const comparison = readComparison(reader, WORD);
  if (comparison === undefined) throw invalidPattern(`an operator is expected after $${selector}`);
  return (document) => select(document, steps).some(comparison);
}

function isWildcard({ kind }: Step): boolean {
  return kind === 'all';
}

function isAsSaid(word: string, value: unknown): boolean {
  if (word === 'IS NULL') return value === null;
  return value === (word === 'IS TRUE');
}

function readSteps(selector: string): readonly Step[] {
  return [...selector.matchAll(STEP)].map(([, quoted, word, everyMember, index, everyElement, key, otherKey]): Step => {
    if (everyMember !== undefined || everyElement !== undefined) return { kind: 'all' };
    if (index !== undefined) return { kind: 'index', index: Number(index) };
    return { kind: 'key', key: quoted ?? word ?? key ?? otherKey ?? '' };
  });
}

/** The values that a selector stands for: none, one, or with a wildcard several. */
function select(document: unknown, steps: readonly Step[]): readonly unknown[] {
  return steps.reduce<readonly unknown[]>(
    (values, step) => values.flatMap((value) => membersOf(value, step)),
    [document],
  );
}

function membersOf(value: unknown, step: Step): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  if (step.kind === 'all') return Object.values(value);
  const key = step.kind === 'key' ? step.key : step.index;
  // An index is of a list, a name of an object.
  const isOfKind = Array.isArray(value) === (step.kind === 'index');
  return isOfKind && Object.hasOwn(value, key) ? [(value as Record<string | number, unknown>)[key]] : [];
}

function readObject(message: string): unknown {
  try {
    const value: unknown = JSON.parse(message);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
