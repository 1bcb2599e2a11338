import type {
  Address,
  DhcpOptions,
  Image,
  ImageUsageReport,
  Instance,
  InternetGateway,
  KeyPairInfo,
  LaunchPermission,
  LaunchTemplate,
  LaunchTemplateVersion,
  ManagedPrefixList,
  NatGateway,
  NetworkAcl,
  NetworkInterface,
  PrefixListEntry,
  RouteTable,
  SecurityGroup,
  SecurityGroupRule,
  Snapshot,
  Subnet,
  Tag,
  Volume,
  Vpc,
  VpcEndpoint,
  VpcPeeringConnection,
} from '@aws-sdk/client-ec2';

/** An instance as EC2 describes it, and what EC2 knows besides. */
export interface InstanceRecord {
  readonly instance: Instance;
  readonly userData?: string;
  readonly clientToken?: string;
  /** Console output so far: the last 64 KiB, as GetConsoleOutput keeps it. */
  console: string;
  consoleUpdatedAt?: number;
  /** The RunInstances call that it came from. */
  readonly reservationId?: string;
  /** TerminateInstances is refused while this is set. */
  disableApiTermination?: boolean;
}

/** What a launch of an image meets: RunInstances refuses it, or the instance goes from pending to terminated. */
type ImageFault =
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  | { readonly kind: 'terminated'; readonly stateReasonCode: string };

/** Faults that a test or an operator plants; EC2 answers as AWS does when it meets them. */
interface Ec2Faults {
  /** By zone name: the instance types of which it has none left, or `all`. */
  readonly zonesWithoutCapacity: Map<string, 'all' | readonly string[]>;
  /** By image id. */
  readonly images: Map<string, ImageFault>;
}

/** What the Recycle Bin keeps of something that was deleted: as it was, with its tags, until `exitsAt`. Epoch milliseconds. */
export interface Recycled<Resource> {
  readonly resource: Resource;
  readonly tags: readonly Tag[];
  readonly enteredAt: number;
  readonly exitsAt: number;
}

/** A retention rule of the Recycle Bin: what of its kind is deleted is kept for so long. */
export interface RetentionRule {
  readonly ruleId: string;
  readonly kind: 'image' | 'snapshot';
  readonly days: number;
  /** With tags it is for resources that have one of them; without, for all of the region. */
  readonly tags: readonly Tag[];
}

export interface ForeignUse {
  readonly accountId: string;
  readonly resourceType: string;
  readonly count: number;
}

/** A report on who else uses an image: what was so when it was made. */
interface ImageUsageRecord {
  readonly report: ImageUsageReport;
  readonly entries: readonly ForeignUse[];
}

/** What a client token was first used for. */
interface ClientTokenRecord {
  /** The parameters of that request; another request with the same token must equal it. */
  readonly fingerprint: string;
  readonly resourceId: string;
  readonly usedAt: number;
}

/**
 * EC2's books. Everything is kept in the shapes of the SDK, by id; operations change these objects in place and hand
 * out copies.
 */
export interface Ec2State {
  readonly vpcs: Map<string, Vpc>;
  /** By VPC id. */
  readonly vpcAttributes: Map<string, { enableDnsSupport: boolean; enableDnsHostnames: boolean }>;
  readonly subnets: Map<string, Subnet>;
  readonly routeTables: Map<string, RouteTable>;
  readonly internetGateways: Map<string, InternetGateway>;
  readonly natGateways: Map<string, NatGateway>;
  readonly addresses: Map<string, Address>;
  readonly networkAcls: Map<string, NetworkAcl>;
  /** With IpPermissions kept in step with `securityGroupRules`. */
  readonly securityGroups: Map<string, SecurityGroup>;
  readonly securityGroupRules: Map<string, SecurityGroupRule>;
  readonly prefixLists: Map<string, { readonly list: ManagedPrefixList; entries: PrefixListEntry[] }>;
  readonly dhcpOptions: Map<string, DhcpOptions>;
  readonly vpcEndpoints: Map<string, VpcEndpoint>;
  readonly vpcPeeringConnections: Map<string, VpcPeeringConnection>;
  readonly networkInterfaces: Map<string, NetworkInterface>;
  readonly images: Map<string, Image>;
  readonly snapshots: Map<string, Snapshot>;
  /** By snapshot id: the accounts that may make volumes of it, `all` for everybody. */
  readonly volumePermissions: Map<string, string[]>;
  readonly volumes: Map<string, Volume>;
  /** By key pair id. Private keys are handed out once and not kept. */
  readonly keyPairs: Map<string, KeyPairInfo>;
  readonly recycleBin: {
    readonly rules: Map<string, RetentionRule>;
    readonly images: Map<string, Recycled<Image>>;
    readonly snapshots: Map<string, Recycled<Snapshot>>;
  };
  readonly launchTemplates: Map<
    string,
    {
      readonly template: LaunchTemplate;
      readonly versions: LaunchTemplateVersion[];
      /** The highest number ever given; that of a deleted version is not given again. */
      highestNumber: number;
    }
  >;
  readonly instances: Map<string, InstanceRecord>;
  /** Tags of every EC2 resource, by resource id; the shapes' own Tags are filled from here when described. */
  readonly tags: Map<string, Tag[]>;
  /** By image id. */
  readonly launchPermissions: Map<string, LaunchPermission[]>;
  /** By image id: what other accounts have of an image that is shared with them. Nobody else is in the lab, so it is planted. */
  readonly foreignUses: Map<string, ForeignUse[]>;
  readonly imageUsageReports: Map<string, ImageUsageRecord>;
  /** By operation and client token, `RunInstances/<token>`. */
  readonly clientTokens: Map<string, ClientTokenRecord>;
  readonly faults: Ec2Faults;
  /** Raised by every change that the network decides by. */
  networkRevision: number;
}

export function createEc2State(): Ec2State {
  return {
    vpcs: new Map(),
    vpcAttributes: new Map(),
    subnets: new Map(),
    routeTables: new Map(),
    internetGateways: new Map(),
    natGateways: new Map(),
    addresses: new Map(),
    networkAcls: new Map(),
    securityGroups: new Map(),
    securityGroupRules: new Map(),
    prefixLists: new Map(),
    dhcpOptions: new Map(),
    vpcEndpoints: new Map(),
    vpcPeeringConnections: new Map(),
    networkInterfaces: new Map(),
    images: new Map(),
    snapshots: new Map(),
    volumePermissions: new Map(),
    volumes: new Map(),
    keyPairs: new Map(),
    recycleBin: { rules: new Map(), images: new Map(), snapshots: new Map() },
    launchTemplates: new Map(),
    instances: new Map(),
    tags: new Map(),
    launchPermissions: new Map(),
    foreignUses: new Map(),
    imageUsageReports: new Map(),
    clientTokens: new Map(),
    faults: { zonesWithoutCapacity: new Map(), images: new Map() },
    networkRevision: 0,
  };
}
