import type {
  DescribeInternetGatewaysRequest,
  DescribeInternetGatewaysResult,
  InternetGateway,
} from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { describe } from '../description.js';
import { describedBy, type FilterFields } from '../filters.js';

const fields: FilterFields<InternetGateway> = describedBy('InternetGateway', {
  'internet-gateway-id': (g) => g.InternetGatewayId,
  'attachment.vpc-id': (g) => g.Attachments?.map((one) => one.VpcId),
  'attachment.state': (g) => g.Attachments?.map((one) => one.State),
  'owner-id': (g) => g.OwnerId,
});

export function describeInternetGateways(
  input: DescribeInternetGatewaysRequest,
  context: OperationContext,
): DescribeInternetGatewaysResult {
  const { found, nextToken } = describe(
    'internetGateway',
    { ...input, ids: input.InternetGatewayIds },
    fields,
    context,
  );
  return { InternetGateways: found, NextToken: nextToken };
}
