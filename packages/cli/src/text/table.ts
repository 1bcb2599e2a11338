import Table from 'cli-table3';

const edges = ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'];
const lines = ['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'];
const noBorders = Object.fromEntries([...edges, ...lines].map((name) => [name, '']));

/** Columns without borders, indented by two. One line for the head and for each row. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const table = new Table({
    head: [...head],
    chars: noBorders,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
  });
  for (const row of rows) table.push([...row]);
  return table
    .toString()
    .split('\n')
    .map((line) => `  ${line.trimEnd()}`);
}
