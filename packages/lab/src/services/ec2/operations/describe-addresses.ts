import type { Address, DescribeAddressesRequest, DescribeAddressesResult } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { describe } from '../description.js';
import { addressFor } from '../elastic-addresses.js';
import { describedBy, type FilterFields } from '../filters.js';

const fields: FilterFields<Address> = describedBy('Address', {
  'allocation-id': (a) => a.AllocationId,
  'association-id': (a) => a.AssociationId,
  'instance-id': (a) => a.InstanceId,
  'network-border-group': (a) => a.NetworkBorderGroup,
  'network-interface-id': (a) => a.NetworkInterfaceId,
  'private-ip-address': (a) => a.PrivateIpAddress,
  'public-ip': (a) => a.PublicIp,
});

export function describeAddresses(input: DescribeAddressesRequest, context: OperationContext): DescribeAddressesResult {
  const byAddress = (input.PublicIps ?? []).map((PublicIp) => addressFor({ PublicIp }, context).AllocationId!);
  const ids = [...(input.AllocationIds ?? []), ...byAddress];
  const { found } = describe('address', { Filters: input.Filters, ids }, fields, context);
  return { Addresses: found };
}
