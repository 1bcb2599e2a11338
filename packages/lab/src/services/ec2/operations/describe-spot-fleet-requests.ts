import type { DescribeSpotFleetRequestsRequest, DescribeSpotFleetRequestsResponse } from '@aws-sdk/client-ec2';

/** Always none: Spot Fleets are not emulated. */
export function describeSpotFleetRequests(_: DescribeSpotFleetRequestsRequest): DescribeSpotFleetRequestsResponse {
  return { SpotFleetRequestConfigs: [] };
}
