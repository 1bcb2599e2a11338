// ask network: what would stop a builder on its way, before one is launched.
import {
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  paginateDescribeSubnets,
} from '@aws-sdk/client-ec2';
import { type AwsClients, collectPages, readNetwork } from '@directrix/aws';
import {
  type Answer,
  buildNetwork,
  type Fault,
  type NetworkSnapshot,
  reach,
  type Source,
} from '@directrix/reachability';
import type { TemplateBuilder } from './template.js';

export interface BakePath {
  /** `ssm.us-west-2.amazonaws.com:443` */
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

export interface BakePathAnswer {
  readonly builder: string;
  readonly path: BakePath;
  readonly verdict: Answer['verdict'];
  readonly faults: readonly Fault[];
  readonly unknowns: readonly string[];
}

/** Packer's own temporary group: everything out, its communicator's port in. */
const packersGroupId = 'sg-packer';

/** Undefined when neither the template nor the account says where the builder would be. */
export async function askNetwork(
  clients: AwsClients,
  builder: TemplateBuilder,
  paths: readonly BakePath[],
): Promise<readonly BakePathAnswer[] | undefined> {
  const place = await findPlace(clients, builder);
  if (place === undefined) return undefined;
  const snapshot = await readNetwork(clients, place.vpcId);
  const network = buildNetwork(
    builder.securityGroupIds.length > 0 ? snapshot : withPackersGroup(snapshot, place.vpcId),
  );
  const from: Source = {
    kind: 'launch',
    name: builder.name,
    subnetIds: place.subnetIds,
    securityGroupIds: builder.securityGroupIds.length > 0 ? builder.securityGroupIds : [packersGroupId],
    ...(builder.isPublic === undefined ? {} : { associatePublicIpAddress: builder.isPublic }),
  };
  return paths.map((path) => {
    const answer = reach(network, { from, to: { kind: 'name', name: path.host }, port: path.port });
    return { builder: builder.name, path, verdict: answer.verdict, faults: answer.faults, unknowns: answer.unknowns };
  });
}

interface Place {
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
}

/** Where the template says; else where its group is; else the default VPC, as EC2 chooses. */
async function findPlace(clients: AwsClients, builder: TemplateBuilder): Promise<Place | undefined> {
  if (builder.subnetId !== undefined) {
    const { Subnets } = await clients.ec2.send(new DescribeSubnetsCommand({ SubnetIds: [builder.subnetId] }));
    const vpcId = Subnets?.[0]?.VpcId;
    return vpcId === undefined ? undefined : { vpcId, subnetIds: [builder.subnetId] };
  }
  const vpcId = builder.vpcId ?? (await vpcOfGroup(clients, builder)) ?? (await defaultVpc(clients));
  if (vpcId === undefined) return undefined;
  const subnets = await collectPages(
    paginateDescribeSubnets({ client: clients.ec2 }, { Filters: [{ Name: 'vpc-id', Values: [vpcId] }] }),
    (page) => page.Subnets,
  );
  const subnetIds = subnets.filter(({ DefaultForAz }) => DefaultForAz === true).map(({ SubnetId = '' }) => SubnetId);
  return subnetIds.length === 0 ? undefined : { vpcId, subnetIds };
}

async function vpcOfGroup(
  clients: AwsClients,
  { securityGroupIds: [first] }: TemplateBuilder,
): Promise<string | undefined> {
  if (first === undefined) return undefined;
  const { SecurityGroups } = await clients.ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [first] }));
  return SecurityGroups?.[0]?.VpcId;
}

async function defaultVpc(clients: AwsClients): Promise<string | undefined> {
  const { Vpcs } = await clients.ec2.send(
    new DescribeVpcsCommand({ Filters: [{ Name: 'is-default', Values: ['true'] }] }),
  );
  return Vpcs?.[0]?.VpcId;
}

function withPackersGroup(snapshot: NetworkSnapshot, VpcId: string): NetworkSnapshot {
  const everything = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
  const group = {
    GroupId: packersGroupId,
    GroupName: 'packer',
    VpcId,
    IpPermissions: [],
    IpPermissionsEgress: [everything],
  };
  return { ...snapshot, securityGroups: [...(snapshot.securityGroups ?? []), group] };
}
