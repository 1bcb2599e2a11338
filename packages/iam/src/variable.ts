// variable: `${aws:PrincipalTag/team}` in a resource or in a condition's value. What a variable brings in is plain text, its stars too.

import type { KeyLookup } from './request.js';
import { literalPattern, type Pattern, parsePattern } from './wildcard.js';

type FilledPattern =
  | { readonly kind: 'pattern'; readonly pattern: Pattern }
  /** The request has no value for the variable, so nothing matches. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'unknown'; readonly variable: string };

const VARIABLE = /\$\{([^{}]*)\}/;

/** The pattern with its variables filled in; as it stands when the policy's version has none. */
export function fillPattern(text: string, lookUp: KeyLookup, hasVariables: boolean): FilledPattern {
  if (!hasVariables || !text.includes('${')) return { kind: 'pattern', pattern: parsePattern(text) };
  const tokens: Pattern[] = [];
  for (const [index, part] of text.split(new RegExp(VARIABLE, 'g')).entries()) {
    const filled = index % 2 === 0 ? parsePattern(part) : fillVariable(part, lookUp);
    if (!isPattern(filled)) return filled;
    tokens.push(filled);
  }
  return { kind: 'pattern', pattern: tokens.flat() };
}

function isPattern(filled: Pattern | FilledPattern): filled is Pattern {
  return Array.isArray(filled);
}

function fillVariable(variable: string, lookUp: KeyLookup): Pattern | FilledPattern {
  // ${*}, ${?} and ${$} are these characters themselves.
  if (['*', '?', '$'].includes(variable)) return literalPattern(variable);
  const [, key = variable, fallback] = /^\s*([^,]+?)\s*(?:,\s*'(.*)')?\s*$/.exec(variable) ?? [];
  const values = lookUp(key);
  if (values === undefined) return { kind: 'unknown', variable: key };
  const value = values.length === 1 ? values[0] : fallback;
  return value === undefined ? { kind: 'absent' } : literalPattern(value);
}
