import Table from 'cli-table3';
import type { Performance } from './act.js';

/** The acts side by side. Seconds are lab time. */
export function renderTable(performances: readonly Performance[]): string {
  const table = new Table({
    head: ['', ...performances.map(({ act }) => `Act ${act.numeral}`)],
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
