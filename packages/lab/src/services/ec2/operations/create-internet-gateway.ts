import type { CreateInternetGatewayRequest, CreateInternetGatewayResult, InternetGateway } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { copyWithTags } from '../description.js';
import { putTags, tagsFor } from '../tags.js';

export function createInternetGateway(
  input: CreateInternetGatewayRequest,
  context: OperationContext,
): CreateInternetGatewayResult {
  const { ec2, accountId } = context.state;
  const tags = tagsFor('internet-gateway', input.TagSpecifications);
  const gateway: InternetGateway = {
    InternetGatewayId: context.ids.hex('igw-', 17),
    OwnerId: accountId,
    Attachments: [],
  };
  ec2.internetGateways.set(gateway.InternetGatewayId!, gateway);
  putTags(ec2, gateway.InternetGatewayId!, tags);
  return { InternetGateway: copyWithTags('internetGateway', gateway, ec2) };
}
