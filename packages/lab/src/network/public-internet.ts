// public-internet: the little of it that the lab has, namely AWS's own names.
//
// The addresses are made up, but stable: the same name has the same address in every lab, and no two services share one.
import { createHash } from 'node:crypto';
import type { LabState } from '../control-plane/types.js';
import { loadBalancerInterfaces } from '../services/elbv2/load-balancer-interface.js';

/** Who answers at a public address. */
type PublicHost =
  /** `name` is the service's public host name, `ssm.us-west-2.amazonaws.com`. */
  { readonly kind: 'service'; readonly name: string } | { readonly kind: 'networkInterface'; readonly id: string };

/** The public addresses of a name; undefined when the lab's internet has no such name. */
export function lookUpPublicName(state: LabState, name: string): readonly string[] | undefined {
  if (serviceHostNames(state.region).includes(name)) return [serviceAddress(name)];
  return lookUpLoadBalancer(state, name);
}

export function findPublicHost(state: LabState, address: string): PublicHost | undefined {
  const name = serviceHostNames(state.region).find((candidate) => serviceAddress(candidate) === address);
  if (name !== undefined) return { kind: 'service', name };
  for (const networkInterface of state.ec2.networkInterfaces.values()) {
    if (networkInterface.Association?.PublicIp === address) {
      return { kind: 'networkInterface', id: networkInterface.NetworkInterfaceId ?? '' };
    }
  }
  return undefined;
}

function serviceHostNames(region: string): string[] {
  const regional = ['autoscaling', 'ec2', 'elasticloadbalancing', 'logs', 'monitoring', 'ssm', 'sts'];
  return [...regional.map((service) => `${service}.${region}.amazonaws.com`), 'iam.amazonaws.com', 'sts.amazonaws.com'];
}

function serviceAddress(name: string): string {
  const [high = 0, low = 0] = createHash('sha256').update(name).digest();
  return `52.94.${high}.${low}`;
}

function lookUpLoadBalancer(state: LabState, name: string): readonly string[] | undefined {
  for (const { loadBalancer } of state.elbv2.loadBalancers.values()) {
    if (loadBalancer.DNSName?.toLowerCase() !== name) continue;
    return loadBalancerInterfaces(state.ec2, loadBalancer.LoadBalancerArn ?? '').flatMap(
      (candidate) => candidate.Association?.PublicIp ?? candidate.PrivateIpAddress ?? [],
    );
  }
  return undefined;
}
