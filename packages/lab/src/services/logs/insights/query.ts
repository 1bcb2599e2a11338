// query: CloudWatch Logs Insights, as far as an operator needs it.
//
// Source: CloudWatch Logs user guide, "CloudWatch Logs Insights language query syntax". Commands: fields, display, filter, parse, stats,
// sort, dedup, limit. Others refuse by name.
import { aggregateRows, readColumns, readStatistics } from './aggregates.js';
import { type Expression, isTrue, orderOf, readExpression, readField, readRegex, readString } from './expression.js';
import { QueryReader } from './query-reader.js';
import { isTimeText, type QueriedEvent, type Row, readValue, withValues, writeValue } from './row.js';

export const MOST_RESULTS = 10_000;

/** What a query has come to. */
interface Table {
  readonly rows: readonly Row[];
  /** The columns to show; undefined until a command names some. */
  readonly columns: readonly string[] | undefined;
  /** Once a `display` has named the columns, only another one changes them. */
  readonly isDisplayed: boolean;
  readonly isAggregated: boolean;
  /** The columns that hold times. */
  readonly times: ReadonlySet<string>;
}

type Command = (table: Table) => Table;

interface QueryResult {
  readonly rows: readonly (readonly { readonly field: string; readonly value: string }[])[];
  /** Rows after all filters. */
  readonly matched: number;
}

const READERS: Readonly<Record<string, (reader: QueryReader) => Command>> = {
  fields: readFields,
  display: readDisplay,
  filter: readFilter,
  parse: readParse,
  stats: readStats,
  sort: readSort,
  dedup: readDedup,
  limit: readLimit,
};

/** Throws MalformedQueryException. The query can then be run over any events. */
export function parseQuery(
  text: string,
  now: number,
): (events: readonly QueriedEvent[], limit?: number) => QueryResult {
  const reader = new QueryReader(text, now);
  const commands: Command[] = [];
  let hasLimit = false;
  let hasDedup = false;
  do {
    const word = reader.expect(/[a-z]+/, 'a command')[0].toLowerCase();
    const read = Object.hasOwn(READERS, word) ? READERS[word] : undefined;
    if (read === undefined)
      throw reader.refusal(
        `the command ${word} is not emulated by the lab, which knows ${Object.keys(READERS).join(', ')}:`,
      );
    // As the user guide says.
    if (hasDedup && word !== 'limit') throw reader.refusal('only limit can follow dedup');
    hasLimit ||= word === 'limit';
    hasDedup ||= word === 'dedup';
    commands.push(read(reader));
  } while (reader.take(/\|/) !== undefined);
  if (!reader.isAtEnd()) throw reader.refusal('| or the end is expected');
  return (events, limit = MOST_RESULTS) => finish(commands, events, hasLimit ? MOST_RESULTS : limit);
}

function finish(commands: readonly Command[], events: readonly QueriedEvent[], limit: number): QueryResult {
  const start: Table = {
    rows: events.map((event) => ({ event, set: new Map() })),
    columns: undefined,
    isDisplayed: false,
    isAggregated: false,
    times: new Set(['@timestamp', '@ingestionTime']),
  };
  const end = commands.reduce((table, command) => command(table), newestFirst(start));
  const columns = end.columns ?? ['@timestamp', '@message'];
  const shown = end.isAggregated || columns.includes('@ptr') ? columns : [...columns, '@ptr'];
  const rows = end.rows.slice(0, limit).map((row) =>
    shown.flatMap((field) => {
      const value = readValue(row, field);
      return value === undefined ? [] : [{ field, value: writeValue(value, end.times.has(field)) }];
    }),
  );
  return { rows, matched: end.rows.length };
}

function newestFirst(table: Table): Table {
  const time = ({ event }: Row) => event?.eventId ?? '';
  return { ...table, rows: [...table.rows].sort((a, b) => (time(a) < time(b) ? 1 : -1)) };
}

function readFields(reader: QueryReader): Command {
  const columns = readColumns(reader, () => readExpression(reader));
  return (table) => ({
    ...table,
    rows: table.rows.map((row) =>
      withValues(
        row,
        columns.map(({ name, work }) => [name, work(row)] as const),
      ),
    ),
    columns: table.isDisplayed ? table.columns : [...(table.columns ?? []), ...columns.map(({ name }) => name)],
    times: withTimes(table, columns),
  });
}

function withTimes({ times }: Table, columns: readonly { readonly name: string; readonly text: string }[]) {
  const isTime = ({ text }: { readonly text: string }) => isTimeText(text) || times.has(text);
  return new Set([...times, ...columns.filter(isTime).map(({ name }) => name)]);
}

function readDisplay(reader: QueryReader): Command {
  const read = readFields(reader);
  return (table) => ({ ...read({ ...table, columns: undefined, isDisplayed: false }), isDisplayed: true });
}

function readFilter(reader: QueryReader): Command {
  const condition = readExpression(reader);
  return (table) => ({ ...table, rows: table.rows.filter((row) => isTrue(condition(row))) });
}

function readStats(reader: QueryReader): Command {
  const statistics = readStatistics(reader);
  return (table) => ({
    ...table,
    rows: aggregateRows(table.rows, statistics),
    columns: [...statistics.by, ...statistics.columns].map(({ name }) => name),
    isDisplayed: false,
    isAggregated: true,
    times: withTimes(table, statistics.by),
  });
}

function readSort(reader: QueryReader): Command {
  const keys: { readonly key: Expression; readonly sign: 1 | -1 }[] = [];
  do {
    const key = readSortKey(reader);
    const direction = reader.take(/(asc|desc)(?![\w.@])/)?.[1]?.toLowerCase();
    // Insights sorts downwards unless it is told otherwise.
    keys.push({ key, sign: direction === 'asc' ? 1 : -1 });
  } while (reader.take(/,/) !== undefined);
  const order = (a: Row, b: Row): number => {
    for (const { key, sign } of keys) {
      const difference = orderOf(key(a), key(b)) * sign;
      if (difference !== 0) return difference;
    }
    return 0;
  };
  return (table) => ({ ...table, rows: [...table.rows].sort(order) });
}

/** A column may be called `count(*)`: what a command before has named goes before what its text would mean. */
function readSortKey(reader: QueryReader): Expression {
  reader.skip();
  const start = reader.at;
  if (reader.take(/[a-z_]+\s*\([^()|]*\)/) !== undefined) {
    const name = reader.textSince(start);
    if (reader.columns.has(name)) return (row) => readValue(row, name);
    reader.at = start;
  }
  return readExpression(reader);
}

function readDedup(reader: QueryReader): Command {
  const fields: string[] = [];
  do fields.push(readField(reader));
  while (reader.take(/,/) !== undefined);
  return (table) => {
    const seen = new Set<string>();
    const isNew = (row: Row): boolean => {
      const values = fields.map((field) => readValue(row, field));
      // An event without one of the fields is no duplicate.
      if (values.includes(undefined)) return true;
      const id = JSON.stringify(values);
      return !seen.has(id) && seen.add(id) !== undefined;
    };
    return { ...table, rows: table.rows.filter(isNew) };
  };
}

function readLimit(reader: QueryReader): Command {
  const most = Number(reader.expect(/\d+/, 'a number')[0]);
  if (most < 1 || most > MOST_RESULTS) throw reader.refusal(`the limit must be 1 to ${MOST_RESULTS}`);
  return (table) => ({ ...table, rows: table.rows.slice(0, most) });
}

/** `parse @message "user=*, took *" as user, took` or `parse @message /user=(?<user>\S+)/`. */
function readParse(reader: QueryReader): Command {
  const source = reader.take(/(?=["'/])/) === undefined ? readField(reader) : '@message';
  const regex = readRegex(reader);
  const glob = regex === undefined ? readString(reader) : undefined;
  const mode = regex ?? glob ?? reader.take(/(logfmt|csv)(?![\w.@])/)?.[1]?.toLowerCase();
  if (mode === 'logfmt' || mode === 'csv') throw reader.refusal(`parse in ${mode} mode is not emulated by the lab`);
  if (regex === undefined && glob === undefined)
    throw reader.refusal("'a pattern with *' or /a regular expression/ is expected");
  const names = reader.takeWord('as') ? readNames(reader) : [];
  const wildcards = glob?.split('*').length;
  if (wildcards !== undefined && wildcards - 1 !== names.length)
    throw reader.refusal(`parse needs a name for each *: it has ${wildcards - 1} * and ${names.length} names`);
  if (regex !== undefined && names.length === 0 && !/\(\?<[A-Za-z]/.test(regex.source))
    throw reader.refusal('parse needs a group with a name, such as (?<user>.*),');
  const expression = regex ?? globToRegex(glob ?? '');
  return (table) => ({ ...table, rows: table.rows.map((row) => extract(row, source, expression, names)) });
}

function readNames(reader: QueryReader): readonly string[] {
  const names: string[] = [];
  do names.push(readField(reader));
  while (reader.take(/,/) !== undefined);
  return names;
}

function extract(row: Row, source: string, expression: RegExp, names: readonly string[]): Row {
  const match = expression.exec(String(readValue(row, source) ?? ''));
  if (match === null) return row;
  const named = Object.entries(match.groups ?? {});
  return withValues(row, [...names.map((name, index) => [name, match[index + 1]] as const), ...named]);
}

function globToRegex(glob: string): RegExp {
  const parts = glob.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const last = parts.at(-1) === '' ? '$' : '';
  return new RegExp(`${parts.join('(.*?)')}${last}`, 's');
}
