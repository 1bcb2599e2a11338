// lines: text for a terminal that has so many columns. Elsewhere a line stays whole, so that it can be searched for.
import { stripVTControlCharacters } from 'node:util';
import sliceAnsi from 'slice-ansi';
import wrapAnsi from 'wrap-ansi';
import type { Output } from '../io.js';
import { repeatAccount } from './repeat-account.js';

/** A terminal may be narrower than any text can be read in. */
const leastColumns = 40;

/** Writes the text, wrapped at words where the output is a terminal; its commands have the account that was said. */
export function writeText(output: Output, text: string): void {
  const told = repeatAccount(text, output.account ?? {});
  output.write(output.isTTY ? wrapText(told, output.columns) : told);
}

/** Each line of the text wrapped at words, going on below its beginning. A command (`$ …`) is left whole, to be copied. */
export function wrapText(text: string, columns: number): string {
  return text
    .split('\n')
    .map((line) => wrapLine(line, columns, indentOf(line)))
    .join('\n');
}

/** One line wrapped at words, with `indent` spaces before what goes on below. */
export function wrapLine(line: string, columns: number, indent: number): string {
  const plain = stripVTControlCharacters(line);
  if (plain.length < columns || plain.trimStart().startsWith('$ ')) return line;
  const width = Math.max(leastColumns, columns - 1) - indent;
  const [first = '', ...rest] = wrapAnsi(line, width + indent, { trim: false }).split('\n');
  const others = wrapAnsi(rest.map((part) => part.trim()).join(' '), width).split('\n');
  return [first, ...others.map((other) => `${' '.repeat(indent)}${other}`)].map((part) => part.trimEnd()).join('\n');
}

// Below the text of the line: behind the time, the label or the margin of a console that it begins with.
function indentOf(line: string): number {
  const [start = ''] =
    stripVTControlCharacters(line).match(/^(?: *\| | *(?:[\d:]{5,}|evidence|kept|journal|next) {2,}| *)/) ?? [];
  return start.trim() === '' ? start.length + 2 : start.length;
}

/** The line, or as much of it as has room before an ellipsis. A line that wraps would break what is redrawn in place. */
export function cutLine(line: string, columns: number): string {
  const whole = sliceAnsi(line, 0, columns - 1);
  const isWhole = stripVTControlCharacters(whole) === stripVTControlCharacters(line);
  return isWhole ? line : `${sliceAnsi(line, 0, columns - 2)}…`;
}

/** Somebody else's text, such as a console's: no character of it moves or colours our terminal. */
export function cleanLine(line: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are the ones.
  return stripVTControlCharacters(line).replace(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g, '');
}
