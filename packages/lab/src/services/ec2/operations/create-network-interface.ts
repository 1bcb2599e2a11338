import type { CreateNetworkInterfaceRequest, CreateNetworkInterfaceResult } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { checkPrivateAddress } from '../addresses.js';
import { madeBefore, rememberMade } from '../client-tokens.js';
import { copyWithTags } from '../description.js';
import { createInterface, groupsForSubnet } from '../network-interfaces.js';
import { requireResource } from '../resources.js';
import { tagsFor } from '../tags.js';

const operation = 'CreateNetworkInterface';

export function createNetworkInterface(
  input: CreateNetworkInterfaceRequest,
  context: OperationContext,
): CreateNetworkInterfaceResult {
  const { ec2 } = context.state;
  const madeEarlier = ec2.networkInterfaces.get(madeBefore(operation, input, context) ?? '');
  if (madeEarlier !== undefined) return { NetworkInterface: copyWithTags('networkInterface', madeEarlier, ec2) };
  const subnet = requireResource('subnet', input.SubnetId, context);
  const groupIds = groupsForSubnet(input.Groups, subnet, context);
  const tags = tagsFor('network-interface', input.TagSpecifications);
  const { Description: description, PrivateIpAddress: privateIpAddress } = input;
  if (privateIpAddress !== undefined) checkPrivateAddress(subnet, privateIpAddress, ec2);
  const eni = createInterface({ subnet, groupIds, description, privateIpAddress, tags }, context);
  rememberMade(operation, input, eni.NetworkInterfaceId!, context);
  return { ClientToken: input.ClientToken, NetworkInterface: copyWithTags('networkInterface', eni, ec2) };
}
