// expression: what stands behind filter, fields, sort and stats.
//
//   or < and < not < comparison, like, in < + - < * / % < ^ < sign < value, field, function, parentheses
import { FUNCTIONS } from './functions.js';
import type { QueryReader } from './query-reader.js';
import { type Row, readValue, type Value } from './row.js';

export type Expression = (row: Row) => Value;

const MOST_DEPTH = 30;
interface Unit {
  readonly names: RegExp;
  readonly ms: number;
  /** A period has at most so many of them: `bin(300s)` is `bin(60s)`. */
  readonly most: number;
}

const UNITS: readonly Unit[] = [
  { names: /^(ms|(msec|millisecond)s?)$/i, ms: 1, most: 1000 },
  { names: /^(s|(sec|second)s?)$/i, ms: 1000, most: 60 },
  { names: /^(m|(min|minute)s?)$/i, ms: 60_000, most: 60 },
  { names: /^(h|(hr|hour)s?)$/i, ms: 3_600_000, most: 24 },
  { names: /^(d|days?)$/i, ms: 86_400_000, most: Number.POSITIVE_INFINITY },
  { names: /^(w|weeks?)$/i, ms: 604_800_000, most: Number.POSITIVE_INFINITY },
];

export function isTrue(value: Value): boolean {
  return value === true || value === 1 || value === 'true';
}

/** Throws MalformedQueryException. */
export function readExpression(reader: QueryReader, depth = 0): Expression {
  if (depth > MOST_DEPTH) throw reader.refusal(`expressions nested more than ${MOST_DEPTH} deep are not supported`);
  let left = readAnd(reader, depth);
  while (reader.takeWord('or')) {
    const [before, right] = [left, readAnd(reader, depth)];
    left = (row) => isTrue(before(row)) || isTrue(right(row));
  }
  return left;
}

function readAnd(reader: QueryReader, depth: number): Expression {
  let left = readNot(reader, depth);
  while (reader.takeWord('and')) {
    const [before, right] = [left, readNot(reader, depth)];
    left = (row) => isTrue(before(row)) && isTrue(right(row));
  }
  return left;
}

function readNot(reader: QueryReader, depth: number): Expression {
  if (!reader.takeWord('not')) return readComparison(reader, depth);
  const inner = readNot(reader, depth + 1);
  return (row) => !isTrue(inner(row));
}

function readComparison(reader: QueryReader, depth: number): Expression {
  const left = readSum(reader, depth);
  const isNegated = reader.take(/not(?=\s+(like|in)\b)/) !== undefined;
  const negate = (test: (value: Value) => boolean): Expression => {
    return (row) => test(left(row)) !== isNegated;
  };
  if (reader.takeWord('like') || reader.take(/=~/) !== undefined) return negate(readPattern(reader));
  if (reader.takeWord('in')) return negate(readList(reader, depth));
  const operator = reader.take(/!=|<=|>=|=|<|>/)?.[0];
  if (operator === undefined) return left;
  const right = readSum(reader, depth);
  return (row) => compare(operator, left(row), right(row));
}

function readPattern(reader: QueryReader): (value: Value) => boolean {
  const regex = readRegex(reader);
  if (regex !== undefined) return (value) => value !== undefined && regex.test(String(value));
  const part = readString(reader);
  if (part === undefined) throw reader.refusal("/a regular expression/ or 'a text' is expected");
  return (value) => String(value ?? '').includes(part);
}

/** `/text/i`; undefined when there is none here. */
export function readRegex(reader: QueryReader): RegExp | undefined {
  const match = reader.take(/\/((?:[^/\\]|\\.)+)\/(i?)/);
  if (match === undefined) return undefined;
  const [, source = '', flags = ''] = match;
  // Insights writes (?i) inside, and (?<name>...) as JavaScript does.
  const isCaseless = source.startsWith('(?i)');
  try {
    return new RegExp(isCaseless ? source.slice(4) : source, flags.toLowerCase() || (isCaseless ? 'i' : ''));
  } catch {
    throw reader.refusal(`/${source}/ is not a regular expression that the lab understands`);
  }
}

/** `'a'` or `"a"`; undefined when there is none here. */
export function readString(reader: QueryReader): string | undefined {
  const match = reader.take(/'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/);
  return match && (match[1] ?? match[2] ?? '').replace(/\\(.)/g, '$1');
}

function readList(reader: QueryReader, depth: number): (value: Value) => boolean {
  reader.expect(/\[/, '[');
  const items: Expression[] = [];
  do items.push(readSum(reader, depth + 1));
  while (reader.take(/,/) !== undefined);
  reader.expect(/\]/, ']');
  const none: Row = { set: new Map() };
  return (value) => items.some((item) => compare('=', value, item(none)));
}

function compare(operator: string, left: Value, right: Value): boolean {
  if (operator === '=') return isSame(left, right);
  if (operator === '!=') return !isSame(left, right);
  if (left === undefined || right === undefined) return false;
  const order = orderOf(left, right);
  if (operator === '<') return order < 0;
  if (operator === '<=') return order <= 0;
  return operator === '>' ? order > 0 : order >= 0;
}

function isSame(left: Value, right: Value): boolean {
  if (left === undefined || right === undefined) return left === right;
  return orderOf(left, right) === 0;
}

/** Numbers by size, also where one of them stands in a text; everything else by its text. */
export function orderOf(left: Value, right: Value): number {
  const [a, b] = [toNumber(left), toNumber(right)];
  if (a !== undefined && b !== undefined) return a - b;
  const [x, y] = [String(left ?? ''), String(right ?? '')];
  return x < y ? -1 : Number(x > y);
}

export function toNumber(value: Value): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isNaN(number) ? undefined : number;
}

type Arithmetic = (left: number, right: number) => number;
const SUMS: Readonly<Record<string, Arithmetic>> = { '+': (a, b) => a + b, '-': (a, b) => a - b };
const PRODUCTS: Readonly<Record<string, Arithmetic>> = {
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};
const POWERS: Readonly<Record<string, Arithmetic>> = { '^': (a, b) => a ** b };

function readSum(reader: QueryReader, depth: number): Expression {
  return readChain(reader, /[+-]/, SUMS, () => readChain(reader, /[*/%]/, PRODUCTS, () => readPower(reader, depth)));
}

function readPower(reader: QueryReader, depth: number): Expression {
  return readChain(reader, /\^/, POWERS, () => readSigned(reader, depth));
}

function readChain(
  reader: QueryReader,
  operators: RegExp,
  work: Readonly<Record<string, Arithmetic>>,
  readNext: () => Expression,
): Expression {
  let left = readNext();
  for (let sign = reader.take(operators)?.[0]; sign !== undefined; sign = reader.take(operators)?.[0]) {
    const [before, right, calculate] = [left, readNext(), work[sign]];
    left = (row) => {
      const [a, b] = [toNumber(before(row)), toNumber(right(row))];
      return a === undefined || b === undefined ? undefined : calculate?.(a, b);
    };
  }
  return left;
}

function readSigned(reader: QueryReader, depth: number): Expression {
  if (reader.take(/-(?=[^\d])/) === undefined) return readOperand(reader, depth);
  const inner = readSigned(reader, depth + 1);
  return (row) => {
    const value = toNumber(inner(row));
    return value === undefined ? undefined : -value;
  };
}

function readOperand(reader: QueryReader, depth: number): Expression {
  if (reader.take(/\(/) !== undefined) {
    const inner = readExpression(reader, depth + 1);
    reader.expect(/\)/, ')');
    return inner;
  }
  const constant = readConstant(reader);
  if (constant !== undefined) return () => constant;
  const name = reader.take(/([A-Za-z]\w*)\s*\(/)?.[1];
  if (name !== undefined) return readCall(reader, name, depth);
  const field = readField(reader);
  if (reader.take(/[[`]/) !== undefined) throw reader.refusal('elements of lists and maps are not emulated by the lab');
  if (reader.statistics !== undefined && !reader.statistics.known.has(field))
    throw reader.refusal(`${field} stands in stats without a statistic such as max(${field})`);
  return (row) => readValue(row, field);
}

function readConstant(reader: QueryReader): Value {
  const number = reader.take(/(-?\d+(?:\.\d+)?)([a-z]+)?(?![\w.])/);
  if (number !== undefined) return number[2] === undefined ? Number(number[1]) : readPeriod(reader, number);
  const boolean = reader.take(/(true|false)(?![\w.@])/)?.[1];
  return boolean === undefined ? readString(reader) : boolean.toLowerCase() === 'true';
}

function readPeriod(reader: QueryReader, [, count, name = '']: RegExpExecArray): number {
  const unit = UNITS.find(({ names }) => names.test(name));
  if (unit === undefined) throw reader.refusal(`periods in ${name} are not emulated by the lab`);
  return Math.min(Number(count), unit.most) * unit.ms;
}

/** `@message`, `user.name` or a name with other characters in backticks. */
export function readField(reader: QueryReader): string {
  const [, quoted, plain] = reader.expect(/`([^`]+)`|([@A-Za-z_][\w.@]*)/, 'a field');
  return quoted ?? plain ?? '';
}

function readCall(reader: QueryReader, name: string, depth: number): Expression {
  const statistic = reader.statistics?.read(name);
  if (statistic !== undefined) return statistic;
  if (name.toLowerCase() === 'now') {
    reader.expect(/\)/, ')');
    return () => Math.floor(reader.now / 1000);
  }
  const found = FUNCTIONS.get(name.toLowerCase());
  if (found === undefined) throw reader.refusal(`the function ${name} is not emulated by the lab`);
  const values: Expression[] = [];
  if (reader.take(/\)/) === undefined) {
    do values.push(readExpression(reader, depth + 1));
    while (reader.take(/,/) !== undefined);
    reader.expect(/\)/, ')');
  }
  if (name.toLowerCase() === 'bin' && values.length === 1) values.push((row) => readValue(row, '@timestamp'));
  if (values.length < found.least || values.length > found.most) {
    throw reader.refusal(`${name} does not take ${values.length} arguments`);
  }
  return (row) => found.call(...values.map((value) => value(row)));
}
