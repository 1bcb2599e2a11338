import Table from 'cli-table3';
import type { Performance } from './act.js';

const labelWidth = 23;

/** The acts side by side, in so many columns. Seconds are lab time. */
export function renderTable(performances: readonly Performance[], columns: number): string {
  const borders = performances.length + 2;
  const width = Math.max(14, Math.floor((columns - 1 - labelWidth - borders) / performances.length));
  const table = new Table({
    head: ['', ...performances.map(({ act }) => `Act ${act.numeral}`)],
    colWidths: [labelWidth, ...performances.map(() => Math.min(width, 30))],
    wordWrap: true,
    style: { head: [], border: [] },
  });
  const row = (name: string, cell: (performance: Performance) => string) =>
    table.push([name, ...performances.map(cell)]);
  row('deployed by', ({ act }) => act.title);
  row('network', ({ act }) => act.network);
  row('requests', ({ traffic }) => String(traffic.requests));
  row('failed requests', ({ traffic }) => String(traffic.failed));
  row('seconds down', ({ traffic }) => String(traffic.secondsDown));
  row('seconds to its verdict', ({ ending }) => ending.seconds.toFixed(0));
  row('outcome', ({ ending }) => ending.outcome);
  return table.toString();
}
