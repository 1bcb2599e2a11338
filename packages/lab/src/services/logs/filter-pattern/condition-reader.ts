// condition reader: conditions joined by && and || and grouped by parentheses, over any subject of comparison.
import { type Comparison, compareWith, type Operator } from './comparison.js';
import { invalidPattern } from './invalid-pattern.js';

const MOST_DEPTH = 20;

/** Reads a pattern's text from the left. */
export class PatternReader {
  #at = 0;
  /** How many were read. */
  regularExpressions = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** What `pattern` (sticky) matches here, after spaces; the place moves behind it. */
  take(pattern: RegExp): RegExpExecArray | undefined {
    this.#skipSpaces();
    const sticky = new RegExp(pattern.source, `${pattern.flags.replace('y', '')}y`);
    sticky.lastIndex = this.#at;
    const match = sticky.exec(this.#text);
    if (match === null) return undefined;
    this.#at = sticky.lastIndex;
    return match;
  }

  expect(pattern: RegExp, what: string): RegExpExecArray {
    const match = this.take(pattern);
    if (match === undefined) throw invalidPattern(`${what} is expected at character ${this.#at + 1}`);
    return match;
  }

  expectEnd(): void {
    this.#skipSpaces();
    if (this.#at < this.#text.length) throw invalidPattern(`character ${this.#at + 1} is not understood`);
  }

  #skipSpaces(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at += 1;
  }
}

/** `(a && b) || c`, where && binds more tightly. `readOne` reads one condition. */
export function readConditions<Subject>(
  reader: PatternReader,
  readOne: (reader: PatternReader) => (subject: Subject) => boolean,
  depth = 0,
): (subject: Subject) => boolean {
  if (depth > MOST_DEPTH) throw invalidPattern(`conditions are nested more than ${MOST_DEPTH} deep`);
  const readGroup = (): ((subject: Subject) => boolean) => {
    if (reader.take(/\(/) === undefined) return readOne(reader);
    const inner = readConditions(reader, readOne, depth + 1);
    reader.expect(/\)/, 'a closing parenthesis');
    return inner;
  };
  const readAll = (): ((subject: Subject) => boolean) => {
    const parts = [readGroup()];
    while (reader.take(/&&/) !== undefined) parts.push(readGroup());
    return (subject) => parts.every((part) => part(subject));
  };
  const alternatives = [readAll()];
  while (reader.take(/\|\|/) !== undefined) alternatives.push(readAll());
  return (subject) => alternatives.some((alternative) => alternative(subject));
}

/** What a pattern may hold of regular expressions, beside one that stands alone. */
const MOST_REGULAR_EXPRESSIONS = 2;

/** `= "value"`, `>= 400`, `= 4*`: an operator and what follows it. Undefined when there is no operator here. */
export function readComparison(reader: PatternReader, words = /[^\s"&|()\],}]+/): Comparison | undefined {
  const operator = reader.take(/!=|<=|>=|=|<|>/)?.[0];
  if (operator === undefined) return undefined;
  const value = new RegExp(`"((?:[^"\\\\]|\\\\.)*)"|(%(?:[^%\\\\]|\\\\.)+%)|(${words.source})`);
  const [, quoted, regex, word] = reader.expect(value, 'a value');
  if (regex !== undefined) reader.regularExpressions += 1;
  if (reader.regularExpressions > MOST_REGULAR_EXPRESSIONS)
    throw invalidPattern(`it has more than ${MOST_REGULAR_EXPRESSIONS} regular expressions`);
  if (quoted !== undefined) return compareWith(operator as Operator, quoted.replace(/\\(.)/g, '$1'), true);
  return compareWith(operator as Operator, regex ?? word ?? '', false);
}
