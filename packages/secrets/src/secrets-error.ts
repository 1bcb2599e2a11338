/** The layer that failed, from the name to the value. */
export type Layer =
  | 'configuration'
  | 'name'
  | 'network'
  | 'tls'
  | 'credentials'
  | 'authorization'
  | 'service'
  | 'path'
  | 'values';

/** One thing that is wrong, with a stable code (docs/errors.md). Never holds a value. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  /** The secret's name, where the problem is one secret's. */
  readonly name?: string;
}

/**
 * Why the secrets could not be loaded. `code` is the first problem's; `problems` holds all of them. Neither the message nor any
 * property ever holds a secret value, and the error of the SDK is not attached, because it may.
 */
export class SecretsError extends Error {
  override readonly name = 'SecretsError';
  readonly code: string;
  readonly hint?: string;
  /** Whether the store was never heard: the name, the network, TLS, or silence. Only then is last-known-good a substitute. */
  readonly isTransport: boolean;

  constructor(
    readonly layer: Layer,
    readonly problems: readonly [Problem, ...Problem[]],
    details: { readonly hint?: string } = {},
  ) {
    super(problems.map(({ message }) => message).join('; '));
    this.code = problems[0].code;
    this.hint = details.hint;
    this.isTransport = ['name', 'network', 'tls'].includes(layer) || this.code === 'SERVICE_SILENT';
  }
}

/** A SecretsError with one problem. */
export function refuse(layer: Layer, code: string, message: string, hint?: string): SecretsError {
  return new SecretsError(layer, [{ code, message }], { hint });
}

/** For a console: a line for each problem, and what to do. */
export function describeError({ layer, problems, hint }: SecretsError): string {
  const lines = problems.map(({ code, message }) => `secrets: ${code} (${layer}): ${message}`);
  return [...lines, ...(hint ? [`secrets: ${hint}`] : [])].join('\n');
}
