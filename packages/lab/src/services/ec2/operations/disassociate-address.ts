import type { Address, DisassociateAddressRequest } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { addressFor } from '../elastic-addresses.js';
import { clearPublicAddress, forgetAssociation, showInterfaces } from '../network-interfaces.js';

export function disassociateAddress(
  input: DisassociateAddressRequest,
  context: OperationContext,
): Record<string, never> {
  const { ec2 } = context.state;
  const address =
    input.AssociationId === undefined ? addressFor(input, context) : addressWith(input.AssociationId, context);
  if ([...ec2.natGateways.values()].some((nat) => nat.State !== 'deleted' && usesAddress(nat, address))) {
    throw new AwsError('AuthFailure', 'You do not have permission to access the specified resource.');
  }
  const eni = ec2.networkInterfaces.get(address.NetworkInterfaceId ?? '');
  forgetAssociation(address);
  if (eni !== undefined) {
    clearPublicAddress(eni);
    if (eni.Attachment?.InstanceId !== undefined) showInterfaces(eni.Attachment.InstanceId, ec2);
  }
  return {};
}

function addressWith(associationId: string, { state }: OperationContext): Address {
  const found = [...state.ec2.addresses.values()].find((address) => address.AssociationId === associationId);
  if (found !== undefined) return found;
  throw new AwsError('InvalidAssociationID.NotFound', `The association ID '${associationId}' does not exist`);
}

function usesAddress(
  nat: { readonly NatGatewayAddresses?: { readonly AllocationId?: string | undefined }[] | undefined },
  address: Address,
): boolean {
  return nat.NatGatewayAddresses?.some((one) => one.AllocationId === address.AllocationId) === true;
}
