import { isDeepStrictEqual } from 'node:util';
import type {
  AvailabilityZone,
  CreateLoadBalancerInput,
  CreateLoadBalancerOutput,
  LoadBalancer,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../../../control-plane/aws-error.js';
import { notEmulated } from '../../../control-plane/not-emulated.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { newLoadBalancerArn } from '../arn.js';
import { defaultLoadBalancerAttributes } from '../load-balancer-attributes.js';
import { createLoadBalancerInterface } from '../load-balancer-interface.js';
import { requireSecurityGroups, requireSubnets } from '../load-balancer-network.js';
import { addTagsTo } from '../tags.js';

// Route 53's zone of the load balancers in us-west-2; one is as good as another here.
const HOSTED_ZONE_ID = 'Z1H1FL5HABSF5';

/** Active at once: provisioning takes minutes on AWS and shows nothing that the lab's users wait for. */
export function createLoadBalancer(
  input: CreateLoadBalancerInput,
  context: OperationContext,
): CreateLoadBalancerOutput {
  const { elbv2 } = context.state;
  const name = input.Name ?? '';
  if (!/^(?!internal-)(?!-)[A-Za-z0-9-]{1,32}(?<!-)$/.test(name)) {
    throw new AwsError('ValidationError', `The load balancer name '${name}' is not valid`);
  }
  if (input.Type !== undefined && input.Type !== 'application') {
    throw notEmulated(`the load balancer type '${input.Type}'`);
  }
  const subnets = requireSubnets(
    context.state,
    input.Subnets ?? input.SubnetMappings?.map((mapping) => mapping.SubnetId!),
  );
  const vpcId = subnets[0]!.VpcId!;
  const securityGroups = requireSecurityGroups(context.state, vpcId, input.SecurityGroups);
  const scheme = input.Scheme ?? 'internet-facing';
  const existing = [...elbv2.loadBalancers.values()].find((other) => other.loadBalancer.LoadBalancerName === name);
  if (existing !== undefined) {
    const settings = settingsOf({
      Scheme: scheme,
      SecurityGroups: securityGroups,
      IpAddressType: input.IpAddressType ?? 'ipv4',
      AvailabilityZones: [...subnets],
    });
    // Idempotent: the same settings answer the load balancer that exists.
    if (isDeepStrictEqual(settings, settingsOf(existing.loadBalancer)))
      return { LoadBalancers: [{ ...existing.loadBalancer }] };
    throw new AwsError(
      'DuplicateLoadBalancerName',
      `A load balancer with the same name '${name}' exists, but with different settings`,
    );
  }
  const arn = newLoadBalancerArn(context, name);
  const loadBalancer: LoadBalancer = {
    LoadBalancerArn: arn,
    DNSName: dnsName(name, scheme, context),
    CanonicalHostedZoneId: HOSTED_ZONE_ID,
    CreatedTime: new Date(context.now),
    LoadBalancerName: name,
    Scheme: scheme,
    VpcId: vpcId,
    State: { Code: 'active' },
    Type: 'application',
    AvailabilityZones: subnets.map(
      (subnet): AvailabilityZone => ({
        ZoneName: subnet.AvailabilityZone,
        SubnetId: subnet.SubnetId,
        LoadBalancerAddresses: [],
      }),
    ),
    SecurityGroups: securityGroups,
    IpAddressType: input.IpAddressType ?? 'ipv4',
  };
  elbv2.loadBalancers.set(arn, { loadBalancer, attributes: defaultLoadBalancerAttributes() });
  addTagsTo(elbv2, arn, input.Tags);
  for (const subnet of subnets) {
    createLoadBalancerInterface(
      {
        loadBalancerArn: arn,
        subnetId: subnet.SubnetId!,
        securityGroupIds: securityGroups,
        isInternetFacing: scheme === 'internet-facing',
      },
      context,
    );
  }
  return { LoadBalancers: [loadBalancer] };
}

/** What makes two load balancers of one name the same. */
function settingsOf({ Scheme, SecurityGroups = [], IpAddressType, AvailabilityZones = [] }: LoadBalancer): object {
  const subnetIds = AvailabilityZones.map(({ SubnetId = '' }) => SubnetId).sort();
  return { Scheme, SecurityGroups: [...SecurityGroups].sort(), IpAddressType, subnetIds };
}

function dnsName(name: string, scheme: string, context: OperationContext): string {
  const number = String(Math.floor(context.ids.random() * 1e10)).padStart(10, '1');
  const prefix = scheme === 'internal' ? 'internal-' : '';
  return `${prefix}${name}-${number}.${context.state.region}.elb.amazonaws.com`;
}
