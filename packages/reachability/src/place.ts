import type { AddressSet, Interval } from './address.js';

/** An end of a connection: a network interface, or the one that a launch would make in a subnet. */
export interface Place {
  /** `eni-…`; for an interface that does not exist yet, a name made of what would make it. */
  readonly id: string;
  readonly vpcId: string;
  readonly subnetId: string;
  /** One address, or all of the subnet's while it is not known which. */
  readonly addresses: AddressSet;
  readonly address?: string;
  /** The carried security groups. Undefined: not known. */
  readonly groupIds?: readonly string[];
  /** Undefined: not known. */
  readonly hasPublicAddress?: boolean;
  readonly publicAddress?: string;
  /** What an answer comes back to. */
  readonly ephemeralPorts: Interval;
  /** Set when an edit can give the interface a public address. */
  readonly launchName?: string;
  readonly ownerId?: string;
  /** The instance's state, when an instance has the interface. */
  readonly instanceState?: string;
}

/** The Linux default, net.ipv4.ip_local_port_range. */
export const LINUX_EPHEMERAL_PORTS: Interval = [32768, 60999];
export const WINDOWS_EPHEMERAL_PORTS: Interval = [49152, 65535];
/** NAT gateways, load balancers and Lambda use all of these. */
export const ALL_EPHEMERAL_PORTS: Interval = [1024, 65535];
