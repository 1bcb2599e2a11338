import type { DescribeFleetsRequest, DescribeFleetsResult } from '@aws-sdk/client-ec2';

/** Always none: EC2 Fleets are not emulated. */
export function describeFleets(_: DescribeFleetsRequest): DescribeFleetsResult {
  return { Fleets: [] };
}
