import { invalidPattern } from './invalid-pattern.js';
import { parseRegularExpression } from './regular-expression.js';

export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=';

/** Compares a field's value (undefined where it is missing) with what a pattern asks for. */
export type Comparison = (value: unknown) => boolean;

/** `raw` as it stands in the pattern: a number, a word with `*`, or `%a regular expression%`. */
export function compareWith(operator: Operator, raw: string, isQuoted: boolean): Comparison {
  if (operator !== '=' && operator !== '!=') {
    const number = toNumber(raw);
    if (number === undefined) throw invalidPattern(`${operator} compares numbers, and '${raw}' is none`);
    return compareNumbers(operator, number);
  }
  const equals = equalTo(raw, isQuoted);
  // A field that is missing is neither equal nor unequal, and neither is a list or an object.
  return (value) => value !== undefined && typeof value !== 'object' && equals(value) === (operator === '=');
}

function compareNumbers(operator: Operator, wanted: number): Comparison {
  return (value) => {
    const number = toNumber(value);
    if (number === undefined) return false;
    if (operator === '<') return number < wanted;
    if (operator === '<=') return number <= wanted;
    return operator === '>' ? number > wanted : number >= wanted;
  };
}

function equalTo(raw: string, isQuoted: boolean): Comparison {
  if (!isQuoted && /^%.+%$/.test(raw)) {
    const expression = parseRegularExpression(raw.slice(1, -1));
    return (value) => expression.test(String(value));
  }
  const number = isQuoted || raw.trim() === '' ? Number.NaN : Number(raw);
  const text = new RegExp(`^${raw.split('*').map(escapeRegularExpression).join('.*')}$`, 's');
  return (value) => (!Number.isNaN(number) && toNumber(value) === number) || text.test(String(value));
}

function toNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isNaN(number) ? undefined : number;
}

function escapeRegularExpression(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
