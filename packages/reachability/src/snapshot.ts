import type {
  DhcpOptions,
  Instance,
  InternetGateway,
  ManagedPrefixList,
  NatGateway,
  NetworkAcl,
  NetworkInterface,
  PrefixListEntry,
  RouteTable,
  SecurityGroup,
  Subnet,
  TransitGatewayRoute,
  TransitGatewayRouteTable,
  TransitGatewayVpcAttachment,
  Vpc,
  VpcBlockPublicAccessExclusion,
  VpcBlockPublicAccessOptions,
  VpcEndpoint,
  VpcPeeringConnection,
} from '@aws-sdk/client-ec2';

/** A private hosted zone and the VPCs that it is associated with. */
export interface PrivateHostedZone {
  readonly id: string;
  readonly name: string;
  readonly vpcIds: readonly string[];
  /** Undefined: they were not read (the zone is another account's), so every name in the zone is unknown. */
  readonly records?: readonly {
    readonly name: string;
    readonly type: 'A' | 'AAAA' | 'CNAME';
    readonly values: readonly string[];
  }[];
}

/** A route table of a transit gateway, with GetTransitGatewayRouteTableAssociations and SearchTransitGatewayRoutes. */
export interface TransitRouteTable {
  readonly table: TransitGatewayRouteTable;
  /** The attachments whose traffic follows it. */
  readonly attachmentIds: readonly string[];
  readonly routes: readonly TransitGatewayRoute[];
}

/**
 * The answers of EC2's describe calls, as the SDK types them. A list that is `undefined` was not looked at: whatever depends on it
 * is `unknown`. An empty list was looked at and is empty.
 */
export interface NetworkSnapshot {
  readonly region: string;
  readonly vpcs?: readonly Vpc[];
  /** DescribeVpcAttribute, by VPC id. */
  readonly vpcAttributes?: Readonly<
    Record<string, { readonly enableDnsSupport?: boolean; readonly enableDnsHostnames?: boolean }>
  >;
  readonly subnets?: readonly Subnet[];
  readonly routeTables?: readonly RouteTable[];
  readonly networkAcls?: readonly NetworkAcl[];
  readonly securityGroups?: readonly SecurityGroup[];
  readonly networkInterfaces?: readonly NetworkInterface[];
  readonly instances?: readonly Instance[];
  readonly internetGateways?: readonly InternetGateway[];
  readonly natGateways?: readonly NatGateway[];
  readonly vpcEndpoints?: readonly VpcEndpoint[];
  readonly vpcPeeringConnections?: readonly VpcPeeringConnection[];
  /** DescribeTransitGatewayVpcAttachments. */
  readonly transitGatewayAttachments?: readonly TransitGatewayVpcAttachment[];
  readonly transitGatewayRouteTables?: readonly TransitRouteTable[];
  readonly dhcpOptions?: readonly DhcpOptions[];
  readonly prefixLists?: readonly { readonly list: ManagedPrefixList; readonly entries: readonly PrefixListEntry[] }[];
  readonly privateHostedZones?: readonly PrivateHostedZone[];
  /** VPCs of which the snapshot has a part only (they are another account's, or a plan adds to them): what is not here may exist. */
  readonly partialVpcIds?: readonly string[];
  /**
   * DescribeVpcBlockPublicAccessOptions and its exclusions. The one exception from the rule above: undefined means off, as it is
   * unless somebody switched it on for the region.
   */
  readonly vpcBlockPublicAccess?: {
    readonly options: VpcBlockPublicAccessOptions;
    readonly exclusions?: readonly VpcBlockPublicAccessExclusion[];
  };
}
