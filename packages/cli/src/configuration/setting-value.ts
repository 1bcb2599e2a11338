// setting-value: a value of the file as the option of the command line takes it. The option's own parser reads it, so that both take
// the same.
import { InvalidArgumentError } from 'commander';
import type { Setting } from './option-table.js';

/** The value as a command gets it; undefined: as if it were not said. Throws InvalidArgumentError, and what the parser throws. */
export function parseSetting(setting: Setting, value: unknown): unknown {
  const { takes, option, isNegatable } = setting;
  // `--no-keep: false` is what the switch says; true is what is so without it.
  if (takes === 'nothing')
    return value === true ? (option.negate ? undefined : true) : option.negate ? false : undefined;
  if (value === false) return isNegatable ? false : undefined;
  if (value === true) return true;
  const given: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (!setting.isRepeatable && Array.isArray(value)) throw new InvalidArgumentError('It takes one value.');
  let parsed: unknown;
  for (const each of given) {
    const text = String(each);
    if (option.parseArg !== undefined) parsed = option.parseArg(text, parsed as never);
    else parsed = option.variadic ? [...((parsed as unknown[] | undefined) ?? []), text] : text;
  }
  return parsed;
}
