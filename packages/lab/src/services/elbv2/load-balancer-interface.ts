// load-balancer-interface: the network interfaces through which a load balancer reaches its targets, one per subnet.
//
// They live in EC2's books, so that the network decides a load balancer's connections like everybody else's.
import type { NetworkInterface } from '@aws-sdk/client-ec2';
import type { ControlPlaneContext } from '../../control-plane/types.js';
import { recountAddresses } from '../ec2/addresses.js';
import { createInterface, deleteInterface, givePublicAddress, setGroups } from '../ec2/network-interfaces.js';
import { networkChanged } from '../ec2/network-revision.js';
import type { Ec2State } from '../ec2/state.js';
import { loadBalancerPath } from './arn.js';

const OWNER = 'amazon-elb';

interface InterfaceRequest {
  readonly loadBalancerArn: string;
  readonly subnetId: string;
  readonly securityGroupIds: readonly string[];
  readonly isInternetFacing: boolean;
}

/** Throws InsufficientFreeAddressesInSubnet before anything is made. */
export function createLoadBalancerInterface(request: InterfaceRequest, context: ControlPlaneContext): void {
  const { ec2 } = context.state;
  const subnet = ec2.subnets.get(request.subnetId)!;
  const created = createInterface(
    {
      subnet,
      groupIds: request.securityGroupIds,
      description: descriptionOf(request.loadBalancerArn),
      requesterId: OWNER,
    },
    context,
  );
  created.Status = 'in-use';
  created.Attachment = {
    AttachmentId: context.ids.hex('ela-attach-', 17),
    AttachTime: new Date(context.now),
    DeleteOnTermination: false,
    DeviceIndex: 1,
    InstanceOwnerId: OWNER,
    Status: 'attached',
  };
  if (request.isInternetFacing) givePublicAddress(created, context);
  recountAddresses(ec2, request.subnetId);
  networkChanged(context);
}

export function loadBalancerInterfaces(ec2: Ec2State, loadBalancerArn: string): readonly NetworkInterface[] {
  const description = descriptionOf(loadBalancerArn);
  return [...ec2.networkInterfaces.values()].filter(
    (candidate) => candidate.RequesterId === OWNER && candidate.Description === description,
  );
}

export function deleteLoadBalancerInterface(attached: NetworkInterface, context: ControlPlaneContext): void {
  deleteInterface(attached.NetworkInterfaceId!, context.state.ec2);
  networkChanged(context);
}

export function setInterfaceGroups(
  loadBalancerArn: string,
  securityGroupIds: readonly string[],
  context: ControlPlaneContext,
): void {
  const { ec2 } = context.state;
  for (const attached of loadBalancerInterfaces(ec2, loadBalancerArn)) setGroups(attached, securityGroupIds, ec2);
  networkChanged(context);
}

function descriptionOf(loadBalancerArn: string): string {
  return `ELB ${loadBalancerPath(loadBalancerArn)}`;
}
