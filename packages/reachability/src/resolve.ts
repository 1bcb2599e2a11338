// resolve: what a name means to somebody in a VPC. It comes first, because it selects where the packets go.
//
//   D1. Whatever depends on something that was not looked at is `unknown`; the lookup still goes on as the rest of the snapshot
//       says, so that the faults behind it are found.
import { formatAddress, parseAddress } from './address.js';
import type { EndpointEntry, Network } from './network.js';
import { peeringsBetween } from './path/peering.js';
import type { Place } from './place.js';
import type { Resolution } from './question.js';
import { type AwsName, readAwsName } from './service-name.js';
import type { PrivateHostedZone } from './snapshot.js';

export type NameTarget =
  | { readonly kind: 'endpoint'; readonly entry: EndpointEntry; readonly places: readonly Place[] }
  | { readonly kind: 'addresses'; readonly addresses: readonly string[] }
  | { readonly kind: 'public' }
  | { readonly kind: 'none' };

export interface Lookup {
  readonly name: string;
  readonly aws: AwsName;
  readonly resolution: Resolution;
  readonly target: NameTarget;
  /** The zone that answered, wrongly or rightly. */
  readonly zone?: PrivateHostedZone;
  readonly attributes: DnsAttributes;
  readonly unknowns: readonly string[];
  readonly notes: readonly string[];
}

interface DnsAttributes {
  /** Undefined: not looked at. */
  readonly support?: boolean;
  readonly hostnames?: boolean;
}

/**
 * What the resolver of a VPC answers for a name, over IPv4. An IPv4 address is its own answer. Never throws: a VPC that the
 * snapshot does not have gives `unknown`.
 */
export function resolve(network: Network, query: { readonly vpcId: string; readonly name: string }): Resolution {
  return lookUp(network, query.vpcId, query.name).resolution;
}

export function lookUp(network: Network, vpcId: string, rawName: string): Lookup {
  const name = rawName.trim().toLowerCase().replace(/\.$/, '');
  const aws = readAwsName(name);
  const base = { name, aws, attributes: attributesOf(network, vpcId), unknowns: [], notes: [] };
  if (parseAddress(name) !== undefined) return { ...base, ...literal(name) };
  if (name.includes(':')) return { ...base, ...notAnalysed('IPv6 is not analysed') };
  if (aws.kind === 'dualStack' && hasIpv6(network, vpcId)) {
    const plain = aws.plainName === undefined ? '' : `; ${aws.plainName} is answered with IPv4 alone`;
    return {
      ...base,
      ...notAnalysed(`${name} has IPv6 addresses too, which ${vpcId} may use, and IPv6 is not analysed${plain}`),
    };
  }
  return withDoubts(network, vpcId, answer(network, vpcId, base));
}

function hasIpv6(network: Network, vpcId: string): boolean {
  const vpc = network.vpcs.get(vpcId)?.vpc;
  return vpc === undefined || (vpc.Ipv6CidrBlockAssociationSet ?? []).length > 0;
}

type Base = Pick<Lookup, 'name' | 'aws' | 'attributes' | 'unknowns' | 'notes'>;
type Found = Pick<Lookup, 'resolution' | 'target' | 'zone'>;

function literal(address: string): Found {
  return { resolution: { kind: 'literal', addresses: [address] }, target: { kind: 'addresses', addresses: [address] } };
}

function notAnalysed(because: string): Found & Pick<Lookup, 'unknowns' | 'notes'> {
  return { resolution: { kind: 'unknown', because }, target: { kind: 'none' }, unknowns: [because], notes: [because] };
}

function answer(network: Network, vpcId: string, base: Base): Lookup {
  if (base.attributes.support === false) {
    const found = findAnswer(network, vpcId, base);
    return { ...base, ...found, resolution: { kind: 'refused', by: `${vpcId}: enableDnsSupport is false` } };
  }
  return { ...base, ...findAnswer(network, vpcId, base) };
}

function findAnswer(network: Network, vpcId: string, base: Base): Found {
  const endpoint = privateEndpointOf(network, vpcId, base);
  const zone = zoneOf(network, vpcId, base.name);
  // The hidden zone of an endpoint is named as the host is, so only a hosted zone of the whole name, or a longer one, comes before it.
  if (zone !== undefined && (endpoint === undefined || nameOf(zone) === base.name))
    return fromZone(network, vpcId, zone, base);
  if (endpoint !== undefined) return fromEndpoint(endpoint, endpoint.places);
  return fromNameItself(network, vpcId, base);
}

function fromEndpoint(entry: EndpointEntry, places: readonly Place[]): Found {
  return {
    resolution: { kind: 'private', addresses: knownAddresses(places), by: entry.id },
    target: { kind: 'endpoint', entry, places },
  };
}

function knownAddresses(places: readonly Place[]): readonly string[] {
  return places.map((place) => place.address).filter((address) => address !== undefined);
}

function fromNameItself(network: Network, vpcId: string, base: Base): Found {
  const { aws, name } = base;
  switch (aws.kind) {
    case 'endpoint':
      return fromEndpointName(network, aws);
    case 'instance':
      return fromInstanceName(network, vpcId, name, aws);
    case 'resource':
      return fromResourceName(network, vpcId, base, aws.what);
    case 'service':
      return { resolution: { kind: 'public' }, target: { kind: 'public' } };
    case 'anyRegion':
      return fromAnyRegion(network, vpcId, base, aws.service);
    case 'dualStack':
      // Without IPv6 in the VPC its IPv4 addresses alone are asked, which no endpoint takes over unless it says so.
      return fromPublicDns(name);
    default: {
      const entry = endpointNamed(network, base);
      return entry === undefined ? fromPublicDns(name) : fromEndpoint(entry, entry.places);
    }
  }
}

/** Of a VPC that has a gateway endpoint for the service, a name that any region may answer goes by it or not. */
function fromAnyRegion(network: Network, vpcId: string, { name }: Base, service: string): Found {
  const own = (network.endpoints.byVpc.get(vpcId) ?? []).find((entry) => entry.serviceName.endsWith(`.${service}`));
  if (own === undefined) return fromPublicDns(name);
  return unknownName(
    `which region answers for ${name}, and so whether ${own.id} serves it, is not known: name the region`,
  );
}

function fromPublicDns(name: string): Found {
  if (name === 'localhost') return literal('127.0.0.1');
  // RFC 6762 and ICANN keep these out of the public root.
  if (/(^|\.)(internal|local|localdomain|home\.arpa)$/.test(name) || !name.includes('.')) {
    return { resolution: { kind: 'notFound', by: 'public DNS' }, target: { kind: 'none' } };
  }
  return { resolution: { kind: 'public' }, target: { kind: 'public' } };
}

// An endpoint's own names are public DNS with private addresses: they resolve anywhere, whatever private DNS says.
function fromEndpointName(network: Network, aws: AwsName & { readonly kind: 'endpoint' }): Found {
  const entry = network.endpoints.byId.get(aws.vpcEndpointId);
  if (entry === undefined) return unknownName(`${aws.vpcEndpointId} is not in the snapshot`);
  const places =
    aws.zone === undefined
      ? entry.places
      : entry.places.filter((place) => network.subnets.get(place.subnetId)?.zone === aws.zone);
  if (places.length > 0) return fromEndpoint(entry, places);
  return { resolution: { kind: 'notFound', by: 'public DNS' }, target: { kind: 'none' } };
}

function unknownName(because: string): Found {
  return { resolution: { kind: 'unknown', because }, target: { kind: 'none' } };
}

/** The endpoint, in any VPC, that has the name as its own: such a name is public DNS and resolves anywhere. */
function endpointNamed(network: Network, { name, aws }: Base): EndpointEntry | undefined {
  if (aws.kind !== 'other') return undefined;
  return [...network.endpoints.byId.values()].find(({ endpoint }) =>
    (endpoint.DnsEntries ?? []).some(({ DnsName }) => DnsName?.toLowerCase() === name),
  );
}

function fromInstanceName(
  network: Network,
  vpcId: string,
  name: string,
  aws: AwsName & { readonly kind: 'instance' },
): Found {
  const named = [...network.places.instances.values()].find(
    (instance) => instance.PrivateDnsName?.toLowerCase() === name,
  );
  const id = named?.InstanceId ?? aws.instanceId;
  const place = id === undefined ? undefined : network.places.byInstance.get(id);
  // Outside its own VPC the name of an instance does not resolve, but for what peering may add.
  if (place !== undefined && place.vpcId !== vpcId && peeringsBetween(network, vpcId, place.vpcId).length > 0)
    return unknownName(`whether the resolver of ${vpcId} knows ${name}, of ${place.vpcId}, is not in the snapshot`);
  const known = place?.vpcId === vpcId ? place.address : undefined;
  const address = known ?? aws.address;
  if (address !== undefined && (known !== undefined || isOwnAddress(network, vpcId, address))) {
    return {
      resolution: { kind: 'private', addresses: [address], by: 'the VPC resolver' },
      target: { kind: 'addresses', addresses: [address] },
    };
  }
  if (network.snapshot.instances === undefined) return unknownName('instances were not looked at');
  return { resolution: { kind: 'notFound', by: 'the VPC resolver' }, target: { kind: 'none' } };
}

function isOwnAddress(network: Network, vpcId: string, text: string): boolean {
  const address = parseAddress(text);
  if (address === undefined) return false;
  if (network.places.byAddress.get(address)?.some((place) => place.vpcId === vpcId)) return true;
  return network.vpcs.get(vpcId)?.ranges.some(([lowest, highest]) => lowest <= address && address <= highest) ?? false;
}

function fromResourceName(network: Network, vpcId: string, base: Base, what: string): Found {
  const publicName = /^ec2-(\d+)-(\d+)-(\d+)-(\d+)\./.exec(base.name);
  if (publicName !== null) return fromPublicInstanceName(network, vpcId, publicName.slice(1, 5).join('.'), base);
  const internal = /^internal-([^.]+)-\d+\./.exec(base.name)?.[1];
  const addresses = internal === undefined ? [] : addressesOfLoadBalancer(network, internal);
  if (addresses.length > 0) {
    return {
      resolution: { kind: 'private', addresses, by: `load balancer ${internal}` },
      target: { kind: 'addresses', addresses },
    };
  }
  return unknownName(`${base.name} is the name of ${what}, whose addresses only DNS knows`);
}

// Inside the VPC an instance's public name means its private address, when the VPC has DNS host names; inside a peered one, when its
// owner lets the other side resolve names.
function fromPublicInstanceName(network: Network, vpcId: string, address: string, base: Base): Found {
  const place = network.places.byPublicAddress.get(address);
  const isOwn = place?.vpcId === vpcId && base.attributes.hostnames !== false;
  const isInside = place?.address !== undefined && (isOwn || resolvesFor(network, place.vpcId, vpcId));
  if (!isInside) return literal(address);
  return {
    resolution: { kind: 'private', addresses: [place.address!], by: 'the VPC resolver' },
    target: { kind: 'addresses', addresses: [place.address!] },
  };
}

function resolvesFor(network: Network, ownerVpcId: string, askingVpcId: string): boolean {
  const [peering] = peeringsBetween(network, ownerVpcId, askingVpcId);
  const own = [peering?.AccepterVpcInfo, peering?.RequesterVpcInfo].find((end) => end?.VpcId === ownerVpcId);
  return peering?.Status?.Code === 'active' && own?.PeeringOptions?.AllowDnsResolutionFromRemoteVpc === true;
}

function addressesOfLoadBalancer(network: Network, name: string): readonly string[] {
  const owner = new RegExp(`^ELB (?:(?:app|net)/)?${name.replace(/[^a-z0-9-]/gi, '')}(?:/|$)`, 'i');
  const places = [...network.places.byId.values()].filter((place) => owner.test(place.ownerId ?? ''));
  return knownAddresses(places);
}

/** The interface endpoint whose private DNS answers for the name in this VPC. */
function privateEndpointOf(network: Network, vpcId: string, base: Base): EndpointEntry | undefined {
  if (base.attributes.hostnames === false) return undefined;
  return endpointsFor(network, vpcId, base.name, base.aws).find(
    ({ endpoint }) =>
      endpoint.PrivateDnsEnabled === true && endpoint.DnsOptions?.PrivateDnsOnlyForInboundResolverEndpoint !== true,
  );
}

const GONE = ['deleted', 'deleting', 'rejected', 'failed', 'expired'];

/** The interface endpoints of a VPC that serve a name, those that work first. */
export function endpointsFor(network: Network, vpcId: string, name: string, aws: AwsName): readonly EndpointEntry[] {
  const all = network.endpoints.byVpc.get(vpcId) ?? [];
  return all
    .filter((entry) => entry.type !== 'Gateway' && entry.type !== 'GatewayLoadBalancer')
    .filter((entry) => !GONE.includes(entry.state) && servesName(entry, name, aws))
    .toSorted((a, b) => Number(b.state === 'available') - Number(a.state === 'available'));
}

/** Those of the VPC, then those of VPCs that are peered with it: a hosted zone may lead a name there. */
export function endpointsNear(network: Network, vpcId: string, name: string, aws: AwsName): readonly EndpointEntry[] {
  const peers = [...network.vpcs.keys()].filter(
    (other) =>
      other !== vpcId && peeringsBetween(network, vpcId, other).some(({ Status }) => Status?.Code === 'active'),
  );
  return [vpcId, ...peers].flatMap((one) => endpointsFor(network, one, name, aws));
}

/** Endpoints for the service that cannot serve it: of another type, or in a state that leads nowhere. */
export function uselessEndpointsFor(
  network: Network,
  vpcId: string,
  name: string,
  aws: AwsName,
): readonly EndpointEntry[] {
  const useful = new Set(endpointsFor(network, vpcId, name, aws));
  return (network.endpoints.byVpc.get(vpcId) ?? []).filter(
    (entry) => !useful.has(entry) && servesName(entry, name, aws) && entry.state !== 'deleted',
  );
}

function servesName(entry: EndpointEntry, name: string, aws: AwsName): boolean {
  if (aws.kind === 'service' && entry.serviceName === aws.serviceName) return true;
  return (entry.endpoint.DnsEntries ?? []).some(({ DnsName }) => DnsName !== undefined && matchesHost(DnsName, name));
}

function matchesHost(pattern: string, name: string): boolean {
  const lower = pattern.toLowerCase();
  return lower === name || (lower.startsWith('*.') && name.endsWith(lower.slice(1)));
}

function nameOf(zone: PrivateHostedZone): string {
  return zone.name.toLowerCase().replace(/\.$/, '');
}

function zoneOf(network: Network, vpcId: string, name: string): PrivateHostedZone | undefined {
  const covering = (network.snapshot.privateHostedZones ?? []).filter(
    (zone) => zone.vpcIds.includes(vpcId) && (name === nameOf(zone) || name.endsWith(`.${nameOf(zone)}`)),
  );
  return covering.toSorted((a, b) => nameOf(b).length - nameOf(a).length)[0];
}

const LONGEST_ALIAS_CHAIN = 8;

// A zone that covers the name is asked alone: what it does not have does not exist.
function fromZone(network: Network, vpcId: string, zone: PrivateHostedZone, base: Base, depth = 0): Found {
  if (zone.records === undefined)
    return { ...unknownName(`the records of ${zone.id} (${zone.name}) were not read`), zone };
  const records = recordsFor(zone, base.name);
  const untold = records.flatMap(({ values }) => values).find((value) => value.includes('unresolved:'));
  if (untold !== undefined) return { ...unknownName(`what ${zone.id} answers for ${base.name} is not known`), zone };
  const addresses = records.filter((record) => record.type === 'A').flatMap((record) => record.values);
  if (addresses.length > 0) return { ...privateAnswer(network, vpcId, addresses, zone.id), zone };
  const alias = records.find((record) => record.type === 'CNAME')?.values[0];
  if (alias !== undefined && depth < LONGEST_ALIAS_CHAIN) {
    return { ...followAlias(network, vpcId, alias, base, depth + 1), zone };
  }
  return { resolution: { kind: 'notFound', by: zone.id }, target: { kind: 'none' }, zone };
}

type Records = NonNullable<PrivateHostedZone['records']>;

// RFC 4592: without a record of its own a name gets those of the wildcard of the closest parent that exists.
function recordsFor(zone: PrivateHostedZone, name: string): Records {
  const named = (wanted: string) => (zone.records ?? []).filter((record) => fullName(record.name, zone) === wanted);
  const exists = (wanted: string) =>
    (zone.records ?? []).some((record) => `.${fullName(record.name, zone)}`.endsWith(`.${wanted}`));
  if (exists(name)) return named(name);
  for (let parent = parentOf(name); parent.endsWith(nameOf(zone)); parent = parentOf(parent)) {
    const wild = named(`*.${parent}`);
    if (wild.length > 0) return wild;
    if (exists(parent) || parent === nameOf(zone)) return [];
  }
  return [];
}

function parentOf(name: string): string {
  return name.slice(name.indexOf('.') + 1);
}

function fullName(name: string, zone: PrivateHostedZone): string {
  const lower = name.toLowerCase().replace(/\.$/, '').replace('\\052', '*');
  return lower === '' || lower === '@' ? nameOf(zone) : lower;
}

function followAlias(network: Network, vpcId: string, alias: string, base: Base, depth: number): Found {
  const name = alias.toLowerCase().replace(/\.$/, '');
  const next: Base = { ...base, name, aws: readAwsName(name) };
  const zone = zoneOf(network, vpcId, name);
  return zone === undefined ? findAnswer(network, vpcId, next) : fromZone(network, vpcId, zone, next, depth);
}

function privateAnswer(network: Network, vpcId: string, addresses: readonly string[], by: string): Found {
  const resolution: Resolution = { kind: 'private', addresses, by };
  // Records that name the interfaces of one endpoint: the endpoint is the destination. VPCs may use the same addresses: what is
  // nearer comes first.
  const found = addresses.map((text) => network.places.byAddress.get(parseAddress(text) ?? -1) ?? []);
  const entries = new Set((found[0] ?? []).map((place) => network.endpoints.byPlace.get(place.id)));
  const serving = [...entries].filter(
    (entry) => entry !== undefined && found.every((places) => places.some((place) => isOf(network, place, entry))),
  );
  const [entry] = serving.toSorted((a, b) => distance(network, vpcId, a!.vpcId) - distance(network, vpcId, b!.vpcId));
  if (entry === undefined) return { resolution, target: { kind: 'addresses', addresses } };
  const places = found.flatMap((all) => entry.places.filter((place) => all.some(({ id }) => id === place.id)));
  return { resolution, target: { kind: 'endpoint', entry, places } };
}

function isOf(network: Network, place: Place, entry: EndpointEntry): boolean {
  return network.endpoints.byPlace.get(place.id) === entry;
}

function distance(network: Network, from: string, to: string): number {
  return from === to ? 0 : peeringsBetween(network, from, to).length > 0 ? 1 : 2;
}

function attributesOf(network: Network, vpcId: string): DnsAttributes {
  const looked = network.snapshot.vpcAttributes?.[vpcId];
  return {
    ...(looked?.enableDnsSupport !== undefined && { support: looked.enableDnsSupport }),
    ...(looked?.enableDnsHostnames !== undefined && { hostnames: looked.enableDnsHostnames }),
  };
}

/** Adds what the answer depends on and the snapshot does not have. */
function withDoubts(network: Network, vpcId: string, lookup: Lookup): Lookup {
  const doubts = [...findDoubts(network, vpcId, lookup), ...lookup.unknowns];
  if (lookup.resolution.kind === 'unknown') doubts.push(lookup.resolution.because);
  if (doubts.length === 0) return lookup;
  return { ...lookup, resolution: { kind: 'unknown', because: doubts[0]! }, unknowns: doubts };
}

function* findDoubts(network: Network, vpcId: string, lookup: Lookup): Generator<string> {
  const { snapshot } = network;
  const custom = doubtResolver(network, vpcId);
  if (custom !== undefined) yield custom;
  if (lookup.attributes.support === undefined) yield `the DNS attributes of ${vpcId} were not looked at`;
  const byEndpoint = lookup.target.kind === 'endpoint' && lookup.zone === undefined;
  if (byEndpoint && lookup.attributes.support !== undefined && lookup.attributes.hostnames === undefined) {
    yield `enableDnsHostnames of ${vpcId} was not looked at`;
  }
  const isService = lookup.aws.kind === 'service';
  if (isService && snapshot.vpcEndpoints === undefined) yield 'VPC endpoints were not looked at';
  if (lookup.target.kind !== 'endpoint' && snapshot.partialVpcIds?.includes(vpcId))
    yield `what else ${vpcId} has is not in the snapshot: its endpoints and hosted zones`;
  const untold = isService ? untoldEndpoint(network, vpcId, lookup) : undefined;
  if (untold !== undefined) yield untold;
  // A hosted zone cannot take the name of an endpoint's private DNS: AWS refuses the association as a conflict.
  if (snapshot.privateHostedZones === undefined && !byEndpoint && lookup.aws.kind !== 'instance') {
    yield 'private hosted zones were not looked at';
  }
}

function untoldEndpoint(network: Network, vpcId: string, lookup: Lookup): string | undefined {
  if (lookup.target.kind === 'endpoint') return undefined;
  const unnamed = (network.endpoints.byVpc.get(vpcId) ?? []).find((entry) =>
    entry.serviceName.startsWith('unresolved:'),
  );
  if (unnamed !== undefined) return `which service ${unnamed.id} serves is not known`;
  const serving = endpointsFor(network, vpcId, lookup.name, lookup.aws);
  const untold = serving.find((entry) => entry.endpoint.PrivateDnsEnabled === undefined);
  return untold && `whether ${untold.id} has private DNS is not in the snapshot`;
}

/** A resolver of somebody's own: what it answers is in no snapshot. */
export interface CustomResolver {
  readonly dhcpOptionsId: string;
  /** Addresses. */
  readonly servers: readonly string[];
}

/** The resolver that the VPC's DHCP options name in place of Amazon's; undefined when they name none, or are not known. */
export function findCustomResolver(network: Network, vpcId: string): CustomResolver | undefined {
  const dhcpOptionsId = network.vpcs.get(vpcId)?.vpc.DhcpOptionsId;
  const options = network.snapshot.dhcpOptions?.find((one) => one.DhcpOptionsId === dhcpOptionsId);
  const servers = (options?.DhcpConfigurations ?? [])
    .filter(({ Key }) => Key === 'domain-name-servers')
    .flatMap(({ Values = [] }) => Values.map(({ Value = '' }) => Value))
    .filter((server) => !isAmazonResolver(network, vpcId, server));
  return dhcpOptionsId === undefined || servers.length === 0 ? undefined : { dhcpOptionsId, servers };
}

/** Why it is not known who answers for names in the VPC. */
function doubtResolver(network: Network, vpcId: string): string | undefined {
  const id = network.vpcs.get(vpcId)?.vpc.DhcpOptionsId;
  if (id === undefined || id === 'default')
    return network.vpcs.has(vpcId) ? undefined : `${vpcId} is not in the snapshot`;
  if (!network.snapshot.dhcpOptions?.some((one) => one.DhcpOptionsId === id))
    return `the DHCP options ${id} of ${vpcId} are not in the snapshot`;
  const custom = findCustomResolver(network, vpcId);
  return custom && `${id} sends names to ${custom.servers.join(', ')}, whose answers are not in the snapshot`;
}

// AmazonProvidedDNS by its name, by 169.254.169.253, or by the VPC's base address plus two.
function isAmazonResolver(network: Network, vpcId: string, server: string): boolean {
  if (server === 'AmazonProvidedDNS' || server === '169.254.169.253') return true;
  return network.vpcs.get(vpcId)?.ranges.some(([lowest]) => formatAddress(lowest + 2) === server) ?? false;
}

/** A resolution in words. */
export function describeResolution(resolution: Resolution): string {
  switch (resolution.kind) {
    case 'literal':
      return resolution.addresses.join(', ');
    case 'private':
      return `${resolution.addresses.length > 0 ? resolution.addresses.join(', ') : 'private addresses'} by ${resolution.by}`;
    case 'public':
      return 'a public address';
    case 'notFound':
      return `does not exist, says ${resolution.by}`;
    case 'refused':
      return `refused: ${resolution.by}`;
    case 'unknown':
      return resolution.because;
  }
}
