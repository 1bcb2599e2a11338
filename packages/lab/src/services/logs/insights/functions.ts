import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';
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
  [
    'round',
    fn(1, 2, (value, digits = 0) =>
      keepNumber(Math.round(number(value) * 10 ** number(digits)) / 10 ** number(digits)),
    ),
  ],
  ['greatest', fn(1, 20, (...values) => keepNumber(Math.max(...values.map(number))))],
  ['least', fn(1, 20, (...values) => keepNumber(Math.min(...values.map(number))))],
  ['strlen', onText((value) => [...value].length)],
  ['tolower', onText((value) => value.toLowerCase())],
  ['toupper', onText((value) => value.toUpperCase())],
  ['trim', trimming(true, true)],
  ['ltrim', trimming(true, false)],
  ['rtrim', trimming(false, true)],
  ['concat', fn(1, 20, (...values) => values.map(text).join(''))],
  ['strcontains', fn(2, 3, strcontains)],
  ['startswith', fn(2, 2, (value, part) => (text(value).startsWith(text(part)) ? 1 : 0))],
  ['endswith', fn(2, 2, (value, part) => (text(value).endsWith(text(part)) ? 1 : 0))],
  ['replace', fn(3, 3, (value, from, to) => text(value).replaceAll(text(from), text(to)))],
  ['substr', fn(2, 3, substr)],
  ['ispresent', fn(1, 1, (value) => value !== undefined)],
  ['isempty', fn(1, 1, (value) => value === undefined || value === '')],
  ['isblank', fn(1, 1, (value) => text(value).trim() === '')],
  ['isnumeric', fn(1, 1, (value) => text(value).trim() !== '' && !Number.isNaN(number(value)))],
  ['isvalidip', onText((value) => isIP(value) !== 0)],
  ['isvalidipv4', onText(isIPv4)],
  ['isvalidipv6', onText(isIPv6)],
  ['isipinsubnet', fn(2, 2, (value, subnet) => isInSubnet(text(value), text(subnet)))],
  ['isipv4insubnet', fn(2, 2, (value, subnet) => isIPv4(text(value)) && isInSubnet(text(value), text(subnet)))],
  ['isipv6insubnet', fn(2, 2, (value, subnet) => isIPv6(text(value)) && isInSubnet(text(value), text(subnet)))],
  ['coalesce', fn(1, 20, (...values) => values.find((value) => value !== undefined))],
  ['bin', fn(2, 2, (duration, time) => floorTo(number(time), number(duration)))],
  ['datefloor', fn(2, 2, (time, duration) => floorTo(number(time), number(duration)))],
  ['dateceil', fn(2, 2, (time, duration) => floorTo(number(time) + number(duration) - 1, number(duration)))],
  ['tomillis', fn(1, 1, (value) => keepNumber(number(value)))],
  ['frommillis', fn(1, 1, (value) => keepNumber(number(value)))],
]);

function trimming(atStart: boolean, atEnd: boolean): QueryFunction {
  return fn(1, 2, (value, given) => {
    if (value === undefined) return undefined;
    const isTrimmed = (character: string | undefined): boolean =>
      character !== undefined && (given === undefined ? character.trim() === '' : text(given).includes(character));
    const characters = [...text(value)];
    while (atStart && isTrimmed(characters[0])) characters.shift();
    while (atEnd && isTrimmed(characters.at(-1))) characters.pop();
    return characters.join('');
  });
}

function strcontains(value: Value, part: Value, isCaseless: Value): Value {
  const fold = (one: Value): string => (isCaseless === true ? text(one).toLowerCase() : text(one));
  return fold(value).includes(fold(part)) ? 1 : 0;
}

/** `192.0.2.0/24` */
function isInSubnet(address: string, subnet: string): boolean {
  const [network = '', prefix = ''] = subnet.split('/');
  const [family, of] = [isIP(address), isIP(network)];
  if (family === 0 || family !== of || !/^\d+$/.test(prefix) || Number(prefix) > (family === 4 ? 32 : 128))
    return false;
  const list = new BlockList();
  list.addSubnet(network, Number(prefix), family === 4 ? 'ipv4' : 'ipv6');
  return list.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

function substr(value: Value, start: Value, length?: Value): Value {
  const from = number(start);
  return text(value).slice(from, length === undefined ? undefined : from + number(length));
}

function floorTo(time: number, duration: number): Value {
  return keepNumber(Math.floor(time / duration) * duration);
}
