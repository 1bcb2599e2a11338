// read-network: a VPC as reachability wants it, by EC2's describe calls and Route 53's zones. A list that may not be read is left
// out, which is `unknown` there; it is never taken for empty.
import {
  DescribeDhcpOptionsCommand,
  DescribeInstancesCommand,
  DescribeInternetGatewaysCommand,
  DescribeManagedPrefixListsCommand,
  DescribeNatGatewaysCommand,
  DescribeNetworkAclsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpcsCommand,
  type EC2Client,
  type Filter,
  GetManagedPrefixListEntriesCommand,
  type ManagedPrefixList,
  type PrefixListEntry,
  type VpcPeeringConnection,
} from '@aws-sdk/client-ec2';
import type { NetworkSnapshot } from '@directrix/reachability';
import type { AwsClients } from '../clients/aws-clients.js';
import { collectPages } from '../clients/page.js';
import { readHostedZones } from './read-hosted-zones.js';
import { readPart } from './read-part.js';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Everything of the VPC that decides connections. Rejects only when AWS cannot be reached at all. */
export async function readNetwork(clients: AwsClients, vpcId: string): Promise<NetworkSnapshot> {
  const { ec2 } = clients;
  const ofVpc: Filter[] = [{ Name: 'vpc-id', Values: [vpcId] }];
  const snapshot: Writable<NetworkSnapshot> = { region: await ec2.config.region() };
  const put = async <K extends keyof NetworkSnapshot>(key: K, read: () => Promise<NetworkSnapshot[K]>) => {
    const part = await readPart(read);
    if (part.kind === 'read') snapshot[key] = part.value as never;
  };
  await Promise.all([
    put('vpcs', () => list((NextToken) => ec2.send(new DescribeVpcsCommand({ VpcIds: [vpcId], NextToken })), 'Vpcs')),
    put('vpcAttributes', async () => ({ [vpcId]: await readAttributes(ec2, vpcId) })),
    put('subnets', () =>
      list((NextToken) => ec2.send(new DescribeSubnetsCommand({ Filters: ofVpc, NextToken })), 'Subnets'),
    ),
    put('routeTables', () =>
      list((NextToken) => ec2.send(new DescribeRouteTablesCommand({ Filters: ofVpc, NextToken })), 'RouteTables'),
    ),
    put('networkAcls', () =>
      list((NextToken) => ec2.send(new DescribeNetworkAclsCommand({ Filters: ofVpc, NextToken })), 'NetworkAcls'),
    ),
    put('securityGroups', () =>
      list((NextToken) => ec2.send(new DescribeSecurityGroupsCommand({ Filters: ofVpc, NextToken })), 'SecurityGroups'),
    ),
    put('networkInterfaces', () =>
      list(
        (NextToken) => ec2.send(new DescribeNetworkInterfacesCommand({ Filters: ofVpc, NextToken })),
        'NetworkInterfaces',
      ),
    ),
    put('instances', () =>
      list((NextToken) => ec2.send(new DescribeInstancesCommand({ Filters: ofVpc, NextToken })), 'Reservations').then(
        (reservations) => reservations.flatMap(({ Instances = [] }) => Instances),
      ),
    ),
    put('internetGateways', () =>
      list(
        (NextToken) =>
          ec2.send(
            new DescribeInternetGatewaysCommand({
              Filters: [{ Name: 'attachment.vpc-id', Values: [vpcId] }],
              NextToken,
            }),
          ),
        'InternetGateways',
      ),
    ),
    put('natGateways', () =>
      list((NextToken) => ec2.send(new DescribeNatGatewaysCommand({ Filter: ofVpc, NextToken })), 'NatGateways'),
    ),
    put('vpcEndpoints', () =>
      list((NextToken) => ec2.send(new DescribeVpcEndpointsCommand({ Filters: ofVpc, NextToken })), 'VpcEndpoints'),
    ),
    put('vpcPeeringConnections', () => readPeerings(ec2, vpcId)),
    put('privateHostedZones', () => readHostedZones(clients, vpcId)),
  ]);
  await Promise.all([
    put('dhcpOptions', () => readDhcpOptions(ec2, snapshot)),
    put('prefixLists', () => readPrefixLists(ec2, namedPrefixLists(snapshot))),
  ]);
  return snapshot;
}

type Page<K extends string, T> = { readonly [key in K]?: T[] } & { readonly NextToken?: string };

async function list<K extends string, T>(
  ask: (token: string | undefined) => Promise<Page<K, T>>,
  member: K,
): Promise<T[]> {
  return collectPages(async (token) => {
    const page = await ask(token);
    return { items: page[member] ?? [], next: page.NextToken };
  });
}

async function readAttributes(ec2: EC2Client, VpcId: string) {
  const ask = (Attribute: 'enableDnsSupport' | 'enableDnsHostnames') =>
    ec2.send(new DescribeVpcAttributeCommand({ VpcId, Attribute }));
  const [support, hostnames] = await Promise.all([ask('enableDnsSupport'), ask('enableDnsHostnames')]);
  return {
    enableDnsSupport: support.EnableDnsSupport?.Value,
    enableDnsHostnames: hostnames.EnableDnsHostnames?.Value,
  };
}

// The two sides are two filters, and filters are all of them: one call a side.
async function readPeerings(ec2: EC2Client, vpcId: string): Promise<VpcPeeringConnection[]> {
  const sides = await Promise.all(
    ['requester-vpc-info.vpc-id', 'accepter-vpc-info.vpc-id'].map((Name) =>
      list(
        (NextToken) =>
          ec2.send(new DescribeVpcPeeringConnectionsCommand({ Filters: [{ Name, Values: [vpcId] }], NextToken })),
        'VpcPeeringConnections',
      ),
    ),
  );
  const byId = new Map(sides.flat().map((one) => [one.VpcPeeringConnectionId, one]));
  return [...byId.values()];
}

async function readDhcpOptions(ec2: EC2Client, { vpcs }: NetworkSnapshot) {
  const ids = (vpcs ?? []).flatMap(({ DhcpOptionsId }) =>
    DhcpOptionsId === undefined || DhcpOptionsId === 'default' ? [] : [DhcpOptionsId],
  );
  if (ids.length === 0) return [];
  return list(
    (NextToken) => ec2.send(new DescribeDhcpOptionsCommand({ DhcpOptionsIds: ids, NextToken })),
    'DhcpOptions',
  );
}

/** Those that a rule or a route names. */
function namedPrefixLists({ securityGroups = [], routeTables = [] }: NetworkSnapshot): readonly string[] {
  const ofRules = securityGroups.flatMap(({ IpPermissions = [], IpPermissionsEgress = [] }) =>
    [...IpPermissions, ...IpPermissionsEgress].flatMap(({ PrefixListIds = [] }) =>
      PrefixListIds.map(({ PrefixListId }) => PrefixListId),
    ),
  );
  const ofRoutes = routeTables.flatMap(({ Routes = [] }) => Routes.map((route) => route.DestinationPrefixListId));
  return [...new Set([...ofRules, ...ofRoutes])].filter((id) => id !== undefined).sort();
}

async function readPrefixLists(
  ec2: EC2Client,
  ids: readonly string[],
): Promise<{ list: ManagedPrefixList; entries: PrefixListEntry[] }[]> {
  if (ids.length === 0) return [];
  const lists = await list(
    (NextToken) => ec2.send(new DescribeManagedPrefixListsCommand({ PrefixListIds: [...ids], NextToken })),
    'PrefixLists',
  );
  return Promise.all(
    lists.map(async (one) => ({
      list: one,
      entries: await list(
        (NextToken) => ec2.send(new GetManagedPrefixListEntriesCommand({ PrefixListId: one.PrefixListId, NextToken })),
        'Entries',
      ),
    })),
  );
}
