import type { DescribeVpcEndpointsRequest, DescribeVpcEndpointsResult, VpcEndpoint } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { describe } from '../description.js';
import { describedBy, type FilterFields } from '../filters.js';

const fields: FilterFields<VpcEndpoint> = describedBy('VpcEndpoint', {
  'ip-address-type': (e) => e.IpAddressType,
  'service-name': (e) => e.ServiceName,
  'vpc-endpoint-id': (e) => e.VpcEndpointId,
  'vpc-endpoint-state': (e) => e.State,
  'vpc-endpoint-type': (e) => e.VpcEndpointType,
  'vpc-id': (e) => e.VpcId,
});

export function describeVpcEndpoints(
  input: DescribeVpcEndpointsRequest,
  context: OperationContext,
): DescribeVpcEndpointsResult {
  const request = { ...input, ids: input.VpcEndpointIds };
  const { found, nextToken } = describe('vpcEndpoint', request, fields, context, { least: 1, most: 1000 });
  return { VpcEndpoints: found, NextToken: nextToken };
}
