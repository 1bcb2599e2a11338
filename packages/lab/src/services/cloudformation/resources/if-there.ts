import { AwsError } from '../../../control-plane/aws-error.js';
import { isNotFound } from '../deployment/handler-error.js';

/** A step on the way out: what it would take away may never have been made, or be gone already, and the steps after it count. */
export function ifThere(act: () => unknown): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof AwsError) || !isNotFound(error.code)) throw error;
  }
}
