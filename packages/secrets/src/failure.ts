// What the SDK's errors mean: which kind of failure, and so whether it is worth another try. Reads codes, names and addresses, never
// values. The table is network.md's "What the client sees", measured with client-ssm 3.1169.
//
//   F1. Only transport failures, throttling and server faults are tried again. A refusal is final.

export type Failure =
  /** The name did not resolve. */
  | { readonly kind: 'name'; readonly host: string | undefined }
  /** No connection: dropped, refused or reset. `addresses` are those that were tried, where the error tells. */
  | { readonly kind: 'connect'; readonly how: 'dropped' | 'refused' | 'reset'; readonly addresses: readonly string[] }
  /** Connected, and no answer in time. */
  | { readonly kind: 'silent' }
  | { readonly kind: 'tls'; readonly reason: string }
  | { readonly kind: 'throttled' }
  | { readonly kind: 'serverFault'; readonly statusCode: number }
  | { readonly kind: 'credentials'; readonly reason: string }
  | {
      readonly kind: 'refused';
      readonly code: string;
      readonly by: 'identityPolicy' | 'endpointPolicy' | 'kms' | 'keys' | 'unknown';
    }
  | { readonly kind: 'other'; readonly name: string };

interface SdkError {
  readonly name?: string;
  readonly code?: string;
  readonly message?: string;
  readonly address?: string;
  readonly hostname?: string;
  readonly errors?: readonly SdkError[];
  readonly cause?: SdkError;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly statusCode?: number };
}

const throttlingNames = new Set([
  'ThrottlingException',
  'Throttling',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'ProvisionedThroughputExceededException',
  'TooManyUpdates',
]);
const keyNames = new Set([
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'ExpiredTokenException',
  'ExpiredToken',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'IncompleteSignature',
  'MissingAuthenticationTokenException',
]);
const droppedCodes = new Set(['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN']);
const resetCodes = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);
const tlsPattern = /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ALTNAME/;

/** Sorts an error of an SDK call. */
export function classify(error: unknown): Failure {
  const sdk = (error ?? {}) as SdkError;
  const parts = [sdk, ...(sdk.errors ?? []), ...(sdk.cause ? [sdk.cause] : [])];
  const code = parts.map((part) => part.code).find((found) => found !== undefined) ?? '';
  const addresses = parts.map((part) => part.address).filter((address) => address !== undefined);
  const name = sdk.name ?? '';
  const statusCode = sdk.$metadata?.httpStatusCode ?? sdk.$response?.statusCode;

  if (name === 'CredentialsProviderError' || name === 'TokenProviderError') {
    return { kind: 'credentials', reason: name };
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return { kind: 'name', host: sdk.hostname };
  if (code === 'ECONNREFUSED') return { kind: 'connect', how: 'refused', addresses };
  if (tlsPattern.test(code)) return { kind: 'tls', reason: code };
  if (name === 'TimeoutError') return classifyTimeout(sdk, code, addresses);
  if (droppedCodes.has(code)) return { kind: 'connect', how: 'dropped', addresses };
  if (resetCodes.has(code)) return { kind: 'connect', how: 'reset', addresses };
  if (throttlingNames.has(name) || statusCode === 429) return { kind: 'throttled' };
  if (keyNames.has(name)) return { kind: 'refused', code: name, by: 'keys' };
  if (name === 'AccessDeniedException' || name === 'AccessDenied' || statusCode === 403) {
    return { kind: 'refused', code: name, by: deniedBy(sdk.message ?? '') };
  }
  if (name === 'InvalidKeyId' || name.startsWith('KMS')) return { kind: 'refused', code: name, by: 'kms' };
  if (statusCode !== undefined && statusCode >= 500) return { kind: 'serverFault', statusCode };
  return { kind: 'other', name: name || 'Error' };
}

/** F1: whether the same call may succeed when it is made again. */
export function isWorthAnotherTry(failure: Failure): boolean {
  return ['name', 'connect', 'silent', 'throttled', 'serverFault'].includes(failure.kind);
}

/** Whether the failure lies below the store's own answer, so that the probe ladder can say more. */
export function isTransport(failure: Failure): boolean {
  return ['name', 'connect', 'tls', 'silent'].includes(failure.kind);
}

function classifyTimeout(sdk: SdkError, code: string, addresses: readonly string[]): Failure {
  // With connectionTimeout set there is no code, only the words; with throwOnRequestTimeout the code is ETIMEDOUT after connecting.
  const message = sdk.message ?? '';
  if (/establish a connection|connect ETIMEDOUT/i.test(message) || (sdk.errors?.length ?? 0) > 0) {
    return { kind: 'connect', how: 'dropped', addresses };
  }
  if (code === 'ETIMEDOUT' && addresses.length > 0) return { kind: 'connect', how: 'dropped', addresses };
  return { kind: 'silent' };
}

function deniedBy(message: string): 'identityPolicy' | 'endpointPolicy' | 'kms' | 'unknown' {
  if (/VPC endpoint policy/i.test(message)) return 'endpointPolicy';
  if (/kms:|customer master key|ciphertext/i.test(message)) return 'kms';
  if (/not authorized to perform/i.test(message)) return 'identityPolicy';
  return 'unknown';
}
