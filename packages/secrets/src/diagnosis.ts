// From a failed call to what a person should read: the layer, a stable code, and what to do.

import type { CallFailed } from './retry.js';
import { type Diagnosis, refuse, SecretsError } from './secrets-error.js';

/** The error for a call that failed for good. `diagnosis` is what the ladder found, where it was climbed. */
export function explainFailure(
  { failure, attempts }: CallFailed,
  diagnosis: Diagnosis | undefined,
  context: { readonly host: string; readonly path: string; readonly requestMs: number },
): SecretsError {
  if (diagnosis) return new SecretsError(diagnosis.layer, [diagnosis.problem], { hint: diagnosis.hint });
  const { host, path } = context;
  switch (failure.kind) {
    case 'name':
      return refuse(
        'name',
        'DNS_NAME_NOT_FOUND',
        `${host} does not resolve`,
        "Check the VPC's DNS attributes and the region.",
      );
    case 'connect':
      return refuse(
        'network',
        failure.how === 'dropped' ? 'CONNECT_DROPPED' : 'CONNECT_REFUSED',
        `${host} could not be reached in ${attempts} attempts (${failure.how}), and answers a probe now`,
        'The network fails now and then: compare the zones of the endpoint.',
      );
    case 'silent':
      return refuse(
        'service',
        'SERVICE_SILENT',
        `${host} did not answer within ${context.requestMs} ms, ${attempts} times`,
      );
    case 'tls':
      return refuse('tls', 'TLS_FAILED', `TLS with ${host} fails: ${failure.reason}`);
    case 'throttled':
      return refuse(
        'service',
        'THROTTLED',
        `Parameter Store throttled ${attempts} attempts`,
        'Read by known names, or raise the throughput of Parameter Store for this account and region.',
      );
    case 'serverFault':
      return refuse('service', 'SERVICE_FAULT', `Parameter Store answered ${failure.statusCode}, ${attempts} times`);
    case 'credentials':
      return refuse('credentials', 'NO_CREDENTIALS', 'there are no credentials');
    case 'refused':
      return notAuthorized(failure.by, failure.code, path);
    case 'other':
      return refuse('service', 'SERVICE_REFUSED', `Parameter Store refused the request: ${failure.name}`);
  }
}

function notAuthorized(
  by: 'identityPolicy' | 'endpointPolicy' | 'kms' | 'keys' | 'unknown',
  code: string,
  path: string,
): SecretsError {
  switch (by) {
    case 'keys':
      return refuse(
        'credentials',
        'CREDENTIALS_REJECTED',
        `the credentials are not accepted: ${code}`,
        'They are wrong or expired.',
      );
    case 'endpointPolicy':
      return refuse(
        'authorization',
        'POLICY_ENDPOINT',
        `the policy of the VPC endpoint does not allow reading ${path}`,
        'Allow ssm:GetParameters and ssm:GetParametersByPath in the endpoint policy.',
      );
    case 'kms':
      return refuse(
        'authorization',
        'KMS_CMK_DECRYPT',
        `the values below ${path} cannot be decrypted with their KMS key`,
        'Grant kms:Decrypt on the customer key to the role, in its policy and in the key policy.',
      );
    case 'identityPolicy':
    case 'unknown':
      return refuse(
        'authorization',
        'POLICY_IAM_PATH',
        `the role is not allowed to read ${path}`,
        `Grant ssm:GetParameters and ssm:GetParametersByPath on parameter${path.slice(0, -1)} and parameter${path}*: the path itself is authorised, not what lies below it.`,
      );
  }
}
