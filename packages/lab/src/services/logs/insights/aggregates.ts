import { type Expression, orderOf, readExpression, readField, toNumber } from './expression.js';
import type { QueryReader } from './query-reader.js';
import type { Row, Value } from './row.js';

/** A statistic over the rows of a bin. */
type Aggregate = (rows: readonly Row[]) => Value;

interface Column<Work> {
  readonly name: string;
  readonly work: Work;
}

export interface Statistics {
  readonly aggregates: readonly Column<Aggregate>[];
  readonly by: readonly Column<Expression>[];
}

/** `count(*) as requests, pct(duration, 95) by bin(5m), status` */
export function readStatistics(reader: QueryReader): Statistics {
  const aggregates = readColumns(reader, () => readAggregate(reader));
  const by = reader.takeWord('by') ? readColumns(reader, () => readExpression(reader)) : [];
  return { aggregates, by };
}

/** Columns between commas, each named by its alias or by its own text. */
export function readColumns<Work>(reader: QueryReader, readOne: () => Work): readonly Column<Work>[] {
  const columns: Column<Work>[] = [];
  do {
    reader.skip();
    const start = reader.at;
    const work = readOne();
    const text = reader.textSince(start).replace(/^`(.*)`$/, '$1');
    columns.push({ name: reader.takeWord('as') ? readField(reader) : text, work });
  } while (reader.take(/,/) !== undefined);
  return columns;
}

export function aggregateRows(rows: readonly Row[], { aggregates, by }: Statistics): readonly Row[] {
  const bins = new Map<string, { readonly keys: readonly (readonly [string, Value])[]; readonly rows: Row[] }>();
  if (by.length === 0) bins.set('', { keys: [], rows: [] });
  for (const row of rows) {
    const keys = by.map(({ name, work }) => [name, work(row)] as const);
    const id = JSON.stringify(keys.map(([, value]) => value ?? null));
    const bin = bins.get(id) ?? { keys, rows: [] };
    bins.set(id, bin);
    bin.rows.push(row);
  }
  return [...bins.values()].map((bin) => ({
    set: new Map([...bin.keys, ...aggregates.map(({ name, work }) => [name, work(bin.rows)] as const)]),
  }));
}

function readAggregate(reader: QueryReader): Aggregate {
  const [, name = ''] = reader.expect(/([a-z_]+)\s*\(/, 'a statistic such as count(*)');
  const kind = name.toLowerCase();
  const isEverything = reader.take(/\*/) !== undefined || reader.take(/(?=\))/) !== undefined;
  const argument: Expression = isEverything ? () => 1 : readExpression(reader);
  const share = kind === 'pct' ? Number(reader.expect(/,\s*(\d+(?:\.\d+)?)/, 'a percentile')[1]) : undefined;
  reader.expect(/\)/, ')');
  const work = AGGREGATES[kind];
  if (work === undefined) throw reader.refusal(`the statistic ${name} is not emulated by the lab`);
  return (rows) =>
    work(
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
