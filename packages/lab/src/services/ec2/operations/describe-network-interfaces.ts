import type {
  DescribeNetworkInterfacesRequest,
  DescribeNetworkInterfacesResult,
  NetworkInterface,
} from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { describe } from '../description.js';
import { describedBy, type FilterFields } from '../filters.js';

const fields: FilterFields<NetworkInterface> = describedBy('NetworkInterface', {
  'addresses.private-ip-address': (e) => e.PrivateIpAddresses?.map((one) => one.PrivateIpAddress),
  'association.allocation-id': (e) => e.Association?.AllocationId,
  'association.association-id': (e) => e.Association?.AssociationId,
  'association.public-ip': (e) => e.Association?.PublicIp,
  'attachment.attachment-id': (e) => e.Attachment?.AttachmentId,
  'attachment.device-index': (e) => e.Attachment?.DeviceIndex,
  'attachment.instance-id': (e) => e.Attachment?.InstanceId,
  'attachment.status': (e) => e.Attachment?.Status,
  'availability-zone': (e) => e.AvailabilityZone,
  description: (e) => e.Description,
  'group-id': (e) => e.Groups?.map((group) => group.GroupId),
  'group-name': (e) => e.Groups?.map((group) => group.GroupName),
  'interface-type': (e) => e.InterfaceType,
  'mac-address': (e) => e.MacAddress,
  'network-interface-id': (e) => e.NetworkInterfaceId,
  'owner-id': (e) => e.OwnerId,
  'private-dns-name': (e) => e.PrivateDnsName,
  'private-ip-address': (e) => e.PrivateIpAddress,
  'requester-id': (e) => e.RequesterId,
  'requester-managed': (e) => e.RequesterManaged,
  status: (e) => e.Status,
  'subnet-id': (e) => e.SubnetId,
  'vpc-id': (e) => e.VpcId,
});

export function describeNetworkInterfaces(
  input: DescribeNetworkInterfacesRequest,
  context: OperationContext,
): DescribeNetworkInterfacesResult {
  const request = { ...input, ids: input.NetworkInterfaceIds };
  const { found, nextToken } = describe('networkInterface', request, fields, context);
  return { NetworkInterfaces: found, NextToken: nextToken };
}
