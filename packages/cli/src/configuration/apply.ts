// apply: what directrix.yaml says, for the command that is run. The command line wins over it, and it wins over the defaults.
//
//   later wins:  defaults  <  groups.NAME  <  commands.NAME  <  the same of environments.ENV  <  the command line
import { DirectrixError } from '@directrix/rollout';
import type { Command } from 'commander';
import { optionWithDefault } from '../help.js';
import type { Io } from '../io.js';
import { fileNames, findFile } from './find-file.js';
import { listCommands, nameOfCommand, withoutConfiguration } from './option-table.js';
import type { Configuration } from './read-file.js';
import type { ConfigurationDocument } from './schema.js';
import { parseSetting } from './setting-value.js';

/** Adds `--config` and `--env` to all commands, and reads the file before one runs. To be called when every option is there. */
export function addConfiguration(program: Command, io: Io): void {
  for (const { command, name } of listCommands(program)) {
    if (withoutConfiguration.has(name)) continue;
    command
      .addOption(optionWithDefault('--config <file>', 'settings', `${fileNames[0]} of the working directory`))
      .option('--env <name>', 'the environment of the settings: production');
  }
  const mandatory = takeMandatory(program);
  program.hook('preAction', async (_, command) => {
    if (!withoutConfiguration.has(nameOfCommand(command))) await applyFile(program, command, io);
    for (const option of mandatory.get(command) ?? [])
      if (command.getOptionValue(option.attributeName()) === undefined)
        command.error(`error: required option '${option.flags}' not specified`, {
          code: 'commander.missingMandatoryOptionValue',
        });
  });
}

// The file may say what the command line does not, so what is missing is known only after it was read.
function takeMandatory(program: Command): ReadonlyMap<Command, readonly Command['options'][number][]> {
  return new Map(
    listCommands(program).map(({ command }) => {
      const options = command.options.filter((option) => option.mandatory);
      for (const option of options) option.makeOptionMandatory(false);
      return [command, options] as const;
    }),
  );
}

async function applyFile(program: Command, command: Command, io: Io): Promise<void> {
  const { config, env } = command.opts<{ readonly config?: string; readonly env?: string }>();
  const file = findFile(io.cwd, config);
  if (file === undefined) {
    if (env === undefined) return;
    throw new DirectrixError('CONFIG_NOT_FOUND', `--env ${env} names a part of a file, and there is none.`, {
      kind: 'invalid',
      source: '--env',
      hint: `write ${fileNames[0]} (directrix init does), or name a file with --config FILE`,
    });
  }
  const { readConfiguration } = await import('./read-file.js');
  await applyConfiguration(await readConfiguration(file, program), command, env);
}

async function applyConfiguration(
  { fileName, document }: Configuration,
  command: Command,
  env: string | undefined,
): Promise<void> {
  const { structuredSettings } = await import('./structured.js');
  const layers = [document, ...(env === undefined ? [] : [environmentOf(document, env, fileName)])];
  const group = chooseGroup(layers, command);
  if (group?.name !== undefined) command.setOptionValueWithSource('group', group.name, 'config');
  const said = settingsFor(layers, nameOfCommand(command), group?.key);
  const own = listOwn(command);
  for (const [key, { commands, parse }] of Object.entries(structuredSettings))
    if (said[key] !== undefined && commands.some((name) => name === command.name()))
      command.setOptionValueWithSource(key, parse(said[key]), 'config');
  for (const [key, value] of Object.entries(said)) {
    const setting = own.get(key);
    const source = command.getOptionValueSource(key);
    if (setting === undefined || (source !== undefined && source !== 'default')) continue;
    const parsed = parseSetting(setting, value);
    if (parsed !== undefined) command.setOptionValueWithSource(key, parsed, 'config');
  }
}

function listOwn(command: Command) {
  return listCommands(command)[0]?.settings ?? new Map();
}

function environmentOf(document: ConfigurationDocument, env: string, fileName: string): ConfigurationDocument {
  const found = document.environments?.[env];
  if (found !== undefined) return found;
  const known = Object.keys(document.environments ?? {});
  throw new DirectrixError('ENVIRONMENT_UNKNOWN', `${fileName} has no environment ${env}.`, {
    kind: 'invalid',
    source: '--env',
    hint: known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`,
  });
}

interface ChosenGroup {
  /** In the file; undefined: the file says nothing of it. */
  readonly key?: string;
  /** What the Auto Scaling group is called; undefined: the command is about no group. */
  readonly name?: string;
}

/** The group of the command line, by its key in the file or by its name; without one, the only one of the file. */
function chooseGroup(layers: readonly ConfigurationDocument[], command: Command): ChosenGroup | undefined {
  if (!command.options.some((option) => option.attributeName() === 'group')) return undefined;
  const keys = [...new Set(layers.flatMap(({ groups }) => Object.keys(groups ?? {})))];
  const nameOf = (key: string) => layers.reduce<string>((name, { groups }) => groups?.[key]?.name ?? name, key);
  const given = command.getOptionValue('group') as string | undefined;
  const key =
    given === undefined
      ? defaultKey(keys, command)
      : (keys.find((each) => each === given) ?? keys.find((each) => nameOf(each) === given));
  return key === undefined ? { name: given } : { key, name: nameOf(key) };
}

/** `status` without a group shows all; a template has groups of its own. */
function defaultKey(keys: readonly string[], command: Command): string | undefined {
  const isAsked = command.name() !== 'status' && command.getOptionValue('template') === undefined;
  return isAsked && keys.length === 1 ? keys[0] : undefined;
}

/** What is said for one command by these names, of what the group says for all of them. */
const notShared: Readonly<Record<string, readonly string[]>> = {
  // The way back is not kept open to the release that it leaves, unless that is said of rollback itself.
  rollback: ['bake'],
};

function settingsFor(
  layers: readonly ConfigurationDocument[],
  commandName: string,
  groupKey: string | undefined,
): Readonly<Record<string, unknown>> {
  const said: Record<string, unknown> = {};
  for (const { region, profile, defaults, groups, commands } of layers) {
    const { name: _, ...ofGroup } = (groupKey === undefined ? undefined : groups?.[groupKey]) ?? {};
    const shared = { ...defaults, ...ofGroup };
    for (const key of notShared[commandName] ?? []) delete (shared as Record<string, unknown>)[key];
    Object.assign(said, defined({ region, profile }), shared, commands?.[commandName]);
  }
  return said;
}

function defined(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
