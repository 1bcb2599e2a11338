import type { Branded } from './secret.js';
import type { SecretsError } from './secrets-error.js';

/** Where the values in force came from. */
export type Source =
  | { readonly kind: 'store'; readonly readAt: number }
  /** The store could not be reached: what was read `ageMs` ago. */
  | { readonly kind: 'lastKnownGood'; readonly readAt: number; readonly ageMs: number; readonly because: string }
  | { readonly kind: 'environment' };

/** One reading of the store, validated. */
export interface Loaded<Output extends object> {
  readonly values: Branded<Output>;
  /** The store's values by key, to see what changed. */
  readonly texts: ReadonlyMap<string, string>;
  readonly versions: Readonly<Record<string, number>>;
  readonly source: Source;
}

export interface Change {
  /** Keys that were added, changed or taken away. */
  readonly names: readonly string[];
}

/** For a health page. */
export interface SecretsHealth {
  readonly isHealthy: boolean;
  /** One line: `OK`, or `KO: secrets: CODE message`. */
  readonly text: string;
  /** Worth another line although it is healthy: the values in force are old, and why. */
  readonly notice?: string;
}

/** Secrets that were loaded. Reading them is synchronous; nothing here prints a value. */
export interface Secrets<Output extends object> {
  readonly values: Branded<Output>;
  get<K extends keyof Output>(name: K): Branded<Output>[K];
  /** The version of each parameter in force, by key. */
  readonly versions: Readonly<Record<string, number>>;
  readonly source: Source;
  health(): SecretsHealth;
  /** Reads again now. Values in force stay when it fails. Rejects with SecretsError. */
  refresh(): Promise<Change>;
  /**
   * Runs `attempt`; when it fails with what `isAuthenticationFailure` accepts, reads the secrets once more and, if they changed, runs
   * it again once: for a password that was rotated meanwhile.
   */
  withFreshRetry<R>(
    attempt: (values: Branded<Output>) => Promise<R>,
    isAuthenticationFailure: (error: unknown) => boolean,
  ): Promise<R>;
  /** Called after every change. Returns how to stop. */
  onChange(listener: (change: Change) => void): () => void;
  /** Called when a refresh failed; the values in force stay. Returns how to stop. */
  onError(listener: (error: SecretsError) => void): () => void;
  /** Stops refreshing and closes the client. */
  close(): void;
}

/** The health line for secrets that could not be loaded at all. */
export function healthOf(error: SecretsError | undefined): SecretsHealth {
  return error
    ? { isHealthy: false, text: `KO: secrets: ${error.code} ${error.message}` }
    : { isHealthy: true, text: 'OK' };
}
