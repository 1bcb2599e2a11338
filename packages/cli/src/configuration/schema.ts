// schema: the one schema of directrix.yaml. It checks the file, and the JSON schema for editors is generated from it.
import type { Command } from 'commander';
import { z } from 'zod';
import { listCommands, type Setting } from './option-table.js';
import { structuredSettings } from './structured.js';

/** What a value of an option looks like in the file. A number is as good as its text: `probeRate: 10`. */
const oneValue = z.union([z.string(), z.number()], { error: 'write a text or a number' });

function schemaOf(setting: Setting): z.ZodType {
  const described = (schema: z.ZodType) => schema.describe(setting.description);
  if (setting.takes === 'nothing') return described(z.boolean({ error: `write ${tellValues(setting)}` }));
  const { choices } = setting;
  const single: z.ZodType =
    choices === undefined
      ? oneValue
      : z.enum(choices as [string, ...string[]], { error: `write ${choices.join(', ')}` });
  const values: z.ZodType[] = [single];
  if (setting.isRepeatable) values.push(z.array(single, { error: 'write a list' }));
  if (setting.takes === 'either') values.push(z.boolean());
  else if (setting.isNegatable) values.push(z.literal(false));
  if (values.length === 1) return described(single);
  return described(z.union(values, { error: `write ${tellValues(setting)}` }));
}

function tellValues({ choices, isRepeatable, isNegatable, takes }: Setting): string {
  if (takes === 'nothing') return 'true or false';
  const words = [choices === undefined ? 'a text or a number' : choices.join(', ')];
  if (isRepeatable) words.push('a list of them');
  if (takes === 'either') words.push('true', 'false');
  else if (isNegatable) words.push('false');
  return words.length === 1 ? words.join() : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

type Shape = Record<string, z.ZodType>;

/** By key. Two commands may take different things by one name: then the file may say either. */
function optional(settings: Iterable<Setting>): Shape {
  const byKey = new Map<string, Map<string, Setting>>();
  for (const setting of settings) {
    const shapes = byKey.get(setting.key) ?? new Map<string, Setting>();
    byKey.set(setting.key, shapes);
    const shape = tellValues(setting);
    const known = shapes.get(shape);
    // The longer help says more: the other may be "as of deploy".
    if (known === undefined || known.description.length < setting.description.length) shapes.set(shape, setting);
  }
  return Object.fromEntries(
    [...byKey].map(([key, shapes]) => {
      const schemas = [...shapes.values()].map(schemaOf);
      const [only, ...others] = schemas;
      const error = `write ${[...shapes.keys()].join(', or ')}`;
      return [key, (only !== undefined && others.length === 0 ? only : z.union(schemas, { error })).optional()];
    }),
  );
}

export interface ConfigurationDocument {
  readonly region?: string;
  readonly profile?: string;
  readonly defaults?: GroupSettings;
  readonly groups?: Readonly<Record<string, GroupSettings & { readonly name?: string }>>;
  readonly commands?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly environments?: Readonly<Record<string, ConfigurationDocument>>;
}

type GroupSettings = Readonly<Record<string, unknown>>;

/** The schema of a file for these commands. */
export function createSchema(program: Command): z.ZodType<ConfigurationDocument> {
  const commands = listCommands(program);
  const ofGroups = commands.filter(({ hasGroup }) => hasGroup);
  const settings = {
    ...optional(ofGroups.flatMap((command) => [...command.settings.values()])),
    hooks: structuredSettings.hooks.schema.optional(),
    notifications: structuredSettings.notifications.schema.optional(),
  };
  const group = z.strictObject(settings);
  const namedGroup = z.strictObject({
    name: z.string().min(1).describe('the name of the Auto Scaling group (default: the key)').optional(),
    ...settings,
  });
  const part = {
    region: z.string().describe('the AWS region, of every command').optional(),
    profile: z.string().describe('the profile of the AWS configuration, of every command').optional(),
    defaults: group.describe('of every group that does not say otherwise').optional(),
    groups: z.record(z.string().min(1), namedGroup).describe('by group').optional(),
    commands: z
      .strictObject(
        Object.fromEntries(
          commands.map(({ name, settings: own }) => [name, z.strictObject(optional(own.values())).optional()]),
        ),
      )
      .describe('of one command, whatever the group says')
      .optional(),
  };
  return z.strictObject({
    $schema: z.string().optional(),
    ...part,
    environments: z.record(z.string().min(1), z.strictObject(part)).describe('what --env NAME changes').optional(),
  }) as z.ZodType<ConfigurationDocument>;
}

/** The schema for editors. */
export function describeSchema(program: Command): object {
  return {
    title: 'Settings of Directrix: directrix.yaml or directrix.json',
    ...z.toJSONSchema(createSchema(program), { reused: 'ref' }),
  };
}
