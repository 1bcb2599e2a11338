// The catalogue of explanation codes: why each stops a connection, and what mends it.
//
// A code of AWS Reachability Analyzer keeps its name and its meaning. The others are ours: that service has no code for name
// resolution, endpoint policies, zones that fail alone, or answers that cannot come back.

export interface CodeEntry {
  readonly origin: 'aws' | 'directrix';
  readonly cause: string;
  readonly fix: string;
}

export const CODES = {
  DNS_PRIVATE_DISABLED: {
    origin: 'directrix',
    cause:
      "The VPC has an interface endpoint for the service, but its private DNS is off: the service's name still resolves to public addresses.",
    fix: 'Switch private DNS on for the endpoint. It acts VPC-wide, so look at the bystanders first.',
  },
  DNS_VPC_ATTRIBUTES: {
    origin: 'directrix',
    cause:
      'A DNS attribute of the VPC, enableDnsSupport or enableDnsHostnames, is off, so private names are not answered there.',
    fix: 'Switch both VPC attributes on.',
  },
  DNS_PHZ_OVERRIDE: {
    origin: 'directrix',
    cause:
      'A private hosted zone associated with the VPC covers the name and answers it wrongly or not at all; there is no fall-through to public DNS.',
    fix: 'Put the right record into the zone, or dissociate the zone from the VPC.',
  },
  DNS_CUSTOM_RESOLVER: {
    origin: 'directrix',
    cause:
      "The VPC's DHCP options name other resolvers than Amazon's, whose answers cannot be known from here (unknown, not a fault).",
    fix: 'Forward the zones of AWS from that resolver to the VPC resolver, and check with a lookup on an instance.',
  },
  DNS_NAME_NOT_FOUND: {
    origin: 'directrix',
    cause: 'Nothing in the VPC answers for this private name.',
    fix: 'Correct the name, or start the instance that has it.',
  },
  ENDPOINT_MISSING: {
    origin: 'directrix',
    cause:
      'The service is reached neither by an endpoint of this VPC nor over the internet: the subnet has no way out.',
    fix: 'Create an endpoint for the service (interface, or gateway for S3 and DynamoDB), or give the subnet a way out.',
  },
  ENDPOINT_WRONG_TYPE: {
    origin: 'directrix',
    cause:
      'The endpoint for the service is of a type that does not serve it (CloudFormation and Terraform default to Gateway).',
    fix: 'Create it as an Interface endpoint.',
  },
  ENDPOINT_STATE: {
    origin: 'directrix',
    cause: 'The endpoint is not in the state "available".',
    fix: 'Wait while it is pending; accept it, or create it anew when it was rejected, failed or deleted.',
  },
  POLICY_ENDPOINT: {
    origin: 'directrix',
    cause: 'The endpoint policy has no statement that can allow the request, or one that denies it.',
    fix: 'Allow the action in the endpoint policy.',
  },
  SG_SHARED_NO_SELF_RULE: {
    origin: 'directrix',
    cause:
      'Both ends carry the same security group, and that group has no rule that names itself: sharing a group grants nothing.',
    fix: 'Add a rule whose peer is the group itself, or give the endpoint a group of its own.',
  },
  NACL_RETURN_EPHEMERAL: {
    origin: 'directrix',
    cause:
      'A network ACL does not let the answers back to all ephemeral ports of the client: network ACLs keep no state.',
    fix: 'Allow ports 1024-65535 in the direction of the answers.',
  },
  PARTIAL_AZ: {
    origin: 'directrix',
    cause:
      'Some zones pass and some do not: connections fail now and then, depending on the address or subnet that is picked.',
    fix: 'Repair the zones that fail.',
  },
  PUBLIC_NO_EGRESS: {
    origin: 'directrix',
    cause:
      'The name resolves to public addresses, and the VPC has neither an internet gateway nor a NAT gateway to reach them by.',
    fix: 'Attach an internet gateway, and for private subnets add a NAT gateway.',
  },
  BYSTANDER_BROKEN: {
    origin: 'directrix',
    cause: 'A change made for one client breaks the path of another one in the same network.',
    fix: 'Give the bystander what it needs on the new path before making the change.',
  },
  ENI_SG_RULES_MISMATCH: {
    origin: 'aws',
    cause: 'No rule of the security groups on the interface allows the traffic in this direction.',
    fix: 'Add the rule that is named.',
  },
  SG_HAS_NO_RULES: {
    origin: 'aws',
    cause: 'The security groups on the interface have no rules at all in this direction, so nothing passes.',
    fix: 'Add the rule that is named.',
  },
  SG_REFERENCES_NOT_PRESERVED: {
    origin: 'aws',
    cause:
      'A rule names a security group, but the path goes through a middlebox, behind which groups are not recognised.',
    fix: 'Allow the address range instead of the group, or route directly.',
  },
  SUBNET_ACL_RESTRICTION: {
    origin: 'aws',
    cause: 'A network ACL denies the traffic at the edge of the subnet.',
    fix: 'Add an allow entry with a lower rule number than the one that denies.',
  },
  NO_ROUTE_TO_DESTINATION: {
    origin: 'aws',
    cause: 'The route table of the subnet has no route for the destination.',
    fix: 'Add the route that is named.',
  },
  BAD_STATE_ROUTE: {
    origin: 'aws',
    cause: 'The route that matches is a blackhole: its target is gone or detached.',
    fix: 'Point the route at a target that exists, or delete it.',
  },
  BAD_STATE: {
    origin: 'aws',
    cause: 'A component on the path is not in a working state.',
    fix: 'Bring it into a working state, or replace it.',
  },
  MORE_SPECIFIC_ROUTE: {
    origin: 'aws',
    cause: 'A more specific route takes the traffic away from the path that would work.',
    fix: 'Delete the more specific route.',
  },
  IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS: {
    origin: 'aws',
    cause: 'The route leads to an internet gateway, but the interface has no public address, so nothing can answer.',
    fix: 'Associate a public address, or route through a NAT gateway.',
  },
  VPC_BLOCK_PUBLIC_ACCESS_ENABLED: {
    origin: 'aws',
    cause: 'VPC Block Public Access drops traffic through internet gateways in this region.',
    fix: 'Exclude the VPC or the subnet from it.',
  },
  DISCONNECTED_VPCS: {
    origin: 'aws',
    cause: 'Source and destination are in different VPCs that nothing connects.',
    fix: 'Peer the VPCs, or put an endpoint into the source VPC.',
  },
  TGW_ROUTE_AZ_RESTRICTION: {
    origin: 'aws',
    cause:
      "The VPC's attachment to the transit gateway has no subnet in the zone of the source, so its packets are dropped.",
    fix: 'Add a subnet of that zone to the attachment.',
  },
  UNKNOWN_RESOURCE: {
    origin: 'aws',
    cause: 'The destination address lies in a known subnet, and no interface has it.',
    fix: 'Correct the address.',
  },
} as const satisfies Record<string, CodeEntry>;

export type Code = keyof typeof CODES;
