// option-table: the options of the command line as settings of directrix.yaml. Read from the commands themselves, so that an option
// that a command gains is a setting at the same moment.
import type { Command, Option } from 'commander';
import { listActingCommands } from '../acting-commands.js';

/** What an option takes: nothing (`--json`), a value (`--bake 5m`), or either (`--color [when]`). */
export type Takes = 'nothing' | 'value' | 'either';

export interface Setting {
  /** The option in camel case, as commander names its value: `minHealthyTime`. */
  readonly key: string;
  readonly takes: Takes;
  readonly isRepeatable: boolean;
  /** There is a `--no-…` of it: false says that. */
  readonly isNegatable: boolean;
  readonly choices?: readonly string[];
  readonly description: string;
  /** The one that takes the value; of a lone `--no-…` that one. */
  readonly option: Option;
}

export interface CommandSettings {
  /** `deploy`, `lab up`. */
  readonly name: string;
  readonly command: Command;
  readonly settings: ReadonlyMap<string, Setting>;
  /** It is about one group: it has `--group`. */
  readonly hasGroup: boolean;
}

/** Which file, which part of it, and what the file names by its structure. */
const notSettings: ReadonlySet<string> = new Set(['config', 'env', 'help', 'group']);

/** The commands that read no file: they write one, or speak of this program alone. */
export const withoutConfiguration: ReadonlySet<string> = new Set([
  'init',
  'completion',
  'config check',
  'config schema',
  'iam-policy',
  'agent',
]);

/** Every command that does something, in the order of the help. */
export function listCommands(program: Command): readonly CommandSettings[] {
  return listActingCommands(program).map(({ command, name }) => ({
    name,
    command,
    settings: readSettings(command),
    hasGroup: command.options.some((option) => option.attributeName() === 'group'),
  }));
}

/** `lab up` of the command `up` of `lab`. */
export function nameOfCommand(command: Command): string {
  const names: string[] = [];
  for (let at: Command | null = command; at?.parent != null; at = at.parent) names.unshift(at.name());
  return names.join(' ');
}

function readSettings(command: Command): ReadonlyMap<string, Setting> {
  const settings = new Map<string, Setting>();
  for (const option of command.options) {
    const key = option.attributeName();
    if (notSettings.has(key)) continue;
    const other = settings.get(key);
    settings.set(key, other === undefined ? settingOf(key, option) : join(other, settingOf(key, option)));
  }
  return settings;
}

function settingOf(key: string, option: Option): Setting {
  return {
    key,
    takes: option.required ? 'value' : option.optional ? 'either' : 'nothing',
    isRepeatable: option.variadic || /\brepeat/.test(option.description),
    isNegatable: option.negate,
    choices: option.argChoices,
    description: option.description,
    option,
  };
}

/** `--probe <path>` and `--no-probe` are one setting. */
function join(left: Setting, right: Setting): Setting {
  const [taking, negating] = left.isNegatable ? [right, left] : [left, right];
  return { ...taking, isNegatable: negating.isNegatable || taking.isNegatable };
}
