// name-fault: a name that leads nowhere useful, and where it should lead.
//
// The endpoint that exists for a service is where its name should lead when the public way is closed; its path is then judged
// as if the name were mended already.
import { parseAddress } from './address.js';
import type { Code } from './codes.js';
import { newGroupId } from './edit.js';
import { type EndpointEntry, isInVpc, type Network } from './network.js';
import { manual, type Stop } from './open-trace.js';
import { ownGroup } from './path/end.js';
import { hasGatewayOut } from './path/no-route-out.js';
import type { Place } from './place.js';
import type { Edit } from './question.js';
import { endpointsFor, endpointsNear, type Lookup, type NameTarget, uselessEndpointsFor } from './resolve.js';
import { routeTableOf } from './route.js';
import { isGatewayService } from './service-name.js';

export interface NameMend {
  readonly stops: readonly Stop[];
  /** Where the name leads once mended: to this endpoint, or else to `target`. */
  readonly endpoint?: EndpointEntry;
  readonly target?: NameTarget;
}

/** What is wrong with the answer itself, whatever lies behind it. */
export function nameStops(network: Network, lookup: Lookup, source: Place): readonly Stop[] {
  const { resolution } = lookup;
  if (resolution.kind === 'refused') return [attributeStop(lookup, source.vpcId)];
  if (lookup.zone !== undefined && isZoneWrong(network, lookup, source)) return [zoneStop(network, lookup, source)];
  if (resolution.kind === 'notFound') return [notFoundStop(lookup, resolution.by)];
  return [];
}

function isZoneWrong(network: Network, lookup: Lookup, source: Place): boolean {
  if (lookup.target.kind === 'none') return lookup.resolution.kind === 'notFound';
  if (lookup.target.kind !== 'addresses') return false;
  // A record that leads past the endpoint that exists; what the snapshot does not know may be another way to the service.
  return (
    endpointsFor(network, source.vpcId, lookup.name, lookup.aws).length > 0 &&
    lookup.target.addresses.every((text) => isKnownStranger(network, source.vpcId, text))
  );
}

/** Whether the address is known to be of nothing that serves a name of AWS's: an instance, or nobody in this VPC. */
function isKnownStranger(network: Network, vpcId: string, text: string): boolean {
  const address = parseAddress(text);
  if (address === undefined) return false;
  const places = network.places.byAddress.get(address) ?? [];
  if (places.length === 0) return isInVpc(network, vpcId, [address, address]);
  return places.every((place) => !network.endpoints.byPlace.has(place.id) && !/^ELB /.test(place.ownerId ?? ''));
}

/** Where the name should lead for these sources instead, or undefined when it leads where it should. */
export function mendName(
  network: Network,
  lookup: Lookup,
  sources: readonly Place[],
  wrong: readonly Stop[],
  lacksRouteOut: boolean,
  port: number,
): NameMend | undefined {
  const source = sources[0];
  if (source === undefined) return undefined;
  if (wrong.length > 0) return mendWrongAnswer(network, lookup, sources, wrong, lacksRouteOut, port);
  if (lookup.target.kind !== 'public' || lookup.aws.kind !== 'service') return undefined;
  const endpoint = endpointsFor(network, source.vpcId, lookup.name, lookup.aws)[0];
  if (endpoint !== undefined) {
    const stops = privateDnsStops(lookup, endpoint, source.vpcId);
    // An endpoint that answers only the inbound resolver is not for this VPC, and nothing of it is at fault.
    return stops.length === 0 ? undefined : { endpoint, stops };
  }
  return mendMissingEndpoint(network, lookup, sources, port);
}

function mendWrongAnswer(
  network: Network,
  lookup: Lookup,
  sources: readonly Place[],
  wrong: readonly Stop[],
  lacksRouteOut: boolean,
  port: number,
): NameMend {
  const vpcId = sources[0]!.vpcId;
  if (lookup.target.kind === 'endpoint') return { endpoint: lookup.target.entry, stops: wrong };
  const endpoint = lookup.aws.kind === 'service' ? endpointsFor(network, vpcId, lookup.name, lookup.aws)[0] : undefined;
  if (lookup.zone !== undefined && endpoint !== undefined) return { endpoint, stops: wrong };
  if (lookup.target.kind === 'public' && lacksRouteOut) {
    if (endpoint !== undefined) {
      const more = privateDnsStops(lookup, endpoint, vpcId).filter((one) => one.code === 'DNS_PRIVATE_DISABLED');
      return { endpoint, stops: [...wrong, ...more] };
    }
    const missing = lookup.aws.kind === 'service' ? mendMissingEndpoint(network, lookup, sources, port) : undefined;
    if (missing !== undefined) return { ...missing, stops: [...wrong, ...missing.stops] };
  }
  return { stops: wrong, target: lookup.target };
}

// ---- faults of the answer

const ATTRIBUTES = [
  ['support', 'enableDnsSupport'],
  ['hostnames', 'enableDnsHostnames'],
] as const;

function attributeStop(lookup: Lookup, vpcId: string): Stop {
  const off = ATTRIBUTES.filter(([key]) => lookup.attributes[key] === false).map(([, attribute]) => attribute);
  return {
    code: 'DNS_VPC_ATTRIBUTES',
    stage: 'name',
    explanation: `${off.join(' and ')} ${off.length === 1 ? 'is' : 'are'} off in ${vpcId}, so ${lookup.name} is not answered as it should be.`,
    evidence: off.map((attribute) => ({ id: vpcId, what: `${attribute} is false` })),
    edits: off.map((attribute): Edit => ({ kind: 'setVpcAttribute', vpcId, attribute, value: true })),
  };
}

function notFoundStop(lookup: Lookup, by: string): Stop {
  return {
    code: 'DNS_NAME_NOT_FOUND',
    stage: 'name',
    explanation: `${lookup.name} does not exist, says ${by}.`,
    evidence: [{ id: lookup.name, what: `not found by ${by}` }],
    edits: manual(`correct the name ${lookup.name}`),
  };
}

function zoneStop(network: Network, lookup: Lookup, source: Place): Stop {
  const zone = lookup.zone!;
  const addresses = lookup.target.kind === 'addresses' ? lookup.target.addresses : [];
  const says = addresses.length === 0 ? 'has no record for it' : `answers ${addresses.join(', ')}`;
  return {
    code: 'DNS_PHZ_OVERRIDE',
    stage: 'name',
    explanation: `The private hosted zone ${zone.id} (${zone.name}) covers ${lookup.name} in ${source.vpcId} and ${says}.`,
    evidence: [
      { id: zone.id, what: `${zone.name}, ${zone.records?.length ?? 0} records, associated with ${source.vpcId}` },
    ],
    edits: zoneEdits(network, lookup, source, zone.id),
  };
}

function zoneEdits(network: Network, lookup: Lookup, source: Place, hostedZoneId: string): readonly Edit[] {
  const endpoint = endpointsNear(network, source.vpcId, lookup.name, lookup.aws)[0];
  const addresses = (endpoint?.places ?? []).map((place) => place.address).filter((address) => address !== undefined);
  if (addresses.length === 0)
    return manual(
      `put the record for ${lookup.name} into ${hostedZoneId}, or dissociate the zone from ${source.vpcId}`,
    );
  return [{ kind: 'putPrivateRecord', hostedZoneId, name: lookup.name, addresses }];
}

/** Why the endpoint that exists does not answer for the name. */
function privateDnsStops(lookup: Lookup, endpoint: EndpointEntry, vpcId: string): readonly Stop[] {
  const stops: Stop[] = [];
  const { support, hostnames } = lookup.attributes;
  if (support === false || hostnames === false) stops.push(attributeStop(lookup, vpcId));
  if (endpoint.endpoint.PrivateDnsEnabled !== true) stops.push(privateDnsStop(lookup, endpoint, vpcId));
  return stops;
}

function privateDnsStop(lookup: Lookup, endpoint: EndpointEntry, vpcId: string): Stop {
  return {
    code: 'DNS_PRIVATE_DISABLED',
    stage: 'name',
    explanation: `${lookup.name} resolves to public addresses in ${vpcId}: private DNS is off for ${endpoint.id}.`,
    evidence: [{ id: endpoint.id, what: `${endpoint.serviceName}, PrivateDnsEnabled false` }],
    edits: [{ kind: 'enablePrivateDns', vpcEndpointId: endpoint.id }],
  };
}

// ---- no endpoint to lead to

function mendMissingEndpoint(
  network: Network,
  lookup: Lookup,
  sources: readonly Place[],
  port: number,
): NameMend | undefined {
  const source = sources[0]!;
  const useless = uselessEndpointsFor(network, source.vpcId, lookup.name, lookup.aws);
  const gatewayService = lookup.aws.kind === 'service' && isGatewayService(lookup.aws.serviceName);
  const gateway = useless.find((entry) => entry.type === 'Gateway' && gatewayService);
  if (gateway !== undefined) return unroutedGateway(network, lookup, gateway, sources);
  // A gateway that is there already is a smaller change than an endpoint.
  if (useless.length === 0 && sources.every((one) => hasGatewayOut(network, one))) return undefined;
  if (network.snapshot.vpcEndpoints === undefined) return undefined;
  return { target: { kind: 'none' }, stops: [missingEndpoint(network, lookup, sources, useless[0], port)] };
}

function unroutedGateway(
  network: Network,
  lookup: Lookup,
  gateway: EndpointEntry,
  sources: readonly Place[],
): NameMend | undefined {
  const tables = sources
    .map((source) => routeTableOf(network, source.subnetId, source.vpcId)?.id)
    .filter((id) => id !== undefined);
  const missing = [...new Set(tables)].filter((id) => !(gateway.endpoint.RouteTableIds ?? []).includes(id));
  if (missing.length === 0 || gateway.state !== 'available') return undefined;
  const stops = missing.map(
    (routeTableId): Stop => ({
      code: 'NO_ROUTE_TO_DESTINATION',
      stage: 'path',
      explanation: `${gateway.id} serves ${lookup.name}, but ${routeTableId} has no route to it.`,
      evidence: [
        { id: gateway.id, what: `route tables: ${(gateway.endpoint.RouteTableIds ?? []).join(', ') || 'none'}` },
      ],
      edits: [{ kind: 'addEndpointRouteTable', vpcEndpointId: gateway.id, routeTableId }],
    }),
  );
  return { target: { kind: 'none' }, stops };
}

function missingEndpoint(
  network: Network,
  lookup: Lookup,
  sources: readonly Place[],
  useless: EndpointEntry | undefined,
  port: number,
): Stop {
  const source = sources[0]!;
  const serviceName = lookup.aws.kind === 'service' ? lookup.aws.serviceName : '';
  const code: Code =
    useless === undefined
      ? 'ENDPOINT_MISSING'
      : useless.type === 'Interface'
        ? 'ENDPOINT_STATE'
        : 'ENDPOINT_WRONG_TYPE';
  const explanation =
    useless === undefined
      ? `${source.vpcId} has no endpoint for ${serviceName}, and ${source.subnetId} has no way out to ${lookup.name}.`
      : code === 'ENDPOINT_STATE'
        ? `${useless.id}, the endpoint for ${serviceName}, is ${useless.state}.`
        : `${useless.id} is a ${useless.type} endpoint, and ${serviceName} needs an Interface one.`;
  const evidence =
    useless === undefined
      ? [{ id: source.vpcId, what: `no endpoint for ${serviceName}` }]
      : [{ id: useless.id, what: `${useless.type}, ${useless.state}` }];
  return {
    code,
    stage: 'name',
    explanation,
    evidence,
    edits: endpointEdits(network, lookup, sources, serviceName, port),
  };
}

function endpointEdits(
  network: Network,
  lookup: Lookup,
  sources: readonly Place[],
  serviceName: string,
  port: number,
): readonly Edit[] {
  const source = sources[0]!;
  const { vpcId } = source;
  if (isGatewayService(serviceName)) {
    const routeTableIds = [
      ...new Set(
        sources.map((one) => routeTableOf(network, one.subnetId, one.vpcId)?.id).filter((id) => id !== undefined),
      ),
    ];
    return [{ kind: 'createGatewayEndpoint', vpcId, serviceName, routeTableIds }];
  }
  const groupId = source.groupIds?.length ? ownGroup(network, source.groupIds) : undefined;
  if (groupId === undefined) return manual(`create an interface endpoint for ${serviceName} in ${vpcId}`);
  const attributes = ATTRIBUTES.filter(([key]) => lookup.attributes[key] === false).map(
    ([, attribute]): Edit => ({ kind: 'setVpcAttribute', vpcId, attribute, value: true }),
  );
  // A group of its own: the client's would have to admit itself, and whoever else carries it.
  const groupName = freeGroupName(network, vpcId, `endpoint-${serviceName.split('.').at(-1)}`);
  const ownId = newGroupId(vpcId, groupName);
  return [
    ...attributes,
    { kind: 'createSecurityGroup', vpcId, groupName },
    {
      kind: 'authorizeSecurityGroup',
      direction: 'ingress',
      groupId: ownId,
      protocol: 'tcp',
      fromPort: port,
      toPort: port,
      peer: { groupId },
    },
    {
      kind: 'createInterfaceEndpoint',
      vpcId,
      serviceName,
      subnetIds: oneSubnetPerZone(network, sources),
      securityGroupIds: [ownId],
      privateDnsEnabled: true,
    },
  ];
}

function freeGroupName(network: Network, vpcId: string, wanted: string): string {
  const taken = (network.snapshot.securityGroups ?? []).filter((group) => group.VpcId === vpcId);
  const isTaken = (name: string) =>
    taken.some(({ GroupName, GroupId }) => GroupName === name && GroupId !== newGroupId(vpcId, name));
  for (let number = 2, name = wanted; ; name = `${wanted}-${number++}`) if (!isTaken(name)) return name;
}

function oneSubnetPerZone(network: Network, sources: readonly Place[]): readonly string[] {
  const byZone = new Map(
    sources.map((source) => [network.subnets.get(source.subnetId)?.zone ?? source.subnetId, source.subnetId]),
  );
  return [...byZone.values()];
}
