// Builds a network with EC2's API, as Terraform did it: a new security group lets out only what its rules say.
import {
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  CreateVpcEndpointCommand,
  DescribeManagedPrefixListsCommand,
  type EC2Client,
  type IpPermission,
  ModifySubnetAttributeCommand,
  ModifyVpcAttributeCommand,
  type ResourceType,
  RevokeSecurityGroupEgressCommand,
  type TagSpecification,
} from '@aws-sdk/client-ec2';
import type { InterfaceEndpoint, Network, Rule, Subnet } from './network.js';

/** Ids by the names that the network gives. */
export interface BuiltNetwork {
  readonly vpcId: string;
  readonly subnetIds: Readonly<Record<string, string>>;
  readonly groupIds: Readonly<Record<string, string>>;
  readonly endpointId: string;
}

/** Builds `network` in `region` with `ec2`. Rejects with EC2's own error at the first call that is refused. */
export async function buildNetwork(ec2: EC2Client, region: string, network: Network): Promise<BuiltNetwork> {
  const vpcId = await createVpc(ec2, network);
  const tables = await createRouteTables(ec2, region, vpcId);
  const subnetIds: Record<string, string> = {};
  for (const [name, subnet] of Object.entries(network.subnets)) {
    subnetIds[name] = await createSubnet(ec2, region, vpcId, tables[subnet.kind], name, subnet);
  }
  const groupIds = await createSecurityGroups(ec2, region, vpcId, network);
  const built = { vpcId, subnetIds, groupIds };
  const endpointId = await createEndpoint(ec2, region, built, 'ssm', network.endpoint);
  await createEndpoint(ec2, region, built, 'logs', network.logsEndpoint);
  return { ...built, endpointId };
}

async function createVpc(ec2: EC2Client, network: Network): Promise<string> {
  const { Vpc } = await ec2.send(
    new CreateVpcCommand({ CidrBlock: network.cidr, TagSpecifications: named('vpc', `hyperbola ${network.name}`) }),
  );
  const VpcId = Vpc!.VpcId!;
  // One attribute a call: EC2 refuses both at once.
  await ec2.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsSupport: { Value: network.enableDnsSupport } }));
  await ec2.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: network.enableDnsHostnames } }));
  return VpcId;
}

async function createRouteTables(
  ec2: EC2Client,
  region: string,
  VpcId: string,
): Promise<Record<Subnet['kind'], string>> {
  const { InternetGateway } = await ec2.send(
    new CreateInternetGatewayCommand({ TagSpecifications: named('internet-gateway', 'hyperbola') }),
  );
  const GatewayId = InternetGateway!.InternetGatewayId!;
  await ec2.send(new AttachInternetGatewayCommand({ VpcId, InternetGatewayId: GatewayId }));
  const create = async (kind: Subnet['kind']) => {
    const { RouteTable } = await ec2.send(
      new CreateRouteTableCommand({ VpcId, TagSpecifications: named('route-table', kind) }),
    );
    return RouteTable!.RouteTableId!;
  };
  const tables = { public: await create('public'), private: await create('private') };
  await ec2.send(new CreateRouteCommand({ RouteTableId: tables.public, DestinationCidrBlock: '0.0.0.0/0', GatewayId }));
  await ec2.send(
    new CreateVpcEndpointCommand({
      VpcId,
      VpcEndpointType: 'Gateway',
      ServiceName: `com.amazonaws.${region}.s3`,
      RouteTableIds: [tables.private],
      TagSpecifications: named('vpc-endpoint', 's3'),
    }),
  );
  return tables;
}

async function createSubnet(
  ec2: EC2Client,
  region: string,
  VpcId: string,
  RouteTableId: string,
  name: string,
  subnet: Subnet,
): Promise<string> {
  const { Subnet: created } = await ec2.send(
    new CreateSubnetCommand({
      VpcId,
      CidrBlock: subnet.cidr,
      AvailabilityZone: `${region}${subnet.zone}`,
      TagSpecifications: named('subnet', name),
    }),
  );
  const SubnetId = created!.SubnetId!;
  await ec2.send(new AssociateRouteTableCommand({ SubnetId, RouteTableId }));
  if (subnet.kind === 'public') {
    await ec2.send(new ModifySubnetAttributeCommand({ SubnetId, MapPublicIpOnLaunch: { Value: true } }));
  }
  return SubnetId;
}

async function createSecurityGroups(
  ec2: EC2Client,
  region: string,
  VpcId: string,
  network: Network,
): Promise<Record<string, string>> {
  const groupIds: Record<string, string> = {};
  // All groups before any rule: rules refer to groups.
  for (const [name, group] of Object.entries(network.securityGroups)) {
    const { GroupId } = await ec2.send(
      new CreateSecurityGroupCommand({
        VpcId,
        GroupName: name,
        Description: group.description,
        TagSpecifications: named('security-group', name),
      }),
    );
    groupIds[name] = GroupId!;
    const everything = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
    await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: everything }));
  }
  const s3PrefixListId = await findS3PrefixList(ec2, region);
  const permission = (rule: Rule) => permissionOf(rule, groupIds, s3PrefixListId);
  for (const [name, { ingress, egress }] of Object.entries(network.securityGroups)) {
    const GroupId = groupIds[name]!;
    if (ingress.length > 0) {
      const IpPermissions = ingress.map(permission);
      await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
    }
    if (egress.length > 0) {
      const IpPermissions = egress.map(permission);
      await ec2.send(new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions }));
    }
  }
  return groupIds;
}

function permissionOf(rule: Rule, groupIds: Readonly<Record<string, string>>, s3PrefixListId: string): IpPermission {
  const ports = { IpProtocol: rule.protocol, FromPort: rule.port, ToPort: rule.port };
  if ('group' in rule.peer) return { ...ports, UserIdGroupPairs: [{ GroupId: groupIds[rule.peer.group]! }] };
  if ('cidr' in rule.peer) return { ...ports, IpRanges: [{ CidrIp: rule.peer.cidr }] };
  return { ...ports, PrefixListIds: [{ PrefixListId: s3PrefixListId }] };
}

async function findS3PrefixList(ec2: EC2Client, region: string): Promise<string> {
  const { PrefixLists } = await ec2.send(
    new DescribeManagedPrefixListsCommand({
      Filters: [{ Name: 'prefix-list-name', Values: [`com.amazonaws.${region}.s3`] }],
    }),
  );
  return PrefixLists![0]!.PrefixListId!;
}

async function createEndpoint(
  ec2: EC2Client,
  region: string,
  { vpcId: VpcId, subnetIds, groupIds }: Omit<BuiltNetwork, 'endpointId'>,
  service: string,
  endpoint: InterfaceEndpoint,
): Promise<string> {
  const { VpcEndpoint } = await ec2.send(
    new CreateVpcEndpointCommand({
      VpcId,
      VpcEndpointType: 'Interface',
      ServiceName: `com.amazonaws.${region}.${service}`,
      SubnetIds: endpoint.subnets.map((name) => subnetIds[name]!),
      SecurityGroupIds: endpoint.securityGroups.map((name) => groupIds[name]!),
      PrivateDnsEnabled: endpoint.privateDnsEnabled,
      TagSpecifications: named('vpc-endpoint', service),
    }),
  );
  return VpcEndpoint!.VpcEndpointId!;
}

function named(ResourceType: ResourceType, name: string): TagSpecification[] {
  return [{ ResourceType, Tags: [{ Key: 'Name', Value: name }] }];
}
