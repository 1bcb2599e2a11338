// sizes: minimum, maximum and desired capacity, and what AWS makes of a request that names only some of them.
//
//   | now (min, desired, max) | request | then    |
//   | 1, 2, 4                 | min 3   | 3, 3, 4 |  a minimum above desired raises desired
//   | 1, 4, 6                 | max 2   | 1, 2, 2 |  a maximum below desired lowers it
//   | 1, 2, 4                 | desired 5 | refused |
import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../control-plane/aws-error.js';
import type { GroupRecord } from './state.js';

export interface Sizes {
  readonly MinSize?: number | undefined;
  readonly MaxSize?: number | undefined;
  readonly DesiredCapacity?: number | undefined;
}

export function checkSizes(sizes: Required<{ [Key in keyof Sizes]: number }>): void {
  const { MinSize: min, MaxSize: max, DesiredCapacity: desired } = sizes;
  if (min < 0 || max < 0)
    throw new AwsError('ValidationError', `Group sizes must not be negative: min: ${min}, max: ${max}`);
  if (max < min) {
    throw new AwsError('ValidationError', `Max bound, ${max}, must be greater than or equal to min bound, ${min}`);
  }
  if (desired < min || desired > max) {
    throw new AwsError(
      'ValidationError',
      `Desired capacity:${desired} must be between the specified min size:${min} and max size:${max}`,
    );
  }
}

/** Throws before anything changes. */
export function resolveSizes(group: AutoScalingGroup, asked: Sizes): Required<{ [Key in keyof Sizes]: number }> {
  const MinSize = asked.MinSize ?? group.MinSize!;
  const MaxSize = asked.MaxSize ?? group.MaxSize!;
  const DesiredCapacity = asked.DesiredCapacity ?? Math.max(MinSize, Math.min(MaxSize, group.DesiredCapacity!));
  const sizes = { MinSize, MaxSize, DesiredCapacity };
  checkSizes(sizes);
  return sizes;
}

export function changeSizes(
  record: GroupRecord,
  asked: Sizes,
  reasonFor: (sizes: Required<{ [Key in keyof Sizes]: number }>) => string,
): void {
  const { group } = record;
  const sizes = resolveSizes(group, asked);
  if (sizes.DesiredCapacity !== group.DesiredCapacity) record.capacityReason = reasonFor(sizes);
  Object.assign(group, sizes);
}
