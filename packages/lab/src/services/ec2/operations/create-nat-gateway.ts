import type {
  Address,
  CreateNatGatewayRequest,
  CreateNatGatewayResult,
  NatGateway,
  NetworkInterface,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { madeBefore, rememberMade } from '../client-tokens.js';
import { copyWithTags } from '../description.js';
import { scheduleNatGatewayTimer } from '../nat-gateways.js';
import { createInterface, setPublicAddress } from '../network-interfaces.js';
import { missingParameter, notEmulated } from '../refusals.js';
import { requireResource } from '../resources.js';
import { putTags, tagsFor } from '../tags.js';

const operation = 'CreateNatGateway';

/** A public one, in one subnet, with one Elastic IP. */
export function createNatGateway(input: CreateNatGatewayRequest, context: OperationContext): CreateNatGatewayResult {
  const { ec2 } = context.state;
  const madeEarlier = ec2.natGateways.get(madeBefore(operation, input, context) ?? '');
  if (madeEarlier !== undefined) return { NatGateway: copyWithTags('natGateway', madeEarlier, ec2) };
  if (input.ConnectivityType === 'private') throw notEmulated('private NAT gateways');
  const subnet = requireResource('subnet', input.SubnetId, context);
  if (input.AllocationId === undefined) throw missingParameter('AllocationId');
  const address = requireResource('address', input.AllocationId, context);
  if (address.AssociationId !== undefined) {
    throw new AwsError(
      'Resource.AlreadyAssociated',
      `Elastic IP address [${input.AllocationId}] is already associated`,
    );
  }
  const tags = tagsFor('natgateway', input.TagSpecifications);
  const id = context.ids.hex('nat-', 17);
  const wanted = { subnet, groupIds: [], description: `Interface for NAT Gateway ${id}`, requesterId: 'amazon-nat' };
  // AWS answers `nat_gateway`, which the SDK's enum spells otherwise.
  const eni = createInterface({ ...wanted, interfaceType: 'nat_gateway' as 'natGateway' }, context);
  eni.Status = 'in-use';
  eni.SourceDestCheck = false;
  giveAddress(address, eni, context);
  const gateway = newNatGateway(id, address, eni, context);
  ec2.natGateways.set(id, gateway);
  putTags(ec2, id, tags);
  rememberMade(operation, input, id, context);
  scheduleNatGatewayTimer('natGatewayPending', id, context.timing.vpcEndpointPendingMs, context);
  return { ClientToken: input.ClientToken, NatGateway: copyWithTags('natGateway', gateway, ec2) };
}

function giveAddress(address: Address, eni: NetworkInterface, context: OperationContext): void {
  const { accountId } = context.state;
  const AssociationId = context.ids.hex('eipassoc-', 17);
  Object.assign(address, {
    AssociationId,
    NetworkInterfaceId: eni.NetworkInterfaceId,
    NetworkInterfaceOwnerId: accountId,
    PrivateIpAddress: eni.PrivateIpAddress,
  });
  const owner = { IpOwnerId: accountId, AllocationId: address.AllocationId!, AssociationId };
  setPublicAddress(eni, address.PublicIp!, owner, context);
}

function newNatGateway(id: string, address: Address, eni: NetworkInterface, context: OperationContext): NatGateway {
  return {
    NatGatewayId: id,
    ConnectivityType: 'public',
    CreateTime: new Date(context.now),
    NatGatewayAddresses: [
      {
        AllocationId: address.AllocationId,
        AssociationId: address.AssociationId,
        IsPrimary: true,
        NetworkInterfaceId: eni.NetworkInterfaceId,
        PrivateIp: eni.PrivateIpAddress,
        PublicIp: address.PublicIp,
        Status: 'associating',
      },
    ],
    State: 'pending',
    SubnetId: eni.SubnetId,
    VpcId: eni.VpcId,
  };
}
