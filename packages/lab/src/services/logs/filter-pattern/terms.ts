import { invalidPattern } from './invalid-pattern.js';
import type { MatchesMessage } from './matches-message.js';
import { parseRegularExpression } from './regular-expression.js';

interface Term {
  readonly sign: '' | '-' | '?';
  readonly matches: MatchesMessage;
}

const TERM = /\s*([-?]?)(?:"((?:[^"\\]|\\.)*)"|%((?:[^%\\]|\\.)+)%|([^\s"]+))/y;

/** Terms without a sign must all be there, those with `-` must not; of those with `?` one must, where no other term stands beside them. */
export function parseTerms(text: string): MatchesMessage {
  const terms = readTerms(text);
  const wanted = terms.filter(({ sign }) => sign === '');
  const unwanted = terms.filter(({ sign }) => sign === '-');
  const either = terms.filter(({ sign }) => sign === '?');
  return (message) =>
    wanted.every(({ matches }) => matches(message)) &&
    !unwanted.some(({ matches }) => matches(message)) &&
    // As on AWS: beside terms of another kind, the optional ones decide nothing.
    (either.length === 0 || either.length < terms.length || either.some(({ matches }) => matches(message)));
}

function readTerms(text: string): readonly Term[] {
  const terms: Term[] = [];
  TERM.lastIndex = 0;
  while (TERM.lastIndex < text.length) {
    const at = TERM.lastIndex;
    const match = TERM.exec(text);
    if (match === null) throw invalidPattern(`it cannot be read from character ${at + 1}`);
    terms.push(toTerm(match));
  }
  return terms;
}

function toTerm([, sign = '', phrase, regex, word]: RegExpExecArray): Term {
  const of = (matches: MatchesMessage): Term => ({ sign: sign as Term['sign'], matches });
  if (regex !== undefined) {
    const expression = parseRegularExpression(regex);
    return of((message) => expression.test(message));
  }
  const wanted = phrase?.replace(/\\(.)/g, '$1') ?? word ?? '';
  // `" "` finds everything.
  if (wanted.trim() === '') return of(() => true);
  if (word !== undefined && !/^\w+$/.test(word))
    throw invalidPattern(`Invalid character(s) in term '${word}'. Put it in double quotation marks`);
  return of((message) => message.includes(wanted));
}
