// The private hosted zones of a VPC, with the records of those that could answer for a name of AWS's or of this VPC's.
import {
  type HostedZoneSummary,
  ListHostedZonesByVPCCommand,
  type ListHostedZonesByVPCCommandInput,
  type ListHostedZonesByVPCCommandOutput,
  ListResourceRecordSetsCommand,
  type ListResourceRecordSetsCommandInput,
  type ListResourceRecordSetsCommandOutput,
  type ResourceRecordSet,
  type VPCRegion,
} from '@aws-sdk/client-route-53';
import type { NetworkSnapshot, PrivateHostedZone } from '@directrix/reachability';
import type { AwsClients } from '../clients/aws-clients.js';
import { collectPages } from '../clients/page.js';
import { isUnknownOperation, readPart } from './read-part.js';

/** Each zone once, with those of the VPCs that it is associated with. */
export async function readHostedZones(
  clients: AwsClients,
  vpcIds: readonly string[],
): Promise<NonNullable<NetworkSnapshot['privateHostedZones']>> {
  const VPCRegion = (await clients.ec2.config.region()) as VPCRegion;
  try {
    const associations = await Promise.all(vpcIds.map((id) => readAssociations(clients, id, VPCRegion)));
    const zones = new Map<string, { readonly summary: HostedZoneSummary; readonly vpcIds: string[] }>();
    for (const { vpcId, summary } of associations.flat()) {
      const id = summary.HostedZoneId ?? '';
      const known = zones.get(id);
      if (known === undefined) zones.set(id, { summary, vpcIds: [vpcId] });
      else known.vpcIds.push(vpcId);
    }
    return await Promise.all(
      [...zones.values()]
        // The hidden zone of an interface endpoint: DescribeVpcEndpoints says it all.
        .filter(({ summary }) => summary.Owner?.OwningService !== 'vpce.amazonaws.com')
        .map(async ({ summary, vpcIds: associated }): Promise<PrivateHostedZone> => {
          const { HostedZoneId = '', Name = '' } = summary;
          const records = await readPart(() => readRecords(clients, HostedZoneId));
          return {
            id: HostedZoneId,
            name: Name,
            vpcIds: associated,
            // A zone of another account, or of a service, can be seen and not read.
            ...(records.kind === 'read' && { records: records.value }),
          };
        }),
    );
  } catch (error) {
    // An emulator without Route 53 has no zones.
    if (isUnknownOperation(error)) return [];
    throw error;
  }
}

async function readAssociations(
  clients: AwsClients,
  vpcId: string,
  VPCRegion: VPCRegion,
): Promise<{ readonly vpcId: string; readonly summary: HostedZoneSummary }[]> {
  const pages = zonePages(clients, { VPCId: vpcId, VPCRegion });
  const summaries = await collectPages(pages, (page) => page.HostedZoneSummaries);
  return summaries.map((summary) => ({ vpcId, summary }));
}

async function readRecords(clients: AwsClients, HostedZoneId: string): Promise<PrivateHostedZone['records']> {
  const sets = await collectPages(recordPages(clients, { HostedZoneId }), (page) => page.ResourceRecordSets);
  return sets.flatMap(describeRecord);
}

// The SDK has no paginators for these two calls.
async function* zonePages({ route53 }: AwsClients, question: ListHostedZonesByVPCCommandInput) {
  let next: ListHostedZonesByVPCCommandInput | undefined = question;
  while (next !== undefined) {
    const page: ListHostedZonesByVPCCommandOutput = await route53.send(new ListHostedZonesByVPCCommand(next));
    yield page;
    next = page.NextToken ? { ...question, NextToken: page.NextToken } : undefined;
  }
}

async function* recordPages({ route53 }: AwsClients, question: ListResourceRecordSetsCommandInput) {
  let next: ListResourceRecordSetsCommandInput | undefined = question;
  while (next !== undefined) {
    const page: ListResourceRecordSetsCommandOutput = await route53.send(new ListResourceRecordSetsCommand(next));
    yield page;
    // The next page begins at a name, a type and an identifier.
    const { IsTruncated, NextRecordName, NextRecordType, NextRecordIdentifier } = page;
    next = IsTruncated
      ? {
          ...question,
          StartRecordName: NextRecordName,
          StartRecordType: NextRecordType,
          StartRecordIdentifier: NextRecordIdentifier,
        }
      : undefined;
  }
}

function describeRecord({
  Name = '',
  Type,
  ResourceRecords,
  AliasTarget,
}: ResourceRecordSet): NonNullable<PrivateHostedZone['records']> {
  if (Type !== 'A' && Type !== 'AAAA' && Type !== 'CNAME') return [];
  // An alias is followed as a CNAME would be.
  if (AliasTarget?.DNSName !== undefined) return [{ name: Name, type: 'CNAME', values: [AliasTarget.DNSName] }];
  return [{ name: Name, type: Type, values: (ResourceRecords ?? []).flatMap(({ Value }) => Value ?? []) }];
}
