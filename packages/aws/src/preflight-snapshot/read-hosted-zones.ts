// The private hosted zones of a VPC, with the records of those that could answer for a name of AWS's or of this VPC's.
import {
  ListHostedZonesByVPCCommand,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
  type RRType,
} from '@aws-sdk/client-route-53';
import type { NetworkSnapshot, PrivateHostedZone } from '@directrix/reachability';
import type { AwsClients } from '../clients/aws-clients.js';
import { collectPages } from '../clients/page.js';
import { isUnknownOperation } from './read-part.js';

export async function readHostedZones(
  clients: AwsClients,
  vpcId: string,
): Promise<NonNullable<NetworkSnapshot['privateHostedZones']>> {
  const VPCRegion = (await clients.ec2.config.region()) as never;
  try {
    const zones = await collectPages(async (NextToken) => {
      const page = await clients.route53.send(new ListHostedZonesByVPCCommand({ VPCId: vpcId, VPCRegion, NextToken }));
      return { items: page.HostedZoneSummaries ?? [], next: page.NextToken };
    });
    return await Promise.all(
      zones.map(
        async ({ HostedZoneId = '', Name = '' }): Promise<PrivateHostedZone> => ({
          id: HostedZoneId,
          name: Name,
          vpcIds: [vpcId],
          records: await readRecords(clients, HostedZoneId),
        }),
      ),
    );
  } catch (error) {
    // An emulator without Route 53 has no zones.
    if (isUnknownOperation(error)) return [];
    throw error;
  }
}

async function readRecords(clients: AwsClients, HostedZoneId: string): Promise<PrivateHostedZone['records']> {
  // The next page begins at a name, a type and an identifier, which are one token here.
  const sets = await collectPages(async (token) => {
    const [StartRecordName, StartRecordType, StartRecordIdentifier] = token === undefined ? [] : JSON.parse(token);
    const page = await clients.route53.send(
      new ListResourceRecordSetsCommand({
        HostedZoneId,
        StartRecordName,
        StartRecordType: StartRecordType as RRType,
        StartRecordIdentifier: StartRecordIdentifier ?? undefined,
      }),
    );
    const next = page.IsTruncated
      ? JSON.stringify([page.NextRecordName, page.NextRecordType, page.NextRecordIdentifier ?? null])
      : undefined;
    return { items: page.ResourceRecordSets ?? [], next };
  });
  return sets.flatMap(describeRecord);
}

function describeRecord({
  Name = '',
  Type,
  ResourceRecords,
  AliasTarget,
}: ResourceRecordSet): PrivateHostedZone['records'] {
  if (Type !== 'A' && Type !== 'AAAA' && Type !== 'CNAME') return [];
  // An alias is followed as a CNAME would be.
  if (AliasTarget?.DNSName !== undefined) return [{ name: Name, type: 'CNAME', values: [AliasTarget.DNSName] }];
  return [{ name: Name, type: Type, values: (ResourceRecords ?? []).flatMap(({ Value }) => Value ?? []) }];
}
