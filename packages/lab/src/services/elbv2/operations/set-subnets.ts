import type { SetSubnetsInput, SetSubnetsOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { OperationContext } from '../../../control-plane/types.js';
import {
  createLoadBalancerInterface,
  deleteLoadBalancerInterface,
  loadBalancerInterfaces,
} from '../load-balancer-interface.js';
import { requireSubnets } from '../load-balancer-network.js';
import { requireLoadBalancer } from '../lookup.js';

/** The load balancer's zones from now on; interfaces in subnets that stay are kept. */
export function setSubnets(input: SetSubnetsInput, context: OperationContext): SetSubnetsOutput {
  const { loadBalancer } = requireLoadBalancer(context.state.elbv2, input.LoadBalancerArn);
  const arn = loadBalancer.LoadBalancerArn!;
  const ids = input.Subnets ?? input.SubnetMappings?.map((mapping) => mapping.SubnetId!);
  const subnets = requireSubnets(context.state, ids);
  const attached = loadBalancerInterfaces(context.state.ec2, arn);
  for (const one of attached) {
    if (!subnets.some((subnet) => subnet.SubnetId === one.SubnetId)) deleteLoadBalancerInterface(one, context);
  }
  for (const subnet of subnets) {
    if (attached.some((one) => one.SubnetId === subnet.SubnetId)) continue;
    createLoadBalancerInterface(
      {
        loadBalancerArn: arn,
        subnetId: subnet.SubnetId!,
        securityGroupIds: loadBalancer.SecurityGroups ?? [],
        isInternetFacing: loadBalancer.Scheme === 'internet-facing',
      },
      context,
    );
  }
  loadBalancer.AvailabilityZones = subnets.map((subnet) => ({
    ZoneName: subnet.AvailabilityZone,
    SubnetId: subnet.SubnetId,
    LoadBalancerAddresses: [],
  }));
  return { AvailabilityZones: loadBalancer.AvailabilityZones, IpAddressType: loadBalancer.IpAddressType };
}
