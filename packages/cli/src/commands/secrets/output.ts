import Table from 'cli-table3';

const edges = ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'];
const lines = ['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'];
const plain = Object.fromEntries([...edges, ...lines].map((name) => [name, '']));

/** Columns without lines, a newline at the end. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const table = new Table({
    head: [...head],
    chars: plain,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
  });
  for (const row of rows) table.push([...row]);
  const trimmed = table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
  return `${trimmed.join('\n')}\n`;
}

export function formatTime(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}

export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
