import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { AgentError } from './agent-error.js';
import { HEARTBEAT_SECONDS } from './stream.js';

// PutRetentionPolicy takes these only (CloudWatch Logs API reference).
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const name = z.string().min(1).max(512);
/** Two of them, and what stands between, fit into the name of a stream. */
const streamPart = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[^:*/]+$/, 'cannot hold : * or /');

/** `/etc/directrix/agent.json`. Flags say the same, and go before the file. */
export const optionsSchema = z.strictObject({
  /** The log group. */
  group: name.regex(/^[.\-_/#A-Za-z0-9]+$/, 'has characters that a log group cannot have'),
  /** The release that this instance is of; part of the stream's name. */
  release: streamPart.default('unknown'),
  /** Default: what the instance metadata service says. */
  instanceId: streamPart.optional(),
  region: name.optional(),
  endpoint: z.url().optional(),
  units: z.array(name).default([]),
  priority: z
    .string()
    .regex(/^(\d|[a-z]+)(\.\.(\d|[a-z]+))?$/, 'is no priority of journalctl')
    .optional(),
  format: z.enum(['json', 'message']).default('json'),
  fields: z.array(name).default([]),
  /** A regular expression that the first line of a message matches: lines that do not are joined to the one before. */
  joinFrom: z.string().refine(isRegularExpression, 'is not a regular expression').optional(),
  /** Set when the agent creates the group. */
  retentionDays: z
    .number()
    .refine((days) => RETENTION_DAYS.includes(days), `must be one of ${RETENTION_DAYS.join(', ')}`)
    .optional(),
  /** Paths in Parameter Store whose values are masked. */
  maskPaths: z.array(z.string().startsWith('/')).default([]),
  /** What to do while the secrets to mask cannot be read: keep the entries in the journal, or ship them without masks. */
  withoutMasks: z.enum(['hold', 'ship']).default('hold'),
  flushSeconds: z.number().min(0.1).max(60).default(1),
  /** How often the stream says how far it is. 0: never. */
  heartbeatSeconds: z.number().min(0).max(3600).default(HEARTBEAT_SECONDS),
  stateDirectory: z.string().startsWith('/').default('/var/lib/directrix-agent'),
  socket: z.string().startsWith('/').default('/run/directrix-agent/health.sock'),
  journalctl: z.string().min(1).default('journalctl'),
});

export type AgentOptions = z.infer<typeof optionsSchema>;

export const DEFAULT_CONFIG_FILE = '/etc/directrix/agent.json';

const flags = {
  config: { type: 'string' },
  group: { type: 'string' },
  release: { type: 'string' },
  'instance-id': { type: 'string' },
  region: { type: 'string' },
  endpoint: { type: 'string' },
  unit: { type: 'string', multiple: true },
  priority: { type: 'string' },
  format: { type: 'string' },
  field: { type: 'string', multiple: true },
  'join-from': { type: 'string' },
  'retention-days': { type: 'string' },
  mask: { type: 'string', multiple: true },
  'without-masks': { type: 'string' },
  'flush-seconds': { type: 'string' },
  'heartbeat-seconds': { type: 'string' },
  'state-directory': { type: 'string' },
  socket: { type: 'string' },
  journalctl: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** A flag's place in the options. */
const names: Readonly<Record<string, keyof AgentOptions>> = {
  group: 'group',
  release: 'release',
  'instance-id': 'instanceId',
  region: 'region',
  endpoint: 'endpoint',
  unit: 'units',
  priority: 'priority',
  format: 'format',
  field: 'fields',
  'join-from': 'joinFrom',
  'retention-days': 'retentionDays',
  mask: 'maskPaths',
  'without-masks': 'withoutMasks',
  'flush-seconds': 'flushSeconds',
  'heartbeat-seconds': 'heartbeatSeconds',
  'state-directory': 'stateDirectory',
  socket: 'socket',
  journalctl: 'journalctl',
};

export interface ParsedArguments {
  readonly isHelp: boolean;
  readonly words: readonly string[];
  readonly configFile: string | undefined;
  readonly given: Readonly<Partial<Record<keyof AgentOptions, unknown>>>;
}

/** Throws AgentError INVALID_ARGUMENT. */
export function parseArguments(argv: readonly string[]): ParsedArguments {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(argv);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AgentError('INVALID_ARGUMENT', reason, { hint: 'directrix-agent --help lists what it takes.' });
  }
  const { values, positionals } = parsed;
  const given = Object.entries(values).flatMap(([flag, value]) => {
    const option = names[flag];
    return option === undefined ? [] : [[option, isNumber(option) ? Number(value) : value] as const];
  });
  return {
    isHelp: values.help === true,
    words: positionals,
    configFile: values.config,
    given: Object.fromEntries(given),
  };
}

function parse(argv: readonly string[]) {
  return parseArgs({ args: [...argv], options: flags, allowPositionals: true });
}

function isNumber(option: keyof AgentOptions): boolean {
  return ['retentionDays', 'flushSeconds', 'heartbeatSeconds'].includes(option);
}

function isRegularExpression(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}

/** The file's options with the flags' before them. Throws AgentError INVALID_CONFIG. */
export async function loadOptions({ configFile, given }: ParsedArguments): Promise<AgentOptions> {
  const path = configFile ?? DEFAULT_CONFIG_FILE;
  const fromFile = await readConfig(path, configFile !== undefined);
  const result = optionsSchema.safeParse({ ...fromFile, ...given });
  if (result.success) return result.data;
  const issues = result.error.issues.map((issue) => {
    const option = String(issue.path[0] ?? '');
    const where = Object.hasOwn(given, option) ? `--${flagOf(option)}` : `${path}: ${issue.path.join('.')}`;
    return `${where}: ${issue.message}`;
  });
  throw new AgentError('INVALID_CONFIG', issues.join('; '), {
    hint: fromFile === undefined ? `Name a log group: --group NAME, or "group" in ${path}.` : undefined,
  });
}

function flagOf(option: string): string {
  return Object.keys(names).find((flag) => names[flag] === option) ?? option;
}

async function readConfig(path: string, isRequired: boolean): Promise<object | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && !isRequired) return undefined;
    throw new AgentError('INVALID_CONFIG', `${path} cannot be read: ${code ?? message}`);
  }
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
  } catch {
    // Told below, without the text of the file.
  }
  throw new AgentError('INVALID_CONFIG', `${path} does not hold a JSON object`);
}
