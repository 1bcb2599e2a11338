import type { DescribeNatGatewaysRequest, DescribeNatGatewaysResult, NatGateway } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { describe } from '../description.js';
import { describedBy, type FilterFields } from '../filters.js';

const fields: FilterFields<NatGateway> = describedBy('NatGateway', {
  'nat-gateway-id': (g) => g.NatGatewayId,
  state: (g) => g.State,
  'subnet-id': (g) => g.SubnetId,
  'vpc-id': (g) => g.VpcId,
});

export function describeNatGateways(
  input: DescribeNatGatewaysRequest,
  context: OperationContext,
): DescribeNatGatewaysResult {
  const { Filter: Filters, NatGatewayIds: ids, ...paging } = input;
  const { found, nextToken } = describe('natGateway', { ...paging, Filters, ids }, fields, context);
  return { NatGateways: found, NextToken: nextToken };
}
