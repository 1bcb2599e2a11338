// Secrets after they were loaded: synchronous access, refreshing, events, and the health line.
//
//   H1. Values in force stay in force when a refresh fails.
//   H2. A failing refresh alone does not make a healthy application unhealthy: an outage of the store must not become one of the site.
//       Only values that are older than last-known-good allows do.
import type { Ports } from './ports.js';
import type { Change, Loaded, Secrets, SecretsHealth, Source } from './secrets.js';
import { healthOf } from './secrets.js';
import { describeError, SecretsError } from './secrets-error.js';

export interface KeptSecretsOptions<Output extends object> {
  readonly first: Loaded<Output>;
  readonly readAgain: () => Promise<Loaded<Output>>;
  readonly refresh?: { readonly ttlMs: number };
  readonly maxAgeMs?: number;
  readonly ports: Ports;
  readonly signal: AbortSignal;
  readonly close: () => void;
}

export function createKeptSecrets<Output extends object>(options: KeptSecretsOptions<Output>): Secrets<Output> {
  const { ports, signal } = options;
  let current = options.first;
  let lastError: SecretsError | undefined;
  let refreshing: Promise<Change> | undefined;
  const changeListeners = new Set<(change: Change) => void>();
  const errorListeners = new Set<(error: SecretsError) => void>();

  const readAgain = async (): Promise<Change> => {
    try {
      const next = await options.readAgain();
      const change = { names: changedNames(current.texts, next.texts) };
      current = next;
      lastError = undefined;
      if (change.names.length > 0) tell(changeListeners, change);
      return change;
    } catch (error) {
      if (error instanceof SecretsError) {
        lastError = error;
        tell(errorListeners, error);
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
    health: () => currentHealth(current.source, lastError, options.maxAgeMs, ports.now()),
    refresh,
    async withFreshRetry(attempt, isAuthenticationFailure) {
      try {
        return await attempt(current.values);
      } catch (error) {
        if (!isAuthenticationFailure(error)) throw error;
        // The attempt's own error says more than that the store could not be asked.
        const { names } = await refresh().catch(() => ({ names: [] }));
        if (names.length === 0) throw error;
        return attempt(current.values);
      }
    },
    onChange: (listener) => subscribe(changeListeners, listener),
    onError: (listener) => subscribe(errorListeners, listener),
    close: options.close,
  };
}

/** A time to live of 0 would ask the store without end. */
const shortestTtlMs = 1_000;

async function keepRefreshing(
  ttlMs: number,
  refresh: () => Promise<Change>,
  ports: Ports,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      // Nine to eleven tenths, so that a fleet that started together drifts apart.
      await ports.sleepInBackground(Math.max(ttlMs, shortestTtlMs) * (0.9 + 0.2 * ports.random()), signal);
      await refresh();
    } catch (error) {
      if (signal.aborted) return;
      ports.warn(error instanceof SecretsError ? describeError(error) : 'secrets: refreshing failed unexpectedly');
    }
  }
}

function currentHealth(
  source: Source,
  lastError: SecretsError | undefined,
  maxAgeMs: number | undefined,
  now: number,
): SecretsHealth {
  if (source.kind === 'environment') return healthOf(undefined);
  const ageSeconds = Math.round((now - source.readAt) / 1000);
  const because = lastError?.code ?? (source.kind === 'lastKnownGood' ? source.because : undefined);
  if (because === undefined) return healthOf(undefined);
  if (maxAgeMs !== undefined && lastError && now - source.readAt > maxAgeMs) return healthOf(lastError);
  return { ...healthOf(undefined), notice: `secrets: ${ageSeconds} s old: ${because}` };
}

function changedNames(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => before.get(name) !== after.get(name)).sort();
}

/** A listener that throws is its owner's defect: it reaches the process, and no other listener. */
function tell<T>(listeners: Set<(event: T) => void>, event: T): void {
  for (const listener of listeners) {
    try {
      listener(event);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}

function subscribe<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}
