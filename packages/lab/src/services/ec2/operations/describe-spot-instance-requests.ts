import type { DescribeSpotInstanceRequestsRequest, DescribeSpotInstanceRequestsResult } from '@aws-sdk/client-ec2';

/** Always none: Spot requests are not emulated. */
export function describeSpotInstanceRequests(
  _: DescribeSpotInstanceRequestsRequest,
): DescribeSpotInstanceRequestsResult {
  return { SpotInstanceRequests: [] };
}
