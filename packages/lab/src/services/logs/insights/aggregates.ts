import { type Expression, orderOf, readExpression, readField, toNumber } from './expression.js';
import type { QueryReader } from './query-reader.js';
import type { Row, Value } from './row.js';

/** A statistic over the rows of a bin. */
type Aggregate = (rows: readonly Row[]) => Value;

export interface Column<Work> {
  readonly name: string;
  /** The expression as it stands in the query. */
  readonly text: string;
  readonly work: Work;
}

export interface Statistics {
  /** Each by the name under which the columns read it. */
  readonly aggregates: ReadonlyMap<string, Aggregate>;
  readonly columns: readonly Column<Expression>[];
  readonly by: readonly Column<Expression>[];
}

/** `count(*) as requests, max(ms) / 1000 as slowest, slowest * 2 by bin(5m), status` */
export function readStatistics(reader: QueryReader): Statistics {
  const aggregates = new Map<string, Aggregate>();
  const known = new Set<string>();
  const context = {
    known,
    read(name: string): Expression | undefined {
      if (!Object.hasOwn(AGGREGATES, name.toLowerCase())) return undefined;
      // What stands inside a statistic is of the events, not of the columns.
      reader.statistics = undefined;
      const key = `statistic ${aggregates.size}`;
      aggregates.set(key, readArguments(reader, name.toLowerCase()));
      reader.statistics = context;
      return (row) => row.set.get(key);
    },
  };
  reader.statistics = context;
  const columns = readColumns(
    reader,
    () => readExpression(reader),
    (name) => known.add(name),
  );
  reader.statistics = undefined;
  if (aggregates.size === 0) throw reader.refusal('a statistic such as count(*) is expected');
  const by = reader.takeWord('by') ? readColumns(reader, () => readExpression(reader)) : [];
  return { aggregates, columns, by };
}

/** Columns between commas, each named by its alias or by its own text. */
export function readColumns<Work>(
  reader: QueryReader,
  readOne: () => Work,
  onName: (name: string) => void = () => undefined,
): readonly Column<Work>[] {
  const columns: Column<Work>[] = [];
  do {
    reader.skip();
    const start = reader.at;
    const work = readOne();
    const text = reader.textSince(start).replace(/^`(.*)`$/, '$1');
    const name = reader.takeWord('as') ? readField(reader) : text;
    reader.columns.add(name);
    onName(name);
    columns.push({ name, text, work });
  } while (reader.take(/,/) !== undefined);
  return columns;
}

export function aggregateRows(rows: readonly Row[], { aggregates, columns, by }: Statistics): readonly Row[] {
  const bins = new Map<string, { readonly keys: readonly (readonly [string, Value])[]; readonly rows: Row[] }>();
  if (by.length === 0) bins.set('[]', { keys: [], rows: [] });
  for (const row of rows) {
    const keys = by.map(({ name, work }) => [name, work(row)] as const);
    const id = JSON.stringify(keys.map(([, value]) => value ?? null));
    const bin = bins.get(id) ?? { keys, rows: [] };
    bins.set(id, bin);
    bin.rows.push(row);
  }
  return [...bins.values()].map((bin) => {
    const set = new Map<string, Value>(bin.keys);
    for (const [key, work] of aggregates) set.set(key, work(bin.rows));
    // A column may use those before it.
    for (const { name, work } of columns) set.set(name, work({ set }));
    return { set };
  });
}

/** Behind the parenthesis of a statistic. */
function readArguments(reader: QueryReader, kind: string): Aggregate {
  const isEverything = reader.take(/\*/) !== undefined || reader.take(/(?=\))/) !== undefined;
  if (isEverything && kind !== 'count') throw reader.refusal(`${kind} needs a field`);
  const argument: Expression = isEverything ? () => 1 : readExpression(reader);
  const share = kind === 'pct' ? Number(reader.expect(/,\s*(\d+(?:\.\d+)?)/, 'a percentile')[1]) : undefined;
  reader.expect(/\)/, ')');
  const work = AGGREGATES[kind];
  return (rows) =>
    work?.(
      rows.map(argument).filter((value) => value !== undefined),
      rows,
      argument,
      share,
    );
}

type AggregateWork = (values: readonly Value[], rows: readonly Row[], argument: Expression, share?: number) => Value;

const AGGREGATES: Readonly<Record<string, AggregateWork>> = {
  count: (values) => values.length,
  count_distinct: (values) => new Set(values).size,
  sum: (values) => sum(numbers(values)),
  avg: (values) => (numbers(values).length === 0 ? undefined : sum(numbers(values)) / numbers(values).length),
  min: (values) => extreme(values, -1),
  max: (values) => extreme(values, 1),
  median: (values) => percentile(numbers(values), 50),
  pct: (values, _rows, _argument, share = 50) => percentile(numbers(values), share),
  stddev: (values) => deviation(numbers(values)),
  earliest: (_values, rows, argument) => ofTime(rows, argument, -1),
  latest: (_values, rows, argument) => ofTime(rows, argument, 1),
  sortsfirst: (values) => extreme(values, -1),
  sortslast: (values) => extreme(values, 1),
};

function numbers(values: readonly Value[]): readonly number[] {
  return values.flatMap((value) => toNumber(value) ?? []);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function extreme(values: readonly Value[], sign: 1 | -1): Value {
  return values.reduce(
    (best, value) => (best === undefined || orderOf(value, best) * sign > 0 ? value : best),
    undefined,
  );
}

/** The nearest rank. */
function percentile(values: readonly number[], share: number): Value {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((share / 100) * sorted.length) - 1)];
}

function deviation(values: readonly number[]): Value {
  if (values.length === 0) return undefined;
  const mean = sum(values) / values.length;
  return Math.sqrt(sum(values.map((value) => (value - mean) ** 2)) / values.length);
}

function ofTime(rows: readonly Row[], argument: Expression, sign: 1 | -1): Value {
  const timed = rows.filter((row) => argument(row) !== undefined);
  const chosen = timed.reduce<Row | undefined>((best, row) => {
    const isBetter = ((row.event?.timestamp ?? 0) - (best?.event?.timestamp ?? 0)) * sign > 0;
    return best === undefined || isBetter ? row : best;
  }, undefined);
  return chosen && argument(chosen);
}
