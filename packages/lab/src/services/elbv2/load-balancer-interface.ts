// load-balancer-interface: the network interfaces through which a load balancer reaches its targets, one per subnet.
//
// They live in EC2's books, so that the network decides a load balancer's connections like everybody else's.
import type { NetworkInterface } from '@aws-sdk/client-ec2';
import ipaddr from 'ipaddr.js';
import type { ControlPlaneContext } from '../../control-plane/types.js';
import type { Ec2State } from '../ec2/state.js';
import { loadBalancerPath } from './arn.js';

const OWNER = 'amazon-elb';

export interface InterfaceRequest {
  readonly loadBalancerArn: string;
  readonly subnetId: string;
  readonly securityGroupIds: readonly string[];
  readonly isInternetFacing: boolean;
}

export function createLoadBalancerInterface(request: InterfaceRequest, context: ControlPlaneContext): void {
  const { ec2 } = context.state;
  const subnet = ec2.subnets.get(request.subnetId)!;
  const address = freeAddress(ec2, request.subnetId, subnet.CidrBlock!);
  const description = descriptionOf(request.loadBalancerArn);
  const networkInterfaceId = context.ids.hex('eni-', 17);
  const attached: NetworkInterface = {
    NetworkInterfaceId: networkInterfaceId,
    SubnetId: request.subnetId,
    VpcId: subnet.VpcId,
    AvailabilityZone: subnet.AvailabilityZone,
    Description: description,
    InterfaceType: 'interface',
    OwnerId: context.state.accountId,
    RequesterId: OWNER,
    RequesterManaged: true,
    Status: 'in-use',
    SourceDestCheck: true,
    MacAddress: macAddress(context),
    PrivateIpAddress: address,
    PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: address }],
    Ipv6Addresses: [],
    Groups: groupsOf(ec2, request.securityGroupIds),
    Attachment: {
      AttachmentId: context.ids.hex('ela-attach-', 17),
      AttachTime: new Date(context.now),
      DeleteOnTermination: false,
      DeviceIndex: 1,
      InstanceOwnerId: OWNER,
      Status: 'attached',
    },
    ...(request.isInternetFacing ? { Association: publicAssociation(context) } : {}),
    TagSet: [],
  };
  ec2.networkInterfaces.set(networkInterfaceId, attached);
  ec2.networkRevision += 1;
  context.emit({ kind: 'networkChanged' });
}

export function loadBalancerInterfaces(ec2: Ec2State, loadBalancerArn: string): readonly NetworkInterface[] {
  const description = descriptionOf(loadBalancerArn);
  return [...ec2.networkInterfaces.values()].filter(
    (candidate) => candidate.RequesterId === OWNER && candidate.Description === description,
  );
}

export function deleteLoadBalancerInterface(networkInterface: NetworkInterface, context: ControlPlaneContext): void {
  context.state.ec2.networkInterfaces.delete(networkInterface.NetworkInterfaceId!);
  context.state.ec2.networkRevision += 1;
  context.emit({ kind: 'networkChanged' });
}

export function setInterfaceGroups(
  loadBalancerArn: string,
  securityGroupIds: readonly string[],
  context: ControlPlaneContext,
): void {
  const { ec2 } = context.state;
  for (const attached of loadBalancerInterfaces(ec2, loadBalancerArn))
    attached.Groups = groupsOf(ec2, securityGroupIds);
  ec2.networkRevision += 1;
  context.emit({ kind: 'networkChanged' });
}

function descriptionOf(loadBalancerArn: string): string {
  return `ELB ${loadBalancerPath(loadBalancerArn)}`;
}

function groupsOf(ec2: Ec2State, ids: readonly string[]) {
  return ids.map((id) => ({ GroupId: id, GroupName: ec2.securityGroups.get(id)?.GroupName }));
}

// AWS keeps the first four addresses of a subnet and the last for itself.
function freeAddress(ec2: Ec2State, subnetId: string, cidr: string): string {
  const [network, prefixLength] = ipaddr.IPv4.parseCIDR(cidr);
  const base = network.toByteArray().reduce((value, byte) => value * 256 + byte, 0);
  const size = 2 ** (32 - prefixLength);
  const taken = new Set(addressesIn(ec2, subnetId));
  for (let offset = 4; offset < size - 1; offset += 1) {
    const address = dotted(base + offset);
    if (!taken.has(address)) return address;
  }
  throw new Error(`Subnet ${subnetId} has no free address for a load balancer.`);
}

function addressesIn(ec2: Ec2State, subnetId: string): readonly string[] {
  return [...ec2.networkInterfaces.values()]
    .filter((candidate) => candidate.SubnetId === subnetId)
    .flatMap((candidate) => candidate.PrivateIpAddresses ?? [])
    .map((entry) => entry.PrivateIpAddress!);
}

function dotted(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

function macAddress(context: ControlPlaneContext): string {
  return `02:${context.ids.hex('', 10).match(/../g)!.join(':')}`;
}

// A made-up address of a documentation range: nothing on this machine listens there.
function publicAssociation(context: ControlPlaneContext) {
  const address = `203.0.113.${1 + Math.floor(context.ids.random() * 254)}`;
  return { IpOwnerId: OWNER, PublicIp: address };
}
