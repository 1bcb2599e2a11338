import type { Address, AssociateAddressRequest, AssociateAddressResult, NetworkInterface } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { addressFor } from '../elastic-addresses.js';
import { clearPublicAddress, setPublicAddress, showInterfaces } from '../network-interfaces.js';
import { missingParameter } from '../refusals.js';
import { requireResource } from '../resources.js';

/** With an interface, or with an instance's first one. The public address that it had before is gone. */
export function associateAddress(input: AssociateAddressRequest, context: OperationContext): AssociateAddressResult {
  const { ec2, accountId } = context.state;
  const address = addressFor(input, context);
  const eni = interfaceFor(input, context);
  checkGateway(eni, context);
  const isElsewhere = address.AssociationId !== undefined && address.NetworkInterfaceId !== eni.NetworkInterfaceId;
  if (isElsewhere && input.AllowReassociation !== true) {
    throw new AwsError(
      'Resource.AlreadyAssociated',
      `resource ${address.AllocationId} is already associated with associate-id ${address.AssociationId}`,
    );
  }
  leaveInterface(address, context);
  address.AssociationId = context.ids.hex('eipassoc-', 17);
  address.NetworkInterfaceId = eni.NetworkInterfaceId;
  address.NetworkInterfaceOwnerId = accountId;
  address.PrivateIpAddress = eni.PrivateIpAddress;
  address.InstanceId = eni.Attachment?.InstanceId;
  const { AllocationId, AssociationId } = address;
  setPublicAddress(
    eni,
    address.PublicIp!,
    { IpOwnerId: accountId, AllocationId: AllocationId!, AssociationId },
    context,
  );
  if (eni.Attachment?.InstanceId !== undefined) showInterfaces(eni.Attachment.InstanceId, ec2);
  return { AssociationId };
}

function interfaceFor(input: AssociateAddressRequest, context: OperationContext): NetworkInterface {
  if (input.NetworkInterfaceId !== undefined) {
    return requireResource('networkInterface', input.NetworkInterfaceId, context);
  }
  if (input.InstanceId === undefined) throw missingParameter('instanceId or networkInterfaceId');
  const instance = requireResource('instance', input.InstanceId, context);
  return requireResource('networkInterface', instance.NetworkInterfaces?.[0]?.NetworkInterfaceId, context);
}

function checkGateway(eni: NetworkInterface, { state }: OperationContext): void {
  const gateways = [...state.ec2.internetGateways.values()];
  if (gateways.some((gateway) => gateway.Attachments?.some((one) => one.VpcId === eni.VpcId))) return;
  throw new AwsError('Gateway.NotAttached', `Network ${eni.VpcId} is not attached to any internet gateway`);
}

function leaveInterface(address: Address, { state }: OperationContext): void {
  const before = state.ec2.networkInterfaces.get(address.NetworkInterfaceId ?? '');
  if (before === undefined) return;
  clearPublicAddress(before);
  if (before.Attachment?.InstanceId !== undefined) showInterfaces(before.Attachment.InstanceId, state.ec2);
}
