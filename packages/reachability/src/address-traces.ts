// address-traces: to an address. Who has it depends on where the source's routes lead: VPCs may use the same ranges.
import { isLinkLocal, isPublicAddress, parseAddress } from './address.js';
import { isInVpc, type Network } from './network.js';
import { leaveUnknown, manual, type OpenTrace, pass, stopHop } from './open-trace.js';
import { arriveAt, checkGatewayEndpoint } from './path/arrival.js';
import { checkEndpoint } from './path/endpoint-check.js';
import type { External } from './path/external.js';
import { isPeeringOf, otherEnd, peeringsBetween } from './path/peering.js';
import { traceOutside } from './path/route-out.js';
import { traceToPlace } from './path/trace-to-place.js';
import { sharedTransitGateways } from './path/transit-gateway.js';
import type { Place } from './place.js';
import { finishTrace, openTrace, type Query } from './query.js';
import { type CompiledRoute, matchRoute, routeTableOf } from './route.js';
import { placeById } from './source.js';
import type { TracedPath } from './summary.js';

export function toAddresses(query: Query, addresses: readonly string[]): readonly TracedPath[] {
  return addresses.flatMap((address) => query.sources.map((source) => toAddress(query, source, address)));
}

function toAddress(query: Query, source: Place, text: string): TracedPath {
  const address = parseAddress(text);
  const trace = openTrace(query, source);
  const where = { component: 'service' as const, id: text };
  if (address === undefined) leaveUnknown(trace, where, `${text} is not an IPv4 address: IPv6 is not analysed`);
  else if (isLinkLocal(address)) pass(trace, where, 'link-local: served by the host, filtered by nothing');
  else goToAddress(trace, source, text, address);
  return finishTrace(query, source, trace, text);
}

function goToAddress(trace: OpenTrace, source: Place, text: string, address: number): void {
  const { network } = trace;
  const all = network.places.byAddress.get(address) ?? [];
  const own = all.find((place) => place.vpcId === source.vpcId);
  if (own !== undefined) {
    goToPlace(trace, source, own);
    return;
  }
  const route = routeTo(network, source, address);
  if (isInVpc(network, source.vpcId, [address, address]) || route?.target.kind === 'local') {
    missAddress(trace, text, source.vpcId);
    return;
  }
  const far = route && farVpcOf(network, source, route);
  if (far !== undefined) {
    goToFarAddress(trace, source, far, text, address);
    return;
  }
  const [elsewhere] = isPublicAddress(address)
    ? []
    : all.toSorted((a, b) => nearness(network, source, a) - nearness(network, source, b));
  if (elsewhere !== undefined) {
    goToPlace(trace, source, elsewhere);
    return;
  }
  const behind = network.places.byPublicAddress.get(text);
  if (behind !== undefined)
    trace.notes.push(`${behind.ownerId ?? behind.id} has ${text}: what it lets in from the internet is not analysed`);
  const external: External = { addresses: [[address, address]], cidr: `${text}/32`, isUnnamed: false, text };
  traceOutside(trace, source, external, (id) => checkGatewayEndpoint(trace, id));
}

function routeTo(network: Network, source: Place, address: number): CompiledRoute | undefined {
  const table = routeTableOf(network, source.subnetId, source.vpcId);
  const match = table && matchRoute(network, table, { addresses: [[address, address]], groupIds: [] });
  return match?.kind === 'route' ? match.route : undefined;
}

/** The VPC to which the route leads through a peering connection; undefined for any other route. */
function farVpcOf(network: Network, source: Place, { target }: CompiledRoute): string | undefined {
  const peering = target.kind === 'vpcPeeringConnection' ? network.peerings.get(target.id) : undefined;
  const far = peering && otherEnd(peering, source.vpcId);
  return far !== undefined && isPeeringOf(peering!, source.vpcId, far) ? far : undefined;
}

/** Of several VPCs that use the address, the one that is connected to the source's comes first. */
function nearness(network: Network, source: Place, place: Place): number {
  const isPeered = peeringsBetween(network, source.vpcId, place.vpcId).length > 0;
  return isPeered ? 0 : sharedTransitGateways(network, source.vpcId, place.vpcId).length > 0 ? 1 : 2;
}

function goToPlace(trace: OpenTrace, source: Place, found: Place): void {
  const { network } = trace;
  const groupIds = placeById(network, found.id)?.groupIds;
  const place = groupIds === undefined ? found : { ...found, groupIds };
  const entry = network.endpoints.byPlace.get(place.id);
  const arrived = () => (entry === undefined ? arriveAt(trace, place) : checkEndpoint(trace, entry, false));
  traceToPlace(trace, source, place, arrived);
}

/** Behind a peering connection: to the interface there, or to nobody whom the snapshot knows. */
function goToFarAddress(trace: OpenTrace, source: Place, vpcId: string, text: string, address: number): void {
  const { network } = trace;
  const place = (network.places.byAddress.get(address) ?? []).find((one) => one.vpcId === vpcId);
  if (place !== undefined) {
    goToPlace(trace, source, place);
    return;
  }
  const nobody: Place = {
    id: text,
    vpcId,
    subnetId: subnetOf(network, vpcId, address) ?? `the subnet of ${text}`,
    addresses: [[address, address]],
    address: text,
    ephemeralPorts: source.ephemeralPorts,
  };
  const isKnownVpc = network.vpcs.has(vpcId) && isInVpc(network, vpcId, [address, address]);
  traceToPlace(trace, source, nobody, () => {
    if (isKnownVpc) missAddress(trace, text, vpcId);
    else
      leaveUnknown(
        trace,
        { component: 'networkInterface', id: text },
        `what has ${text} in ${vpcId} is not in the snapshot`,
      );
  });
}

function subnetOf(network: Network, vpcId: string, address: number): string | undefined {
  const found = [...network.subnets.values()].find(
    (one) => one.vpcId === vpcId && one.range !== undefined && one.range[0] <= address && address <= one.range[1],
  );
  return found?.subnetId;
}

/** An interface whose address is not known yet may turn out to have this one. */
function mayHave(network: Network, vpcId: string, address: number): boolean {
  const everywhere = [
    ...network.places.byId.values(),
    ...[...network.endpoints.byId.values()].flatMap((entry) => entry.places),
  ];
  return everywhere.some(
    (place) =>
      place.vpcId === vpcId &&
      place.address === undefined &&
      place.addresses.some(([low, high]) => low <= address && address <= high),
  );
}

function missAddress(trace: OpenTrace, text: string, vpcId: string): void {
  const { snapshot } = trace.network;
  const where = { component: 'networkInterface' as const, id: text };
  const isUntold =
    snapshot.networkInterfaces === undefined ||
    snapshot.instances === undefined ||
    snapshot.vpcs === undefined ||
    snapshot.partialVpcIds?.includes(vpcId) === true;
  if (isUntold || mayHave(trace.network, vpcId, parseAddress(text) ?? -1)) {
    leaveUnknown(trace, where, `which interface has ${text} is not in the snapshot`);
    return;
  }
  stopHop(trace, where, `no interface has ${text}`, {
    code: 'UNKNOWN_RESOURCE',
    stage: 'destination',
    explanation: `No interface in ${vpcId} has the address ${text}.`,
    evidence: [{ id: text, what: 'not among the interfaces' }],
    edits: manual(`correct the address ${text}`),
  });
}
