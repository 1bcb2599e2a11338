// public-internet: the little of it that the lab has, namely AWS's own names.
//
// The addresses are made up, but stable: the same name has the same address in every lab, and no two services share one.
import { createHash } from 'node:crypto';
import type { LabState } from '../control-plane/types.js';
import { loadBalancerInterfaces } from '../services/elbv2/load-balancer-interface.js';

/** Who answers at a public address. */
export type PublicHost =
  /** `name` is the service's public host name, `ssm.us-west-2.amazonaws.com`. */
  { readonly kind: 'service'; readonly name: string } | { readonly kind: 'networkInterface'; readonly id: string };

/** The public addresses of a name; undefined when the lab's internet has no such name. */
export function lookUpPublicName(state: LabState, name: string): readonly string[] | undefined {
  if (serviceHostNames(state.region).includes(name)) return [serviceAddress(name)];
  return lookUpEndpointName(state, name) ?? lookUpLoadBalancer(state, name) ?? lookUpInstance(state, name);
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
  const regional = ['autoscaling', 'ec2', 'elasticloadbalancing', 'ssm', 'sts'];
  return [...regional.map((service) => `${service}.${region}.amazonaws.com`), 'iam.amazonaws.com', 'sts.amazonaws.com'];
}

function serviceAddress(name: string): string {
  const [high = 0, low = 0] = createHash('sha256').update(name).digest();
  return `52.94.${high}.${low}`;
}

/** `vpce-….ssm.<region>.vpce.amazonaws.com`, which public DNS resolves to private addresses, and the names of its zones. */
function lookUpEndpointName(state: LabState, name: string): readonly string[] | undefined {
  if (!name.endsWith('.vpce.amazonaws.com')) return undefined;
  for (const endpoint of state.ec2.vpcEndpoints.values()) {
    const interfaces = (endpoint.NetworkInterfaceIds ?? []).map((id) => state.ec2.networkInterfaces.get(id));
    const [regional] = endpoint.DnsEntries ?? [];
    const isKnown = (endpoint.DnsEntries ?? []).some((entry) => entry.DnsName?.toLowerCase() === name);
    if (!isKnown) continue;
    const zone = regional?.DnsName?.toLowerCase() === name ? undefined : zoneOf(name, state.region);
    return interfaces
      .filter((candidate) => zone === undefined || candidate?.AvailabilityZone === zone)
      .flatMap((candidate) => candidate?.PrivateIpAddress ?? []);
  }
  return undefined;
}

/** `vpce-0a1-b2c-us-west-2a.ssm.us-west-2.vpce.amazonaws.com` is of zone us-west-2a. */
function zoneOf(name: string, region: string): string | undefined {
  const label = name.split('.')[0] ?? '';
  const zone = label.slice(-(region.length + 1));
  return zone.startsWith(region) ? zone : undefined;
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

/** A public DNS name is the private address to a resolver inside a VPC of the lab, and nobody else asks. */
function lookUpInstance(state: LabState, name: string): readonly string[] | undefined {
  for (const { instance } of state.ec2.instances.values()) {
    if (instance.PublicDnsName !== undefined && instance.PublicDnsName !== '' && instance.PublicDnsName === name) {
      return instance.PrivateIpAddress === undefined ? undefined : [instance.PrivateIpAddress];
    }
  }
  return undefined;
}
