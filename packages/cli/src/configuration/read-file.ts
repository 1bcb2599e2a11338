// read-file: the text of directrix.yaml or directrix.json, checked. Each mistake is told with its line and column, all of them at once.
import { DirectrixError } from '@directrix/rollout';
import { type Command, InvalidArgumentError } from 'commander';
import { type Document, isMap, isNode, isPair, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { FoundFile } from './find-file.js';
import { type CommandSettings, listCommands, type Setting } from './option-table.js';
import { type ConfigurationDocument, createSchema } from './schema.js';
import { parseSetting } from './setting-value.js';
import { structuredSettings } from './structured.js';

export interface Configuration {
  readonly fileName: string;
  readonly document: ConfigurationDocument;
}

interface Mistake {
  readonly at: number;
  readonly message: string;
}

/** More are not read by anybody. */
const shownMistakesMax = 20;

type Path = readonly PropertyKey[];

/** Throws CONFIG_INVALID, which names every mistake. */
export async function readConfiguration(file: FoundFile, program: Command): Promise<Configuration> {
  const lineCounter = new LineCounter();
  // JSON is YAML too.
  const parsed = parseDocument(file.text, { lineCounter, merge: true, prettyErrors: false, logLevel: 'error' });
  const broken = parsed.errors.map(({ pos: [at], message }) => ({ at, message }));
  if (broken.length > 0) throw describeMistakes(file, broken, lineCounter);
  let value: unknown;
  try {
    value = fillEmpty(parsed.toJS({ maxAliasCount: 100 }));
  } catch (error) {
    throw describeMistakes(file, [{ at: 0, message: (error as Error).message }], lineCounter);
  }
  const checked = createSchema(program).safeParse(value);
  const mistakes = checked.success
    ? checkValues(checked.data, parsed, program)
    : await explainIssues(checked.error.issues, parsed, program);
  if (mistakes.length > 0 || !checked.success) throw describeMistakes(file, mistakes, lineCounter);
  return { fileName: file.name, document: checked.data };
}

/** `web:` with nothing behind it is a group without settings. */
function fillEmpty(value: unknown): unknown {
  const document = value ?? {};
  if (!isRecord(document)) return document;
  const filled: Record<string, unknown> = { ...document };
  for (const name of ['defaults', 'groups', 'commands', 'environments']) {
    if (!(name in filled)) continue;
    filled[name] ??= {};
    const part = filled[name];
    if (name === 'defaults' || !isRecord(part)) continue;
    filled[name] = Object.fromEntries(
      Object.entries(part).map(([key, each]) => [key, name === 'environments' ? fillEmpty(each) : (each ?? {})]),
    );
  }
  return filled;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type Issue = z.core.$ZodIssue;

type NearestNames = (name: string, names: readonly string[]) => readonly string[];

async function explainIssues(issues: readonly Issue[], parsed: Document.Parsed, program: Command): Promise<Mistake[]> {
  // It comes with the SDK, which is not loaded for a file that is right.
  const { nearestNames } = await import('@directrix/aws');
  return issues.flatMap((issue) => explainIssue(issue, parsed, program, nearestNames));
}

function explainIssue(issue: Issue, parsed: Document.Parsed, program: Command, nearest: NearestNames): Mistake[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      at: offsetOfKey(parsed, [...issue.path, key]),
      message: explainUnknown(issue.path, key, program, nearest),
    }));
  const where = issue.path.length === 0 ? 'the file' : tellPath(issue.path);
  return [{ at: offsetOf(parsed, issue.path), message: `${where}: ${tellIssue(issue)}` }];
}

function tellIssue(issue: Issue): string {
  if (issue.code === 'invalid_type' && ['object', 'record'].includes(issue.expected)) return 'write keys with values';
  if (issue.code === 'invalid_type' && issue.expected === 'string') return 'write a text';
  return issue.message.charAt(0).toLowerCase() + issue.message.slice(1);
}

function explainUnknown(path: Path, key: string, program: Command, nearest: NearestNames): string {
  const near = nearest(key, knownKeys(path, program));
  const meant = near.length === 0 ? '' : `; did you mean ${near.join(' or ')}?`;
  return `${tellPath([...path, key])} is not a setting${meant}`;
}

function knownKeys(path: Path, program: Command): readonly string[] {
  const inEnvironment = path[0] === 'environments';
  const [part, name] = inEnvironment ? path.slice(2) : path;
  const commands = listCommands(program);
  if (part === undefined)
    return ['region', 'profile', 'defaults', 'groups', 'commands', ...(inEnvironment ? [] : ['environments'])];
  if (part === 'commands' && name === undefined) return commands.map((command) => command.name);
  const asked =
    part === 'commands'
      ? commands.filter((command) => command.name === name)
      : commands.filter(({ hasGroup }) => hasGroup);
  const structured = part === 'commands' ? [] : Object.keys(structuredSettings);
  return [...new Set([...asked.flatMap(({ settings }) => [...settings.keys()]), ...structured])];
}

/** What the schema cannot know: whether the option takes the value. */
function checkValues(document: ConfigurationDocument, parsed: Document.Parsed, program: Command): Mistake[] {
  const commands = listCommands(program);
  const ofGroups = commands.filter(({ hasGroup }) => hasGroup);
  const checkPart = (part: ConfigurationDocument, path: Path): Mistake[] => [
    ...checkAccount(part, path, parsed, commands),
    ...checkSettings(part.defaults ?? {}, [...path, 'defaults'], ofGroups),
    ...Object.entries(part.groups ?? {}).flatMap(([name, { name: _, ...settings }]) =>
      checkSettings(settings, [...path, 'groups', name], ofGroups),
    ),
    ...Object.entries(part.commands ?? {}).flatMap(([name, settings]) =>
      checkSettings(
        settings,
        [...path, 'commands', name],
        commands.filter((command) => command.name === name),
      ),
    ),
  ];
  const checkSettings = (settings: object, path: Path, by: readonly CommandSettings[]): Mistake[] =>
    Object.entries(settings).flatMap(([key, value]) => checkValue(value, [...path, key], settingsOf(key, by), parsed));
  return [
    ...checkPart(document, []),
    ...Object.entries(document.environments ?? {}).flatMap(([name, part]) => checkPart(part, ['environments', name])),
  ];
}

function checkAccount(
  part: ConfigurationDocument,
  path: Path,
  parsed: Document.Parsed,
  commands: readonly CommandSettings[],
): Mistake[] {
  return (['region', 'profile'] as const).flatMap((key) =>
    part[key] === undefined ? [] : checkValue(part[key], [...path, key], settingsOf(key, commands), parsed),
  );
}

function settingsOf(key: string, commands: readonly CommandSettings[]): Setting[] {
  return commands.flatMap(({ settings }) => settings.get(key) ?? []);
}

/** Wrong where no command that has the setting takes the value. */
function checkValue(value: unknown, path: Path, settings: readonly Setting[], parsed: Document.Parsed): Mistake[] {
  let first: string | undefined;
  for (const setting of settings) {
    try {
      parseSetting(setting, value);
      return [];
    } catch (error) {
      if (!(error instanceof InvalidArgumentError || error instanceof DirectrixError)) throw error;
      first ??= error.message;
    }
  }
  return first === undefined ? [] : [{ at: offsetOf(parsed, path), message: `${tellPath(path)}: ${first}` }];
}

function tellPath(path: Path): string {
  return path.map(String).join('.');
}

/** Where the value is, or the nearest part around it. */
function offsetOf(parsed: Document.Parsed, path: Path): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = length === 0 ? parsed.contents : parsed.getIn(path.slice(0, length), true);
    // What is empty stands nowhere: its key does.
    if (isScalar(node) && node.value === null && length > 0) return offsetOfKey(parsed, path.slice(0, length));
    if (isNode(node) && node.range != null) return node.range[0];
  }
  return 0;
}

function offsetOfKey(parsed: Document.Parsed, path: Path): number {
  const around = path.length === 1 ? parsed.contents : parsed.getIn(path.slice(0, -1), true);
  const pair = isMap(around)
    ? around.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === path.at(-1))
    : undefined;
  const range = (pair?.key as Node | undefined)?.range;
  return range?.[0] ?? offsetOf(parsed, path.slice(0, -1));
}

function describeMistakes(file: FoundFile, mistakes: readonly Mistake[], lineCounter: LineCounter): DirectrixError {
  const told = [...mistakes]
    .sort((left, right) => left.at - right.at)
    .map(({ at, message }) => {
      const { line, col } = lineCounter.linePos(at);
      return { place: `${file.name}:${line}:${col}`, message };
    });
  const [first, ...others] = told;
  const shown = told.slice(0, shownMistakesMax).map(({ place, message }) => `  ${place}: ${message}`);
  const rest = told.length - shown.length;
  return new DirectrixError(
    'CONFIG_INVALID',
    others.length === 0
      ? `${first?.place}: ${first?.message}`
      : [`${file.name} has ${told.length} mistakes:`, ...shown, ...(rest > 0 ? [`  and ${rest} more`] : [])].join('\n'),
    { kind: 'invalid', source: first?.place, hint: 'docs/configuration.md lists the settings' },
  );
}
