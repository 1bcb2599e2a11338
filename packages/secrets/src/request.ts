// What to ask the store for, from the options: names with their selectors, or the whole path. Contradictions are refused before
// anything is asked.
import type { LoadOptions, Pinned } from './options.js';
import { type KnownKeys, knownKeysOf } from './schema.js';
import { refuse, type SecretsError } from './secrets-error.js';

export interface StoreRequest {
  /** Full parameter names without selectors; undefined reads the whole path. */
  readonly names: readonly string[] | undefined;
  /** Whether the whole path gives the same, for a role that may read a path and no names. */
  readonly isPathAnswer: boolean;
  /** The selector of a full name: `:3`, `:release-0.149.2`, or nothing. */
  selectorOf(name: string): string;
  /** Whether a name that its label does not know is read as it is now. */
  readonly isCurrentWhenMissing: boolean;
  /** Keys that the schema names, where it tells. */
  readonly expectedKeys: readonly string[] | undefined;
}

/** @throws SecretsError SECRETS_OPTIONS_CONFLICT. */
export function planRequest<Output extends object>(options: LoadOptions<Output>, path: string): StoreRequest {
  const known = knownKeysOf(options.schema);
  const expectedKeys = known?.keys;
  const names = namesOf(options, known)?.map((name) => `${path}${name}`);
  const { pinned } = options;
  if (options.unexpected === 'refuse') {
    if (Array.isArray(options.names))
      throw conflict('unexpected: "refuse" needs every name below the path, and names are given');
    if (expectedKeys === undefined) throw conflict('unexpected: "refuse" needs a schema that tells its keys');
  }
  if (pinned !== undefined && (names === undefined || options.names === 'byPath')) {
    throw conflict('pinned versions need known names', 'Give names, or a schema that tells its keys.');
  }
  return {
    names,
    isPathAnswer: !Array.isArray(options.names) && pinned === undefined,
    selectorOf: (name) => selectorOf(pinned, name.slice(path.length)),
    isCurrentWhenMissing: isLabel(pinned) && pinned.ifMissing === 'current',
    expectedKeys,
  };
}

function namesOf<Output extends object>(
  { names, mapping, unexpected }: LoadOptions<Output>,
  known: KnownKeys | undefined,
): readonly string[] | undefined {
  if (unexpected === 'refuse') return undefined;
  if (names !== undefined && names !== 'byPath') return names;
  if (mapping !== undefined) return undefined;
  // Asked for the path: names give the same only to a schema that passes over what else is there.
  return names === 'byPath' && known?.others !== 'ignored' ? undefined : known?.keys;
}

function selectorOf(pinned: Pinned | undefined, relativeName: string): string {
  if (pinned === undefined) return '';
  if (isLabel(pinned)) return `:${pinned.label}`;
  const version = pinned[relativeName];
  return version === undefined ? '' : `:${version}`;
}

// A secret may be called "label" too; its version is a number.
function isLabel(pinned: Pinned | undefined): pinned is Extract<Pinned, { readonly label: string }> {
  return pinned !== undefined && typeof pinned.label === 'string';
}

function conflict(message: string, hint?: string): SecretsError {
  return refuse('configuration', 'SECRETS_OPTIONS_CONFLICT', message, hint);
}
