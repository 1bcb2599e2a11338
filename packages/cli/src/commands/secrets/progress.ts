import type { Output } from '../../io.js';

const width = 30;

/** A bar on a terminal, drawn over itself; elsewhere nothing until the end. */
export function drawProgress(output: Output, done: number, total: number): void {
  if (!output.isTTY) return;
  const filled = Math.round((done / total) * width);
  const bar = `${'='.repeat(filled)}${' '.repeat(width - filled)}`;
  output.write(`\r[${bar}] ${done}/${total}${done === total ? '\n' : ''}`);
}
