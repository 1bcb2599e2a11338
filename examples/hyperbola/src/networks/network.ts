// A network of the site, as data. build-network.ts makes it with EC2's API; the security groups refer to each other by name.

export interface Rule {
  readonly protocol: 'tcp';
  readonly port: number;
  /** Another group of this network, everybody, or the S3 prefix list of the region. */
  readonly peer: { readonly group: string } | { readonly cidr: string } | { readonly prefixList: 's3' };
}

export interface SecurityGroup {
  readonly description: string;
  readonly ingress: readonly Rule[];
  readonly egress: readonly Rule[];
}

export interface Subnet {
  readonly cidr: string;
  /** The letter of the zone: `a` is us-west-2a. */
  readonly zone: 'a' | 'b';
  /** Public: a default route to the internet gateway, and public addresses. Private: the VPC's own route and S3's, nothing else. */
  readonly kind: 'public' | 'private';
}

export interface Network {
  readonly name: string;
  /** What changed, and what follows from it. */
  readonly description: string;
  readonly cidr: string;
  readonly enableDnsSupport: boolean;
  readonly enableDnsHostnames: boolean;
  readonly subnets: Readonly<Record<string, Subnet>>;
  readonly securityGroups: Readonly<Record<string, SecurityGroup>>;
  /** The interface endpoint of SSM. */
  readonly endpoint: InterfaceEndpoint;
  /** The interface endpoint of CloudWatch Logs. It has its own way, which no fault of the other closes. */
  readonly logsEndpoint: InterfaceEndpoint;
}

export interface InterfaceEndpoint {
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly privateDnsEnabled: boolean;
}

export const tcp = (port: number, peer: Rule['peer']): Rule => ({ protocol: 'tcp', port, peer });

export const toGroup = (group: string): Rule['peer'] => ({ group });
export const fromGroup = toGroup;
export const everybody: Rule['peer'] = { cidr: '0.0.0.0/0' };
export const s3: Rule['peer'] = { prefixList: 's3' };
