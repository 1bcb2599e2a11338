import { type Interval, parseCidr } from './address.js';
import type { NetworkSnapshot } from './snapshot.js';

interface PrefixListEntrySet {
  readonly id: string;
  /** `com.amazonaws.us-west-2.s3` for a list that AWS keeps. */
  readonly awsServiceName?: string;
  /** Undefined: the entries are not in the snapshot. */
  readonly ranges?: readonly Interval[];
}

export type PrefixListTable = ReadonlyMap<string, PrefixListEntrySet>;

/** The prefix lists of the snapshot, and those whose meaning shows in the routes of gateway endpoints. */
export function readPrefixLists(snapshot: NetworkSnapshot): PrefixListTable {
  const table = new Map<string, PrefixListEntrySet>();
  for (const { list, entries = [] } of snapshot.prefixLists ?? []) {
    if (list === undefined) continue;
    const id = list.PrefixListId ?? '';
    const name = list.PrefixListName ?? '';
    const aws = /^(cn\.)?com\.amazonaws\./.test(name) ? name : undefined;
    const ranges = entries.map((entry) => parseCidr(entry.Cidr ?? '')).filter((range) => range !== undefined);
    // A list of AWS's is never empty: no entries means that nobody read them.
    const known = aws === undefined || ranges.length > 0;
    table.set(id, { id, ...(aws !== undefined && { awsServiceName: aws }), ...(known && { ranges }) });
  }
  for (const [id, serviceName] of listsOfGatewayRoutes(snapshot)) {
    if (!table.has(id)) table.set(id, { id, awsServiceName: serviceName });
  }
  return table;
}

function* listsOfGatewayRoutes(snapshot: NetworkSnapshot): Generator<readonly [string, string]> {
  const services = new Map((snapshot.vpcEndpoints ?? []).map((item) => [item.VpcEndpointId, item.ServiceName]));
  if (services.size === 0) return;
  for (const table of snapshot.routeTables ?? []) {
    for (const route of table.Routes ?? []) {
      const serviceName = services.get(route.GatewayId);
      if (route.DestinationPrefixListId !== undefined && serviceName !== undefined) {
        yield [route.DestinationPrefixListId, serviceName];
      }
    }
  }
}
