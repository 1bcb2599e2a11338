import type { AwsError } from '../../../control-plane/aws-error.js';
import { invalidParameter } from '../refusal.js';

export function invalidPattern(reason: string): AwsError {
  return invalidParameter(`Invalid filter pattern: ${reason}`);
}
