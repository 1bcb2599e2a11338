// help: what a command's help says beside the list of its options.
import { type AddHelpTextContext, Option } from 'commander';
import { wrapLine } from './text/lines.js';

/** Text below the list of options, for `addHelpText`. Lines that are indented are for copying, and stay whole. */
export function notes(text: string): (context: AddHelpTextContext) => string {
  return ({ error, command }) => {
    const { getErrHelpWidth, getOutHelpWidth } = command.configureOutput();
    const columns = (error ? getErrHelpWidth?.() : getOutHelpWidth?.()) ?? 80;
    return text
      .split('\n')
      .map((line) => (line.startsWith(' ') ? line : wrapLine(line, columns, 0)))
      .join('\n');
  };
}

/** An option whose default is found when the command runs, and said in its help. */
export function optionWithDefault<Value>(
  flags: string,
  description: string,
  theDefault: string,
  parse?: (text: string, previous: Value) => Value,
): Option {
  const option = new Option(flags, description).default(undefined, theDefault);
  return parse === undefined ? option : option.argParser(parse);
}

/** What the help says of an option, in parts. */
export interface ToldOption {
  readonly flags: string;
  readonly description: string;
  /** Empty where there is none, or where it follows from the flag's absence. */
  readonly theDefault: string;
}

export function tellOption({
  flags,
  description,
  defaultValue,
  defaultValueDescription,
  argChoices,
}: Option): ToldOption {
  return {
    flags,
    description: argChoices === undefined ? description : `${description}: ${argChoices.join(', ')}`,
    theDefault: defaultValueDescription ?? (defaultValue === undefined ? '' : String(defaultValue)),
  };
}

/** Commander shows a default only where it has the value. */
export function describeOption(option: Option): string {
  const { description, theDefault } = tellOption(option);
  return theDefault === '' ? description : `${description} (default: ${theDefault})`;
}
