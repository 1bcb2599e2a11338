import type { GroupIdentifier, NetworkInterface, NetworkInterfaceType, Subnet, Tag } from '@aws-sdk/client-ec2';
import { AwsError } from '../../control-plane/aws-error.js';
import type { ControlPlaneContext } from '../../control-plane/types.js';
import {
  checkPrivateAddress,
  drawPrivateAddress,
  drawPublicAddress,
  privateDnsName,
  publicDnsName,
  recountAddresses,
} from './addresses.js';
import { copyOf } from './copy.js';
import { requireResource } from './resources.js';
import type { Ec2State } from './state.js';
import { putTags } from './tags.js';

interface NewInterface {
  readonly subnet: Subnet;
  readonly groupIds: readonly string[];
  readonly description?: string | undefined;
  readonly interfaceType?: NetworkInterfaceType;
  readonly privateIpAddress?: string | undefined;
  readonly tags?: readonly Tag[];
  /** Set for interfaces that an AWS service keeps in the subnet, such as an endpoint's. */
  readonly requesterId?: string;
}

/** The caller has checked the groups; the address is drawn or checked here, before anything changes. */
export function createInterface(wanted: NewInterface, context: ControlPlaneContext): NetworkInterface {
  const { subnet } = wanted;
  const { ec2, region, accountId } = context.state;
  if (wanted.privateIpAddress !== undefined) checkPrivateAddress(subnet, wanted.privateIpAddress, ec2);
  const address = wanted.privateIpAddress ?? drawPrivateAddress(subnet, context);
  const eni: NetworkInterface = {
    NetworkInterfaceId: context.ids.hex('eni-', 17),
    SubnetId: subnet.SubnetId,
    VpcId: subnet.VpcId,
    AvailabilityZone: subnet.AvailabilityZone,
    AvailabilityZoneId: subnet.AvailabilityZoneId,
    Description: wanted.description ?? '',
    Groups: groupIdentifiers(wanted.groupIds, ec2),
    InterfaceType: wanted.interfaceType ?? 'interface',
    Ipv6Addresses: [],
    MacAddress: macAddress(context),
    OwnerId: accountId,
    PrivateDnsName: privateDnsName(address, region),
    PrivateIpAddress: address,
    PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: address, PrivateDnsName: privateDnsName(address, region) }],
    RequesterManaged: wanted.requesterId !== undefined,
    ...(wanted.requesterId === undefined ? {} : { RequesterId: wanted.requesterId }),
    SourceDestCheck: true,
    Status: 'available',
  };
  ec2.networkInterfaces.set(eni.NetworkInterfaceId!, eni);
  putTags(ec2, eni.NetworkInterfaceId!, wanted.tags ?? []);
  recountAddresses(ec2, subnet.SubnetId);
  return eni;
}

function macAddress(context: ControlPlaneContext): string {
  const digits = context.ids.hex('', 10);
  return `0a:${digits.match(/../g)?.join(':')}`;
}

/** Deletes it with its tags, and sets a public address free: an Elastic IP is kept by its owner, any other is gone. */
export function deleteInterface(networkInterfaceId: string, state: Ec2State): void {
  const eni = state.networkInterfaces.get(networkInterfaceId);
  if (eni === undefined) return;
  for (const address of state.addresses.values()) {
    if (address.NetworkInterfaceId === networkInterfaceId) forgetAssociation(address);
  }
  state.networkInterfaces.delete(networkInterfaceId);
  state.tags.delete(networkInterfaceId);
  recountAddresses(state, eni.SubnetId);
}

/** An Elastic IP that is attached to nothing. */
export function forgetAssociation(address: {
  AssociationId?: string | undefined;
  NetworkInterfaceId?: string | undefined;
  InstanceId?: string | undefined;
  PrivateIpAddress?: string | undefined;
  NetworkInterfaceOwnerId?: string | undefined;
}): void {
  address.AssociationId = undefined;
  address.NetworkInterfaceId = undefined;
  address.InstanceId = undefined;
  address.PrivateIpAddress = undefined;
  address.NetworkInterfaceOwnerId = undefined;
}

/** Gives the interface a public address of Amazon's pool, as a subnet with MapPublicIpOnLaunch does. */
export function givePublicAddress(eni: NetworkInterface, context: ControlPlaneContext): void {
  setPublicAddress(eni, drawPublicAddress(context.state.ec2, context.ids), { IpOwnerId: 'amazon' }, context);
}

export function setPublicAddress(
  eni: NetworkInterface,
  publicIp: string,
  owner: { readonly IpOwnerId: string; readonly AllocationId?: string; readonly AssociationId?: string },
  context: ControlPlaneContext,
): void {
  const { ec2, region } = context.state;
  const named = ec2.vpcAttributes.get(eni.VpcId ?? '')?.enableDnsHostnames === true;
  const association = { ...owner, PublicIp: publicIp, PublicDnsName: named ? publicDnsName(publicIp, region) : '' };
  eni.Association = association;
  const primary = eni.PrivateIpAddresses?.find((one) => one.Primary);
  if (primary !== undefined) primary.Association = association;
}

export function clearPublicAddress(eni: NetworkInterface): void {
  eni.Association = undefined;
  for (const address of eni.PrivateIpAddresses ?? []) address.Association = undefined;
}

export function groupIdentifiers(groupIds: readonly string[], state: Ec2State): GroupIdentifier[] {
  return [...new Set(groupIds)].map((id) => ({ GroupId: id, GroupName: state.securityGroups.get(id)?.GroupName }));
}

/**
 * The groups for a new interface in the subnet: those given, else the VPC's default group. Throws InvalidGroup.NotFound, and
 * InvalidParameter for a group of another VPC.
 */
export function groupsForSubnet(
  groupIds: readonly string[] | undefined,
  subnet: Subnet,
  context: ControlPlaneContext,
): string[] {
  if (groupIds === undefined || groupIds.length === 0) return [defaultGroupId(subnet.VpcId ?? '', context.state.ec2)];
  for (const id of groupIds) {
    const group = requireResource('securityGroup', id, context);
    if (group.VpcId === subnet.VpcId) continue;
    const problem = `Security group ${id} and subnet ${subnet.SubnetId} belong to different networks.`;
    throw new AwsError('InvalidParameter', problem);
  }
  return [...new Set(groupIds)];
}

export function defaultGroupId(vpcId: string, state: Ec2State): string {
  for (const group of state.securityGroups.values()) {
    if (group.VpcId === vpcId && group.GroupName === 'default') return group.GroupId ?? '';
  }
  throw new TypeError(`vpc ${vpcId} has no default security group`);
}

/** Sets an interface's groups, and shows them on its instance too. */
export function setGroups(eni: NetworkInterface, groupIds: readonly string[], state: Ec2State): void {
  eni.Groups = groupIdentifiers(groupIds, state);
  const instanceId = eni.Attachment?.InstanceId;
  if (instanceId !== undefined) showInterfaces(instanceId, state);
}

/** Keeps what an instance shows of its interfaces (addresses, names, groups) in step with the interfaces themselves. */
export function showInterfaces(instanceId: string, state: Ec2State): void {
  const instance = state.instances.get(instanceId)?.instance;
  if (instance === undefined) return;
  const attached = [...state.networkInterfaces.values()]
    .filter((eni) => eni.Attachment?.InstanceId === instanceId)
    .sort((a, b) => (a.Attachment?.DeviceIndex ?? 0) - (b.Attachment?.DeviceIndex ?? 0));
  instance.NetworkInterfaces = attached.map(({ TagSet: _, Attachment, ...eni }) => ({
    ...eni,
    Attachment: {
      AttachmentId: Attachment?.AttachmentId,
      AttachTime: Attachment?.AttachTime,
      DeleteOnTermination: Attachment?.DeleteOnTermination,
      DeviceIndex: Attachment?.DeviceIndex,
      NetworkCardIndex: 0,
      Status: Attachment?.Status,
    },
  })) as typeof instance.NetworkInterfaces;
  const primary = attached[0];
  instance.SecurityGroups = copyOf(primary?.Groups ?? []);
  instance.PublicIpAddress = primary?.Association?.PublicIp;
  instance.PublicDnsName = primary?.Association?.PublicDnsName ?? '';
  instance.PrivateIpAddress = primary?.PrivateIpAddress;
  instance.PrivateDnsName = primary?.PrivateDnsName ?? '';
}
