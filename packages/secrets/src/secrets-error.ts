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

/** Stable; docs/secrets.md says what each means and what to do. */
export type SecretsCode =
  | 'SECRETS_REGION_MISSING'
  | 'SECRETS_PATH_INVALID'
  | 'SECRETS_OPTIONS_CONFLICT'
  | 'SECRETS_KEY_INVALID'
  | 'DNS_NAME_NOT_FOUND'
  | 'DNS_PRIVATE_DISABLED'
  | 'PUBLIC_NO_EGRESS'
  | 'ENI_SG_RULES_MISMATCH'
  | 'PARTIAL_AZ'
  | 'CONNECT_REFUSED'
  | 'CONNECT_DROPPED'
  | 'TLS_FAILED'
  | 'INSTANCE_PROFILE_MISSING'
  | 'IMDS_DISABLED'
  | 'IMDS_HOP_LIMIT'
  | 'NO_CREDENTIALS'
  | 'CREDENTIALS_REJECTED'
  | 'POLICY_IAM_PATH'
  | 'POLICY_ENDPOINT'
  | 'KMS_CMK_DECRYPT'
  | 'SERVICE_SILENT'
  | 'THROTTLED'
  | 'SERVICE_FAULT'
  | 'SERVICE_REFUSED'
  | 'DEADLINE_EXCEEDED'
  | 'PATH_EMPTY'
  | 'PATH_TOO_LARGE'
  | 'SECRET_MISSING'
  | 'SECRET_MALFORMED'
  | 'SECRET_UNEXPECTED'
  | 'SECRET_NAME_COLLISION'
  | 'SCHEMA_FAILED';

/** What is said on standard error, although the secrets are there. */
export type SecretsWarningCode = 'SECRET_NOT_LABELLED' | 'LAST_KNOWN_GOOD_NOT_KEPT' | 'NAMES_DENIED';

/** One thing that is wrong. Never holds a value. */
export interface Problem {
  readonly code: SecretsCode;
  readonly message: string;
  /** The secret's name, where the problem is one secret's. */
  readonly name?: string;
}

/** What a probe found: the layer that fails, and what to do. */
export interface Diagnosis {
  readonly layer: Layer;
  readonly problem: Problem;
  readonly hint: string;
}

/**
 * Why the secrets could not be loaded. `code` is the first problem's; `problems` holds all of them. Neither the message nor any
 * property ever holds a secret value, and the error of the SDK is not attached, because it may.
 */
export class SecretsError extends Error {
  override readonly name = 'SecretsError';
  readonly code: SecretsCode;
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
export function refuse(layer: Layer, code: SecretsCode, message: string, hint?: string): SecretsError {
  return new SecretsError(layer, [{ code, message }], { hint });
}

/** For a console: a line for each problem, and what to do. */
export function describeError({ layer, problems, hint }: SecretsError): string {
  const lines = problems.map(({ code, message }) => `secrets: ${code} (${layer}): ${message}`);
  return [...lines, ...(hint ? [`secrets: ${hint}`] : [])].join('\n');
}

/** The line of a warning. */
export function describeWarning(code: SecretsWarningCode, message: string): string {
  return `secrets: ${code}: ${message}`;
}
