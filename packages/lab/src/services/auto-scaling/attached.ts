import { AwsError } from '../../control-plane/aws-error.js';
import type { GroupRecord } from './state.js';

/** Throws ValidationError when one of them is not attached to the group. */
export function requireAttached({ group }: GroupRecord, arns: readonly string[]): void {
  const missing = arns.filter((arn) => !group.TargetGroupARNs?.includes(arn));
  if (missing.length === 0) return;
  throw new AwsError(
    'ValidationError',
    `Trying to remove Target Groups that are not part of the group ${group.AutoScalingGroupName}: ${missing.join(', ')}`,
  );
}
