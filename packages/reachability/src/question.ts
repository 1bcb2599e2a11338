// The question, and the answer's shape: verdict, traces, and every fault with its evidence and smallest edit.
//
//   R1. What is not in the snapshot is `unknown`, never `no`.
//   R2. An `unreachable` answer lists every fault; applying all their edits to the snapshot makes it `reachable`.
//   R3. The same snapshot and question give the same answer, to the byte.

import type { Code } from './codes.js';

/** Where a connection comes from. */
export type Source =
  | { readonly kind: 'instance'; readonly instanceId: string }
  | { readonly kind: 'networkInterface'; readonly networkInterfaceId: string }
  /** An instance that does not exist yet: what a launch template would start in these subnets. One trace per subnet. */
  | {
      readonly kind: 'launch';
      readonly name: string;
      readonly subnetIds: readonly string[];
      readonly securityGroupIds: readonly string[];
      /** Undefined: the subnet's MapPublicIpOnLaunch decides. */
      readonly associatePublicIpAddress?: boolean;
    };

/** Where it goes. A name is resolved first, as the source would resolve it. */
export type Destination =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'address'; readonly address: string }
  | { readonly kind: 'instance'; readonly instanceId: string }
  | { readonly kind: 'networkInterface'; readonly networkInterfaceId: string };

export interface Question {
  readonly from: Source;
  readonly to: Destination;
  /** Destination port, 1 to 65535. */
  readonly port: number;
  readonly protocol?: 'tcp' | 'udp';
  /** The client's own port, when it is known. Undefined: the whole ephemeral range of the source must be able to answer. */
  readonly sourcePort?: number;
  /** What the connection is for. Endpoint policies are judged by it; without it, by the service alone. */
  readonly access?: AccessQuestion;
}

export interface AccessQuestion {
  readonly actions: readonly string[];
  /** ARNs; a star stands for what is not known of one. Undefined: not known. */
  readonly resources?: readonly string[];
  readonly principalArn?: string;
}

/** `partial`: some of the traces (zones, endpoint interfaces, ephemeral ports) pass and some do not: intermittent failure. */
export type Verdict = 'reachable' | 'unreachable' | 'partial' | 'unknown';

/** What the source's resolver answers for a name. */
export type Resolution =
  | { readonly kind: 'literal'; readonly addresses: readonly string[] }
  /** By an interface endpoint's private DNS or a private hosted zone. */
  | { readonly kind: 'private'; readonly addresses: readonly string[]; readonly by: string }
  /** A public address, not known to the snapshot: routes decide. */
  | { readonly kind: 'public' }
  | { readonly kind: 'notFound'; readonly by: string }
  | { readonly kind: 'refused'; readonly by: string }
  | { readonly kind: 'unknown'; readonly because: string };

/** One place that a packet passes, in order, with what decided there. */
export interface Hop {
  readonly component:
    | 'resolver'
    | 'networkInterface'
    | 'securityGroup'
    | 'networkAcl'
    | 'routeTable'
    | 'internetGateway'
    | 'natGateway'
    | 'vpcPeeringConnection'
    | 'transitGateway'
    | 'vpcEndpoint'
    | 'service';
  readonly id: string;
  readonly direction?: 'egress' | 'ingress';
  readonly outcome: 'pass' | 'stop' | 'unknown';
  /** What was matched: a rule, a route, an entry. A sentence fragment: `sgr-0a1: tcp 443 to sg-0b2`. */
  readonly detail: string;
}

export interface Trace {
  readonly subnetId?: string;
  readonly availabilityZone?: string;
  readonly destinationAddress?: string;
  /** `partial`: only some of the source's ephemeral ports get an answer. */
  readonly verdict: Verdict;
  readonly hops: readonly Hop[];
  /** The codes of the faults on this trace, in hop order. */
  readonly faultCodes: readonly string[];
}

/** A change to the snapshot, and so to AWS, that mends one fault. Applied by `applyEdit` to a snapshot, by EC2 calls to a VPC. */
export type Edit =
  | {
      readonly kind: 'authorizeSecurityGroup';
      readonly direction: 'ingress' | 'egress';
      readonly groupId: string;
      readonly protocol: string;
      readonly fromPort: number;
      readonly toPort: number;
      readonly peer: { readonly groupId: string } | { readonly cidr: string } | { readonly prefixListId: string };
    }
  | { readonly kind: 'enablePrivateDns'; readonly vpcEndpointId: string }
  | {
      readonly kind: 'setVpcAttribute';
      readonly vpcId: string;
      readonly attribute: 'enableDnsSupport' | 'enableDnsHostnames';
      readonly value: true;
    }
  | {
      readonly kind: 'createNetworkAclEntry';
      readonly networkAclId: string;
      readonly egress: boolean;
      readonly ruleNumber: number;
      readonly cidr: string;
      readonly protocol: string;
      readonly fromPort: number;
      readonly toPort: number;
    }
  | {
      readonly kind: 'createRoute' | 'replaceRoute';
      readonly routeTableId: string;
      readonly destinationCidr: string;
      readonly target:
        | { readonly gatewayId: string }
        | { readonly natGatewayId: string }
        | { readonly vpcPeeringConnectionId: string }
        | { readonly transitGatewayId: string };
    }
  | { readonly kind: 'acceptVpcPeeringConnection'; readonly vpcPeeringConnectionId: string }
  | { readonly kind: 'attachInternetGateway'; readonly internetGatewayId: string; readonly vpcId: string }
  | { readonly kind: 'deleteRoute'; readonly routeTableId: string; readonly destinationCidr: string }
  /** Without ingress rules; EC2 lets everything out. Until AWS gives its id it is called by newGroupId. */
  | { readonly kind: 'createSecurityGroup'; readonly vpcId: string; readonly groupName: string }
  | {
      readonly kind: 'createInterfaceEndpoint';
      readonly vpcId: string;
      readonly serviceName: string;
      readonly subnetIds: readonly string[];
      readonly securityGroupIds: readonly string[];
      readonly privateDnsEnabled: boolean;
    }
  | {
      readonly kind: 'createGatewayEndpoint';
      readonly vpcId: string;
      readonly serviceName: string;
      readonly routeTableIds: readonly string[];
    }
  | { readonly kind: 'addEndpointRouteTable'; readonly vpcEndpointId: string; readonly routeTableId: string }
  /** An A record in a private hosted zone: it replaces what the zone says of the name. */
  | {
      readonly kind: 'putPrivateRecord';
      readonly hostedZoneId: string;
      readonly name: string;
      readonly addresses: readonly string[];
    }
  | { readonly kind: 'addEndpointSubnet'; readonly vpcEndpointId: string; readonly subnetId: string }
  | { readonly kind: 'associatePublicAddress'; readonly networkInterfaceId?: string; readonly launch?: string }
  | { readonly kind: 'allowInEndpointPolicy'; readonly vpcEndpointId: string; readonly statement: string }
  /** Nothing that a snapshot edit can do: a person must (peer two VPCs, wait for an endpoint, create a gateway). */
  | { readonly kind: 'manual'; readonly what: string };

export interface Fault {
  /** AWS Reachability Analyzer's code where it has one, ours where it has none. */
  readonly code: Code;
  /** One sentence: what stops the connection. */
  readonly explanation: string;
  /** What was looked at: ids and rules. */
  readonly evidence: readonly { readonly id: string; readonly what: string }[];
  /** The smallest change that mends it; several only when one fault needs several calls. */
  readonly edits: readonly Edit[];
}

export interface Answer {
  readonly question: Question;
  readonly verdict: Verdict;
  readonly resolution: Resolution;
  readonly traces: readonly Trace[];
  /** Complete, in the order name, source, path, destination. Empty when reachable. */
  readonly faults: readonly Fault[];
  /** What could not be decided, when the verdict is `unknown`. Faults may stand beside it: those that hold whatever the unknowns are. */
  readonly unknowns: readonly string[];
  /** What was not analysed or is worth knowing, and changes no verdict. */
  readonly notes: readonly string[];
}
