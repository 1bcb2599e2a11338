// loadSecrets: read, name, validate, or fail with the layer that failed. An application that awaits it cannot start blind.
//
//   B1. It resolves only with values that the schema accepts.
//   B2. It fails within its deadline; a network that drops is named within 5 s.
//   B3. What it cannot do it says at once: everything missing and malformed in one error.
//   B4. No value is in any error, warning, health line or event.
import { createMemory, type Memory } from './last-known-good.js';
import { mapNames, normalizePath } from './names.js';
import { defaultLimits, type Limits, type LoadOptions } from './options.js';
import type { StoredParameters } from './parameter-store.js';
import type { Ports } from './ports.js';
import { createReader, type Reader } from './reader.js';
import { keysOf, validate } from './schema.js';
import { type Branded, brand } from './secret.js';
import type { Change, Secrets, SecretsHealth, Source } from './secrets.js';
import { healthOf } from './secrets.js';
import { type Problem, refuse, SecretsError } from './secrets-error.js';
import { systemPorts } from './system-ports.js';

/** The layers below the store's own answer: only for these is last-known-good a substitute. */
const transportLayers = new Set(['name', 'network', 'tls']);

interface Loaded<Output extends object> {
  readonly values: Branded<Output>;
  /** The store's values by key, to see what changed. */
  readonly texts: ReadonlyMap<string, string>;
  readonly versions: Readonly<Record<string, number>>;
  readonly source: Source;
}

/**
 * Loads the secrets below `options.path`.
 *
 * @throws SecretsError when they cannot be loaded, naming the layer; the same is told on standard error.
 */
export async function loadSecrets<Output extends object>(options: LoadOptions<Output>): Promise<Secrets<Output>> {
  const ports: Ports = { ...systemPorts, ...options.ports };
  const limits: Limits = { ...defaultLimits, ...options.limits };
  const path = normalizePath(options.path);
  const closing = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, closing.signal]) : closing.signal;
  const reader = createReader(path, regionOf(options.region), options.client, limits, ports);
  const memory = createMemory(options.lastKnownGood, path);
  try {
    const loaded = await load(options, path, reader, memory, ports, signal);
    return keep(
      options,
      loaded,
      () => load(options, path, reader, memory, ports, signal),
      ports,
      signal,
      () => {
        closing.abort();
        reader.close();
      },
    );
  } catch (error) {
    reader.close();
    if (error instanceof SecretsError) ports.warn(describe(error));
    throw error;
  }
}

async function load<Output extends object>(
  options: LoadOptions<Output>,
  path: string,
  reader: Reader,
  memory: Memory,
  ports: Ports,
  signal: AbortSignal,
): Promise<Loaded<Output>> {
  const { parameters, source } = await readOrRecall(options, path, reader, memory, ports, signal);
  if (parameters.size === 0) {
    throw refuse(
      'path',
      'PATH_EMPTY',
      `there is no parameter below ${path}`,
      'Check the path, the region and the account.',
    );
  }
  const { names, problems: collisions } = mapNames(parameters.keys(), path, options.mapping ?? ((name) => name));
  const texts = new Map([...names].map(([key, name]) => [key, parameters.get(name)!.value]));
  const result = await validate(options.schema, texts, (key) => names.get(key) ?? `${path}${key}`);
  const problems = [
    ...collisions,
    ...('problems' in result ? result.problems : []),
    ...(options.unexpected === 'refuse' ? unexpected(options, names) : []),
  ];
  if ('output' in result && problems.length === 0) {
    const versions = Object.fromEntries([...names].map(([key, name]) => [key, parameters.get(name)!.version]));
    return { values: brand(result.output), texts, versions, source };
  }
  throw new SecretsError('values', problems as [Problem, ...Problem[]]);
}

async function readOrRecall<Output extends object>(
  options: LoadOptions<Output>,
  path: string,
  reader: Reader,
  memory: Memory,
  ports: Ports,
  signal: AbortSignal,
): Promise<{ readonly parameters: StoredParameters; readonly source: Source }> {
  try {
    const parameters = await reader.read(namesToRead(options, path), signal);
    const readAt = ports.now();
    await memory.remember({ parameters, readAt });
    return { parameters, source: { kind: 'store', readAt } };
  } catch (error) {
    if (!(error instanceof SecretsError) || !transportLayers.has(error.layer)) throw error;
    const now = ports.now();
    const remembered = await memory.recall(now);
    if (!remembered) throw error;
    const ageMs = now - remembered.readAt;
    ports.warn(`${describe(error)}\nsecrets: USING LAST-KNOWN-GOOD values, read ${Math.round(ageMs / 1000)} s ago`);
    return {
      parameters: remembered.parameters,
      source: { kind: 'lastKnownGood', readAt: remembered.readAt, ageMs, because: error.code },
    };
  }
}

/** Full parameter names with selectors, or undefined to read the whole path. */
function namesToRead<Output extends object>(options: LoadOptions<Output>, path: string): readonly string[] | undefined {
  const { names, pinned = {}, mapping, unexpected } = options;
  if (unexpected === 'refuse' && Array.isArray(names)) {
    throw refuse(
      'configuration',
      'SECRETS_OPTIONS_CONFLICT',
      'unexpected: "refuse" needs every name below the path, and names are given',
    );
  }
  const isByPath = names === 'byPath' || unexpected === 'refuse';
  const keys = isByPath
    ? undefined
    : ((names as readonly string[] | undefined) ?? (mapping ? undefined : keysOf(options.schema)));
  if (keys === undefined) {
    if (Object.keys(pinned).length > 0) {
      throw refuse(
        'configuration',
        'SECRETS_OPTIONS_CONFLICT',
        'pinned versions need known names',
        'Give names, or a schema that tells its keys.',
      );
    }
    return undefined;
  }
  return keys.map((key) => `${path}${key}${pinned[key] === undefined ? '' : `:${pinned[key]}`}`);
}

function unexpected<Output extends object>(
  options: LoadOptions<Output>,
  names: ReadonlyMap<string, string>,
): Problem[] {
  const expected = keysOf(options.schema);
  if (expected === undefined) {
    throw refuse(
      'configuration',
      'SECRETS_OPTIONS_CONFLICT',
      'unexpected: "refuse" needs a schema that tells its keys',
    );
  }
  return [...names]
    .filter(([key]) => !expected.includes(key))
    .map(([key, name]) => ({ code: 'SECRET_UNEXPECTED', name: key, message: `${name} is not in the schema` }));
}

function regionOf(region: string | undefined): string {
  const found = region ?? process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION;
  if (!found) {
    throw refuse(
      'configuration',
      'SECRETS_REGION_MISSING',
      'no region is configured',
      'Give region, or set AWS_REGION.',
    );
  }
  return found;
}

function describe(error: SecretsError): string {
  const hint = error.hint ? `\nsecrets: ${error.hint}` : '';
  return `secrets: ${error.code} (${error.layer}): ${error.message}${hint}`;
}

/** Keeps what was loaded: synchronous access, refreshing, change events. */
function keep<Output extends object>(
  options: LoadOptions<Output>,
  first: Loaded<Output>,
  again: () => Promise<Loaded<Output>>,
  ports: Ports,
  signal: AbortSignal,
  close: () => void,
): Secrets<Output> {
  let current = first;
  let lastError: SecretsError | undefined;
  let refreshing: Promise<Change> | undefined;
  const changeListeners = new Set<(change: Change) => void>();
  const errorListeners = new Set<(error: SecretsError) => void>();

  const readAgain = async (): Promise<Change> => {
    try {
      const next = await again();
      const change = { names: changedNames(current.texts, next.texts) };
      current = next;
      lastError = undefined;
      if (change.names.length > 0) for (const listener of changeListeners) listener(change);
      return change;
    } catch (error) {
      if (error instanceof SecretsError) {
        lastError = error;
        for (const listener of errorListeners) listener(error);
      }
      throw error;
    }
  };
  // Callers that refresh at the same moment share one read.
  const refresh = () => {
    refreshing ??= readAgain().finally(() => {
      refreshing = undefined;
    });
    return refreshing;
  };
  if (options.refresh) void keepRefreshing(options.refresh.ttlMs, refresh, ports, signal);

  return {
    get values() {
      return current.values;
    },
    get: (name) => current.values[name],
    get versions() {
      return current.versions;
    },
    get source() {
      return current.source;
    },
    health: () => currentHealth(current.source, lastError),
    refresh,
    async withFreshRetry(attempt, isAuthenticationFailure) {
      try {
        return await attempt(current.values);
      } catch (error) {
        if (!isAuthenticationFailure(error)) throw error;
        const { names } = await refresh();
        if (names.length === 0) throw error;
        return attempt(current.values);
      }
    },
    onChange: (listener) => subscribe(changeListeners, listener),
    onError: (listener) => subscribe(errorListeners, listener),
    close,
  };
}

async function keepRefreshing(
  ttlMs: number,
  refresh: () => Promise<Change>,
  ports: Ports,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      // Nine to eleven tenths, so that a fleet that started together drifts apart.
      await ports.sleep(ttlMs * (0.9 + 0.2 * ports.random()), signal);
      await refresh();
    } catch (error) {
      if (!signal.aborted && error instanceof SecretsError) ports.warn(describe(error));
    }
  }
}

function currentHealth(source: Source, lastError: SecretsError | undefined): SecretsHealth {
  if (lastError) return healthOf(lastError);
  // Stale values serve, and say so.
  if (source.kind === 'lastKnownGood') {
    return {
      isHealthy: true,
      text: `OK (secrets: last known good, ${Math.round(source.ageMs / 1000)} s old: ${source.because})`,
    };
  }
  return healthOf(undefined);
}

function changedNames(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => before.get(name) !== after.get(name)).sort();
}

function subscribe<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}
