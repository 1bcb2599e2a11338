import type {
  DescribeVpcPeeringConnectionsRequest,
  DescribeVpcPeeringConnectionsResult,
  VpcPeeringConnection,
} from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { describe } from '../description.js';
import { describedBy, type FilterFields } from '../filters.js';

const fields: FilterFields<VpcPeeringConnection> = describedBy('VpcPeeringConnection', {
  'accepter-vpc-info.cidr-block': (p) => p.AccepterVpcInfo?.CidrBlock,
  'accepter-vpc-info.owner-id': (p) => p.AccepterVpcInfo?.OwnerId,
  'accepter-vpc-info.vpc-id': (p) => p.AccepterVpcInfo?.VpcId,
  'requester-vpc-info.cidr-block': (p) => p.RequesterVpcInfo?.CidrBlock,
  'requester-vpc-info.owner-id': (p) => p.RequesterVpcInfo?.OwnerId,
  'requester-vpc-info.vpc-id': (p) => p.RequesterVpcInfo?.VpcId,
  'status-code': (p) => p.Status?.Code,
  'vpc-peering-connection-id': (p) => p.VpcPeeringConnectionId,
});

export function describeVpcPeeringConnections(
  input: DescribeVpcPeeringConnectionsRequest,
  context: OperationContext,
): DescribeVpcPeeringConnectionsResult {
  const request = { ...input, ids: input.VpcPeeringConnectionIds };
  const { found, nextToken } = describe('vpcPeeringConnection', request, fields, context);
  return { VpcPeeringConnections: found, NextToken: nextToken };
}
