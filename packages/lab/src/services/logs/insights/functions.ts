import type { Value } from './row.js';

/** A function of a row's values; dates are epoch milliseconds, durations milliseconds. */
interface QueryFunction {
  readonly least: number;
  readonly most: number;
  call(...values: readonly Value[]): Value;
}

const fn = (least: number, most: number, call: QueryFunction['call']): QueryFunction => ({ least, most, call });
const text = (value: Value): string => String(value ?? '');
const number = (value: Value): number => (typeof value === 'number' ? value : Number(value));
const onNumber = (work: (value: number) => number): QueryFunction =>
  fn(1, 1, (value) => keepNumber(work(number(value))));
const onText = (work: (value: string) => Value): QueryFunction =>
  fn(1, 1, (value) => (value === undefined ? undefined : work(text(value))));

function keepNumber(value: number): Value {
  return Number.isNaN(value) ? undefined : value;
}

/** Logs Insights' functions, in lower case. `bin` without a field is over @timestamp, which the parser adds. */
export const FUNCTIONS: ReadonlyMap<string, QueryFunction> = new Map([
  ['abs', onNumber(Math.abs)],
  ['ceil', onNumber(Math.ceil)],
  ['floor', onNumber(Math.floor)],
  ['sqrt', onNumber(Math.sqrt)],
  ['log', onNumber(Math.log)],
  ['greatest', fn(1, 20, (...values) => keepNumber(Math.max(...values.map(number))))],
  ['least', fn(1, 20, (...values) => keepNumber(Math.min(...values.map(number))))],
  ['strlen', onText((value) => value.length)],
  ['tolower', onText((value) => value.toLowerCase())],
  ['toupper', onText((value) => value.toUpperCase())],
  ['trim', onText((value) => value.trim())],
  ['ltrim', onText((value) => value.trimStart())],
  ['rtrim', onText((value) => value.trimEnd())],
  ['concat', fn(1, 20, (...values) => values.map(text).join(''))],
  ['strcontains', fn(2, 2, (value, part) => (text(value).includes(text(part)) ? 1 : 0))],
  ['replace', fn(3, 3, (value, from, to) => text(value).replaceAll(text(from), text(to)))],
  ['substr', fn(2, 3, substr)],
  ['ispresent', fn(1, 1, (value) => value !== undefined)],
  ['isempty', fn(1, 1, (value) => value === undefined || value === '')],
  ['isblank', fn(1, 1, (value) => text(value).trim() === '')],
  ['coalesce', fn(1, 20, (...values) => values.find((value) => value !== undefined))],
  ['bin', fn(2, 2, (duration, time) => floorTo(number(time), number(duration)))],
  ['datefloor', fn(2, 2, (time, duration) => floorTo(number(time), number(duration)))],
  ['dateceil', fn(2, 2, (time, duration) => floorTo(number(time) + number(duration) - 1, number(duration)))],
  ['tomillis', fn(1, 1, (value) => keepNumber(number(value)))],
  ['frommillis', fn(1, 1, (value) => keepNumber(number(value)))],
]);

function substr(value: Value, start: Value, length?: Value): Value {
  const from = number(start);
  return text(value).slice(from, length === undefined ? undefined : from + number(length));
}

function floorTo(time: number, duration: number): Value {
  return keepNumber(Math.floor(time / duration) * duration);
}
