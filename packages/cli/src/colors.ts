import picocolors from 'picocolors';
import type { Io, Output } from './io.js';

export type Colors = ReturnType<typeof picocolors.createColors>;

/** Colours for one output: none when it is no terminal, when NO_COLOR is set, or when the terminal is dumb. */
export function colorsFor(output: Output, env: Io['env']): Colors {
  return picocolors.createColors(output.isTTY && !env.NO_COLOR && env.TERM !== 'dumb');
}
