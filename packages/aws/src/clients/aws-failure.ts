// What AWS, the SDK or the network said when a call failed, as an error that a person can act on.
import { DirectrixError } from '@directrix/rollout';

/** Where a call was going. */
interface CallOrigin {
  /** IAM's name: `autoscaling:DescribeAutoScalingGroups`. */
  readonly action: string;
  readonly endpoint?: string;
  readonly region?: string;
}

/** Whether the same call may succeed later without anybody doing anything. */
export function isPassing(error: unknown): boolean {
  return error instanceof DirectrixError && error.kind === 'passing';
}

/** AWS's own code of a failed call (`ValidationError`, `ParameterAlreadyExists`), or undefined when AWS did not answer. */
export function awsCodeOf(error: unknown): string | undefined {
  const cause = error instanceof DirectrixError ? error.cause : error;
  if (!(cause instanceof Error)) return undefined;
  const code = (cause as { Code?: unknown }).Code ?? (cause as { Error?: { Code?: unknown } }).Error?.Code;
  return typeof code === 'string' ? code : cause.name;
}

/** AWS's own text of a failed call. */
export function awsTextOf(error: unknown): string {
  const cause = error instanceof DirectrixError ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}

const throttlingCodes =
  /^(Throttl|RequestLimitExceeded|TooManyRequests|RequestThrottled|SlowDown|BandwidthLimitExceeded|EC2ThrottledException|PriorRequestNotComplete)/;
const busyCodes = /^(ResourceContention|ScalingActivityInProgress|ResourceInUse|TooManyUpdates|IncorrectState)/;
const deniedCodes = /^(AccessDenied|UnauthorizedOperation|NotAuthorized|AuthorizationError|Forbidden)/;
/** Things that a rollout can go on without: they are gone, and asking again brings nothing back. */
const missingCodes = /^(TargetGroupNotFound|LoadBalancerNotFound|ListenerNotFound)(Exception)?$/;
const rejectedCredentialCodes =
  /^(ExpiredToken|InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch|AuthFailure|InvalidAccessKeyId|IncompleteSignature|InvalidToken|RequestExpired)/;
const unreachableCodes =
  /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE|TimeoutError|NetworkingError|UND_ERR.*|CERT_.*|.*CERTIFICATE.*|SELF_SIGNED.*)$/;

/** The DirectrixError of a failed call. One that already is a DirectrixError comes back as it is. */
export function describeFailure(error: unknown, origin: CallOrigin): DirectrixError {
  if (error instanceof DirectrixError) return error;
  const code = awsCodeOf(error) ?? 'UnknownError';
  const text = awsTextOf(error);
  const service = origin.action.split(':')[0];
  const details = { source: origin.action, action: origin.action, awsCode: code, cause: error };
  if (/region is missing/i.test(text))
    return new DirectrixError('REGION_MISSING', 'No AWS region is set.', {
      ...details,
      kind: 'invalid',
      hint: 'add --region, or set AWS_REGION',
    });
  if (origin.endpoint !== undefined && !isWebAddress(origin.endpoint))
    return new DirectrixError('ENDPOINT_INVALID', `The endpoint "${origin.endpoint}" is no address.`, {
      ...details,
      kind: 'invalid',
      hint: 'set AWS_ENDPOINT_URL to http://… or https://…, or unset it',
    });
  if (isCredentialProviderFailure(code, text))
    return new DirectrixError('CREDENTIALS_MISSING', `No AWS credentials were found: ${text}`, {
      ...details,
      kind: 'credentials',
      hint: 'set AWS_PROFILE, sign in with `aws sso login`, or export AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
    });
  if (rejectedCredentialCodes.test(code))
    return new DirectrixError('CREDENTIALS_REJECTED', `AWS refused the credentials: ${code}: ${text}`, {
      ...details,
      kind: 'credentials',
      hint: 'renew them (`aws sso login`), and see that the clock of this machine is right',
    });
  if (deniedCodes.test(code))
    return new DirectrixError('ACCESS_DENIED', `These credentials may not do ${origin.action}: ${text}`, {
      ...details,
      kind: 'denied',
      hint: `allow ${origin.action} in the deployer's policy (directrix iam-policy prints all that a deployer needs)`,
    });
  if (throttlingCodes.test(code) || statusOf(error) === 429)
    return new DirectrixError('AWS_THROTTLED', `${origin.action} is throttled: ${code}: ${text}`, {
      ...details,
      kind: 'passing',
      hint: 'nothing is lost; it is tried again',
    });
  if (busyCodes.test(code))
    return new DirectrixError('AWS_BUSY', `${origin.action}: ${code}: ${text}`, {
      ...details,
      kind: 'passing',
      hint: 'another change of the group is under way; it is tried again',
    });
  const network = networkCodeOf(error);
  if (network !== undefined)
    return new DirectrixError(
      'ENDPOINT_UNREACHABLE',
      `${origin.endpoint ?? `The ${service} endpoint of ${origin.region ?? 'the region'}`} did not answer ${origin.action}: ${network}`,
      {
        ...details,
        kind: 'passing',
        hint:
          origin.endpoint === undefined
            ? 'look at the network of this machine, its proxy, and AWS_REGION'
            : 'is the lab up (`directrix lab status`)? else unset AWS_ENDPOINT_URL',
      },
    );
  if ((statusOf(error) ?? 0) >= 500)
    return new DirectrixError('AWS_UNAVAILABLE', `${origin.action}: ${code}: ${text}`, {
      ...details,
      kind: 'passing',
      hint: 'nothing is lost; it is tried again',
    });
  return new DirectrixError('AWS_REFUSED', `${origin.action}: ${code}: ${text}`, {
    ...details,
    ...(missingCodes.test(code) ? { kind: 'missing' as const } : {}),
  });
}

function isCredentialProviderFailure(code: string, text: string): boolean {
  return (
    code === 'CredentialsProviderError' ||
    code === 'TokenProviderError' ||
    /could not load credentials|credential is missing|resolved credential object is not valid/i.test(text)
  );
}

function statusOf(error: unknown): number | undefined {
  const status = (error as { $metadata?: { httpStatusCode?: unknown } } | undefined)?.$metadata?.httpStatusCode;
  return typeof status === 'number' ? status : undefined;
}

// Node puts the system's code on the error, on its cause, or (happy eyeballs) on each of an AggregateError's errors.
function networkCodeOf(error: unknown, depth = 0): string | undefined {
  if (typeof error !== 'object' || error === null || depth > 3) return undefined;
  const { code, name, message, cause, errors } = error as Record<string, unknown>;
  for (const candidate of [code, name])
    if (typeof candidate === 'string' && unreachableCodes.test(candidate))
      return typeof message === 'string' && message !== '' ? `${candidate}: ${message}` : candidate;
  if (Array.isArray(errors) && errors.length > 0) return networkCodeOf(errors[0], depth + 1);
  return networkCodeOf(cause, depth + 1);
}

/** `localhost:4566` is an address too, of the scheme `localhost`. */
function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:/.test(text);
}
