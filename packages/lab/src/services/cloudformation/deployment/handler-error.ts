// handler error: a service's refusal, as a resource's event tells it.
import { AwsError } from '../../../control-plane/aws-error.js';
import { NotEmulatedError } from '../../../control-plane/not-emulated.js';
import type { IdSource, ServiceName } from '../../../control-plane/types.js';
import { SERVICE_TITLES } from './asked-services.js';

/** A service's refusal of what a resource asked for. */
export class HandlerError extends AwsError {
  constructor(
    readonly service: ServiceName,
    readonly refusal: AwsError,
  ) {
    super(refusal.code, refusal.message, refusal.statusCode);
  }
}

/** The reason of a failed resource. */
export function reasonOf(error: AwsError, ids: IdSource): string {
  if (!(error instanceof HandlerError) || error.refusal instanceof NotEmulatedError) return error.message;
  const title = SERVICE_TITLES[error.service] ?? error.service;
  return `Resource handler returned message: "${error.message} (Service: ${title}, Status Code: ${error.statusCode}, Request ID: ${ids.uuid()})" (RequestToken: ${ids.uuid()}, HandlerErrorCode: ${handlerCodeOf(error.code)})`;
}

function handlerCodeOf(code: string): string {
  if (isNotFound(code)) return 'NotFound';
  if (/AlreadyExists|Duplicate/.test(code)) return 'AlreadyExists';
  if (/AccessDenied|Unauthorized/.test(code)) return 'AccessDenied';
  return /Limit/.test(code) ? 'ServiceLimitExceeded' : 'InvalidRequest';
}

export function isNotFound(code: string): boolean {
  return /NotFound|NoSuch|\.NotFound$|ResourceNotFoundException|ParameterNotFound|DoesNotExist|InvalidAttachment/.test(
    code,
  );
}

/** Refusals that pass when whatever still uses the resource is gone. */
export function mayPass(code: string): boolean {
  return /DependencyViolation|ResourceInUse|DeleteConflict|InUse|ScalingActivityInProgress/.test(code);
}
