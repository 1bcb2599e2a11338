import { AwsError } from '../control-plane/aws-error.js';
import type { Caller, Route, ServiceDefinition } from '../control-plane/types.js';
import type { LabHttpRequest } from '../data-plane.js';
import type { Sessions } from './sessions.js';

type Protocol = ServiceDefinition['protocol'];

/**
 * Who signed a request. Signatures are not verified: the lab listens on loopback only. An instance's session is its role by whatever
 * route it comes; any other key is the administrator on the lab's own port, and unknown to AWS from within the lab's network.
 * Throws AwsError, with the protocol's own code, when there is no key, the token does not belong to it, or it has expired.
 */
export function identifyCaller(request: LabHttpRequest, route: Route, sessions: Sessions, protocol: Protocol): Caller {
  const accessKeyId = readAccessKeyId(request);
  if (accessKeyId === undefined) throw missingToken(protocol);
  const session = sessions.find(accessKeyId);
  if (session === undefined) {
    if (route.kind === 'endpoint') return { kind: 'administrator' };
    throw unknownToken(protocol);
  }
  if (readSessionToken(request) !== session.credentials.sessionToken) throw unknownToken(protocol);
  if (sessions.isExpired(session)) throw expiredToken(protocol);
  return { kind: 'instanceRole', instanceId: session.instanceId, roleName: session.roleName };
}

function readAccessKeyId(request: LabHttpRequest): string | undefined {
  const header = /Credential=([^/,\s]+)\//.exec(request.headers.authorization ?? '');
  const presigned = new URLSearchParams(request.query).get('X-Amz-Credential')?.split('/')[0];
  return header?.[1] ?? presigned;
}

function readSessionToken(request: LabHttpRequest): string | null {
  return request.headers['x-amz-security-token'] ?? new URLSearchParams(request.query).get('X-Amz-Security-Token');
}

function missingToken(protocol: Protocol): AwsError {
  return {
    restXml: new AwsError('AccessDenied', 'Access Denied', 403),
    awsJson1_1: new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token'),
    awsQuery: new AwsError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403),
    ec2Query: new AwsError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403),
  }[protocol];
}

function unknownToken(protocol: Protocol): AwsError {
  const text = 'The security token included in the request is invalid.';
  return {
    restXml: new AwsError(
      'InvalidAccessKeyId',
      'The AWS Access Key Id you provided does not exist in our records.',
      403,
    ),
    awsJson1_1: new AwsError('UnrecognizedClientException', text),
    awsQuery: new AwsError('InvalidClientTokenId', text, 403),
    ec2Query: new AwsError('AuthFailure', 'AWS was not able to validate the provided access credentials', 401),
  }[protocol];
}

function expiredToken(protocol: Protocol): AwsError {
  const text = 'The security token included in the request is expired';
  return {
    restXml: new AwsError('ExpiredToken', 'The provided token has expired.'),
    awsJson1_1: new AwsError('ExpiredTokenException', text),
    awsQuery: new AwsError('ExpiredToken', text, 403),
    ec2Query: new AwsError('RequestExpired', 'Request has expired.'),
  }[protocol];
}
