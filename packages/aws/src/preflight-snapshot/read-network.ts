// read-network: VPCs as reachability wants them, by EC2's describe calls and Route 53's zones. A list that may not be read is left
// out, which is `unknown` there; it is never taken for empty.
import {
  DescribeVpcAttributeCommand,
  type EC2Client,
  type Filter,
  type ManagedPrefixList,
  type PrefixListEntry,
  paginateDescribeDhcpOptions,
  paginateDescribeInstances,
  paginateDescribeInternetGateways,
  paginateDescribeManagedPrefixLists,
  paginateDescribeNatGateways,
  paginateDescribeNetworkAcls,
  paginateDescribeNetworkInterfaces,
  paginateDescribeRouteTables,
  paginateDescribeSecurityGroups,
  paginateDescribeSubnets,
  paginateDescribeTransitGatewayRouteTables,
  paginateDescribeTransitGatewayVpcAttachments,
  paginateDescribeVpcEndpoints,
  paginateDescribeVpcPeeringConnections,
  paginateDescribeVpcs,
  paginateGetManagedPrefixListEntries,
  paginateGetTransitGatewayRouteTableAssociations,
  paginateSearchTransitGatewayRoutes,
  type VpcPeeringConnection,
} from '@aws-sdk/client-ec2';
import type { NetworkSnapshot, TransitRouteTable } from '@directrix/reachability';
import type { AwsClients } from '../clients/aws-clients.js';
import { collectPages } from '../clients/page.js';
import { readHostedZones } from './read-hosted-zones.js';
import { isUnknownOperation, readPart } from './read-part.js';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** More VPCs than this are not read: what is in the others stays unknown. EC2 takes at most 200 values in a filter. */
const mostVpcs = 100;

/**
 * Everything that decides connections of these VPCs, and of those that peering or a transit gateway connects them with. The VPCs come
 * first, in the order given. Rejects only when AWS cannot be reached at all.
 */
export async function readNetwork(clients: AwsClients, ...wanted: readonly string[]): Promise<NetworkSnapshot> {
  const { ec2 } = clients;
  const snapshot: Writable<NetworkSnapshot> = { region: await ec2.config.region() };
  const put = async <K extends keyof NetworkSnapshot>(key: K, read: () => Promise<NetworkSnapshot[K]>) => {
    const part = await readPart(read);
    if (part.kind === 'read') snapshot[key] = part.value as never;
  };
  await Promise.all([put('vpcPeeringConnections', () => readPeerings(ec2, wanted)), readTransit(ec2, wanted, put)]);
  const vpcIds = connectedVpcs(wanted, snapshot);
  const ofVpcs: Filter[] = [{ Name: 'vpc-id', Values: vpcIds }];
  await Promise.all([
    put('vpcs', () => readVpcs(ec2, wanted, vpcIds)),
    put('subnets', () =>
      collectPages(paginateDescribeSubnets({ client: ec2 }, { Filters: ofVpcs }), (page) => page.Subnets),
    ),
    put('routeTables', () =>
      collectPages(paginateDescribeRouteTables({ client: ec2 }, { Filters: ofVpcs }), (page) => page.RouteTables),
    ),
    put('networkAcls', () =>
      collectPages(paginateDescribeNetworkAcls({ client: ec2 }, { Filters: ofVpcs }), (page) => page.NetworkAcls),
    ),
    put('securityGroups', () =>
      collectPages(paginateDescribeSecurityGroups({ client: ec2 }, { Filters: ofVpcs }), (page) => page.SecurityGroups),
    ),
    put('networkInterfaces', () =>
      collectPages(
        paginateDescribeNetworkInterfaces({ client: ec2 }, { Filters: ofVpcs }),
        (page) => page.NetworkInterfaces,
      ),
    ),
    put('instances', () =>
      collectPages(paginateDescribeInstances({ client: ec2 }, { Filters: ofVpcs }), (page) => page.Reservations).then(
        (reservations) => reservations.flatMap(({ Instances = [] }) => Instances),
      ),
    ),
    put('internetGateways', () => readInternetGateways(ec2, 'attachment.vpc-id', vpcIds)),
    put('natGateways', () =>
      collectPages(paginateDescribeNatGateways({ client: ec2 }, { Filter: ofVpcs }), (page) => page.NatGateways),
    ),
    put('vpcEndpoints', () =>
      collectPages(paginateDescribeVpcEndpoints({ client: ec2 }, { Filters: ofVpcs }), (page) => page.VpcEndpoints),
    ),
    put('privateHostedZones', () => readHostedZones(clients, vpcIds)),
  ]);
  // Of a peer in another account or region EC2 answers nothing.
  const found = (snapshot.vpcs ?? wanted.map((VpcId) => ({ VpcId }))).map(({ VpcId = '' }) => VpcId);
  const detached = detachedGateways(snapshot);
  await Promise.all([
    put('vpcAttributes', () => readAllAttributes(ec2, found)),
    put('dhcpOptions', () => readDhcpOptions(ec2, snapshot)),
    put('prefixLists', () => readPrefixLists(ec2, namedPrefixLists(snapshot), snapshot.region)),
    ...(detached.length === 0
      ? []
      : [
          put('internetGateways', async () => [
            ...(snapshot.internetGateways ?? []),
            ...(await readInternetGateways(ec2, 'internet-gateway-id', detached)),
          ]),
        ]),
  ]);
  return snapshot;
}

type Put = <K extends keyof NetworkSnapshot>(key: K, read: () => Promise<NetworkSnapshot[K]>) => Promise<void>;

/** The VPCs, and those at the other ends of what connects them. */
function connectedVpcs(wanted: readonly string[], snapshot: NetworkSnapshot): string[] {
  const gone = ['deleted', 'rejected', 'failed', 'expired', 'deleting'];
  const peered = (snapshot.vpcPeeringConnections ?? [])
    .filter(({ Status }) => !gone.includes(Status?.Code ?? ''))
    .flatMap(({ AccepterVpcInfo, RequesterVpcInfo }) => [AccepterVpcInfo?.VpcId, RequesterVpcInfo?.VpcId]);
  const attached = (snapshot.transitGatewayAttachments ?? []).map(({ VpcId }) => VpcId);
  const others = [...peered, ...attached].filter((id) => id !== undefined);
  return [...new Set([...wanted, ...others])].slice(0, Math.max(mostVpcs, wanted.length));
}

// By their ids those must be there; of the others, those that this account and region have.
async function readVpcs(ec2: EC2Client, wanted: readonly string[], vpcIds: readonly string[]) {
  const others = vpcIds.filter((id) => !wanted.includes(id));
  const [own, rest] = await Promise.all([
    collectPages(paginateDescribeVpcs({ client: ec2 }, { VpcIds: [...wanted] }), (page) => page.Vpcs),
    others.length === 0
      ? []
      : collectPages(
          paginateDescribeVpcs({ client: ec2 }, { Filters: [{ Name: 'vpc-id', Values: others }] }),
          (page) => page.Vpcs,
        ),
  ]);
  return [...own, ...rest];
}

async function readInternetGateways(ec2: EC2Client, Name: string, Values: string[]) {
  return collectPages(
    paginateDescribeInternetGateways({ client: ec2 }, { Filters: [{ Name, Values }] }),
    (page) => page.InternetGateways,
  );
}

/** Those that a route names and no VPC has: a mend attaches them again. */
function detachedGateways({ routeTables = [], internetGateways = [] }: NetworkSnapshot): string[] {
  const known = new Set(internetGateways.map(({ InternetGatewayId }) => InternetGatewayId));
  const named = routeTables.flatMap(({ Routes = [] }) => Routes.map(({ GatewayId }) => GatewayId));
  return [...new Set(named)].filter((id) => id?.startsWith('igw-') === true && !known.has(id)) as string[];
}

/** Where the VPCs are attached to transit gateways: every attachment of those, and their route tables. */
async function readTransit(ec2: EC2Client, vpcIds: readonly string[], put: Put): Promise<void> {
  const attachmentsBy = (Name: string, Values: string[]) =>
    collectPages(
      paginateDescribeTransitGatewayVpcAttachments({ client: ec2 }, { Filters: [{ Name, Values }] }),
      (page) => page.TransitGatewayVpcAttachments,
    );
  let gatewayIds: string[] = [];
  await put('transitGatewayAttachments', () =>
    noneIfUnknown(async () => {
      const own = await attachmentsBy('vpc-id', [...vpcIds]);
      gatewayIds = [...new Set(own.map(({ TransitGatewayId }) => TransitGatewayId ?? ''))];
      return gatewayIds.length === 0 ? [] : attachmentsBy('transit-gateway-id', gatewayIds);
    }),
  );
  if (gatewayIds.length > 0) await put('transitGatewayRouteTables', () => readTransitTables(ec2, gatewayIds));
}

async function readTransitTables(ec2: EC2Client, gatewayIds: string[]): Promise<TransitRouteTable[]> {
  const Filters = [{ Name: 'transit-gateway-id', Values: gatewayIds }];
  const tables = await collectPages(
    paginateDescribeTransitGatewayRouteTables({ client: ec2 }, { Filters }),
    (page) => page.TransitGatewayRouteTables,
  );
  return Promise.all(
    tables.map(async (table) => {
      const { TransitGatewayRouteTableId } = table;
      const [associations, routes] = await Promise.all([
        collectPages(
          paginateGetTransitGatewayRouteTableAssociations({ client: ec2 }, { TransitGatewayRouteTableId }),
          (page) => page.Associations,
        ),
        readTransitRoutes(ec2, TransitGatewayRouteTableId),
      ]);
      const attachmentIds = associations
        .filter(({ State }) => State === undefined || State === 'associated')
        .flatMap(({ TransitGatewayAttachmentId }) => TransitGatewayAttachmentId ?? []);
      return { table, attachmentIds, routes };
    }),
  );
}

// Where EC2 says that there are more and gives no token, what they say is not known: a route that cannot be read says so.
async function readTransitRoutes(ec2: EC2Client, TransitGatewayRouteTableId: string | undefined) {
  const Filters = [{ Name: 'state', Values: ['active', 'blackhole'] }];
  return collectPages(
    paginateSearchTransitGatewayRoutes({ client: ec2 }, { TransitGatewayRouteTableId, Filters, MaxResults: 1000 }),
    ({ Routes = [], AdditionalRoutesAvailable, NextToken }) =>
      AdditionalRoutesAvailable === true && !NextToken ? [...Routes, {}] : Routes,
  );
}

/** An emulator that does not know the operation has none of what it would list. */
async function noneIfUnknown<T>(read: () => Promise<T[]>): Promise<T[]> {
  try {
    return await read();
  } catch (error) {
    if (isUnknownOperation(error)) return [];
    throw error;
  }
}

async function readAllAttributes(ec2: EC2Client, vpcIds: readonly string[]) {
  // The owner of a shared VPC alone may ask for them.
  const all = await Promise.all(vpcIds.map(async (id) => [id, await readPart(() => readAttributes(ec2, id))] as const));
  return Object.fromEntries(all.flatMap(([id, part]) => (part.kind === 'read' ? [[id, part.value] as const] : [])));
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
async function readPeerings(ec2: EC2Client, vpcIds: readonly string[]): Promise<VpcPeeringConnection[]> {
  const sides = await Promise.all(
    ['requester-vpc-info.vpc-id', 'accepter-vpc-info.vpc-id'].map((Name) =>
      collectPages(
        paginateDescribeVpcPeeringConnections({ client: ec2 }, { Filters: [{ Name, Values: [...vpcIds] }] }),
        (page) => page.VpcPeeringConnections,
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
  return collectPages(
    paginateDescribeDhcpOptions({ client: ec2 }, { DhcpOptionsIds: ids }),
    (page) => page.DhcpOptions,
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

// Those of the services that gateway endpoints serve too: a fix may name them where no route does yet.
async function readPrefixLists(
  ec2: EC2Client,
  ids: readonly string[],
  region: string,
): Promise<{ list: ManagedPrefixList; entries: PrefixListEntry[] }[]> {
  const names = ['s3', 'dynamodb'].map((service) => `com.amazonaws.${region}.${service}`);
  const Filters: Filter[] = [{ Name: 'prefix-list-name', Values: names }];
  const [named, ofServices] = await Promise.all([
    ids.length === 0
      ? []
      : collectPages(
          paginateDescribeManagedPrefixLists({ client: ec2 }, { PrefixListIds: [...ids] }),
          (page) => page.PrefixLists,
        ),
    collectPages(paginateDescribeManagedPrefixLists({ client: ec2 }, { Filters }), (page) => page.PrefixLists),
  ]);
  const lists = [...named, ...ofServices.filter(({ PrefixListId }) => !ids.includes(PrefixListId ?? ''))];
  return Promise.all(
    lists.map(async (one) => ({
      list: one,
      entries: await collectPages(
        paginateGetManagedPrefixListEntries({ client: ec2 }, { PrefixListId: one.PrefixListId }),
        (page) => page.Entries,
      ),
    })),
  );
}
