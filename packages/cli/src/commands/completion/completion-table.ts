// completion-table: what may stand behind each command, read from the commands themselves.
import type { Command, Option } from 'commander';

export interface Completion {
  /** The words so far: empty, `deploy`, `lab up`. */
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly CompletedOption[];
  /** The values of its arguments, where only certain ones are taken. */
  readonly values: readonly string[];
}

export interface CompletedOption {
  readonly long: string;
  readonly short?: string;
  readonly description: string;
  readonly takesValue: boolean;
  readonly choices: readonly string[];
}

/** One entry for the program and for each command, those above others before them. */
export function readTable(command: Command, path: readonly string[] = []): readonly Completion[] {
  const children = command.commands.filter((child) => child.name() !== 'help');
  return [
    {
      path: path.join(' '),
      commands: children.map((child) => ({ name: child.name(), description: firstOf(child.description()) })),
      options: command.options.filter(({ hidden, long }) => !hidden && long != null).map(describe),
      values: command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices),
    },
    ...children.flatMap((child) => readTable(child, [...path, child.name()])),
  ];
}

function describe({ long, short, description, required, argChoices = [] }: Option): CompletedOption {
  return {
    long: long ?? '',
    short: short ?? undefined,
    description: firstOf(description),
    takesValue: required,
    choices: argChoices,
  };
}

/** A list has one line for each. */
function firstOf(text: string): string {
  const [first = ''] = text.split(/[;\n(]/);
  return first.trim();
}

/** Every word that opens a further path: `deploy`, `lab`, `lab up`. */
export function listPaths(table: readonly Completion[]): readonly string[] {
  return table.map(({ path }) => path).filter((path) => path !== '');
}

/** What may come behind an option: `deploy --version-check`, with its choices; none: a value that nobody knows. */
export function listValueOptions(table: readonly Completion[]) {
  return table.flatMap(({ path, options }) =>
    options
      .filter(({ takesValue }) => takesValue)
      .flatMap(({ long, short, choices }) =>
        [long, short].flatMap((flag) => (flag === undefined ? [] : [{ path, flag, choices }])),
      ),
  );
}

/** In single quotes of a shell of the Bourne family. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
