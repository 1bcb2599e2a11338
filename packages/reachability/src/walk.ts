// walk: one look at the network. Every source place goes to every place that the destination resolves to; each pair is a leg.
import { isLinkLocal, isPublicAddress, PUBLIC_ADDRESSES, parseAddress } from './address.js';
import {
  closeTrace,
  createRuleNumbers,
  type Journey,
  manual,
  pass,
  type RuleNumbers,
  startJourney,
  stop,
  wonder,
} from './journey.js';
import { mendName, type NameMend, nameStops } from './name-fault.js';
import { type EndpointEntry, isInVpc, type Network } from './network.js';
import { describePlace, isStopped, leave } from './path/end.js';
import { checkEndpoint, missInterfaces, noteOtherZone } from './path/endpoint-check.js';
import { travelToPlace } from './path/travel.js';
import { type Outside, travelOut } from './path/way-out.js';
import type { Place } from './place.js';
import type { Question, Resolution } from './question.js';
import { describeResolution, type Lookup, lookUp, type NameTarget } from './resolve.js';
import { placeById, placesOf } from './source.js';
import { closeWalk, type Leg, nowhere, summarise, type Walk } from './summary.js';

/** A question on its way: from where, and what is shared by its legs. */
interface Errand {
  readonly network: Network;
  readonly question: Question;
  readonly sources: readonly [Place, ...Place[]];
  readonly numbers: RuleNumbers;
  /** What the resolver said, noted first on every leg. */
  readonly open: (journey: Journey) => void;
}

export function walk(network: Network, question: Question): Walk {
  const sources = placesOf(network, question.from);
  if (typeof sources === 'string') return nowhere(sources);
  const [first, ...rest] = sources;
  const errand: Errand = {
    network,
    question,
    sources: [first!, ...rest],
    numbers: createRuleNumbers(),
    open: () => {},
  };
  switch (question.to.kind) {
    case 'name':
      return walkToName(errand, question.to.name);
    case 'address':
      return closeWalk(
        { kind: 'literal', addresses: [question.to.address] },
        toAddresses(errand, [question.to.address]),
      );
    case 'instance':
      return walkToPlace(errand, question.to.instanceId, network.places.byInstance.get(question.to.instanceId));
    case 'networkInterface': {
      const id = question.to.networkInterfaceId;
      return walkToPlace(errand, id, placeById(network, id));
    }
  }
}

function walkToPlace(errand: Errand, id: string, place: Place | undefined): Walk {
  if (place === undefined) return nowhere(`${id} is not in the snapshot`);
  const resolution: Resolution = { kind: 'literal', addresses: place.address === undefined ? [] : [place.address] };
  return closeWalk(resolution, toPlace(errand, place));
}

// ---- by name

function walkToName(errand: Errand, name: string): Walk {
  const { network, sources, question } = errand;
  const lookup = lookUp(network, sources[0].vpcId, name);
  const plain = toTarget({ ...errand, open: (journey) => passResolver(journey, lookup) }, lookup, lookup.target);
  const wrong = nameStops(network, lookup, sources[0]);
  if (wrong.length === 0 && summarise(plain).stops.length === 0)
    return closeWalk(lookup.resolution, plain, lookup.notes);
  const closed =
    wrong.length > 0 ? sources : sources.filter((_, at) => plain[at] !== undefined && lacksWayOut(plain[at]));
  const mend = mendName(network, lookup, closed, wrong, plain.some(lacksWayOut), question.port);
  if (mend === undefined) return closeWalk(lookup.resolution, plain, lookup.notes);
  // Who gets out as things are goes on doing so; the others go the way that the name should lead.
  const open = wrong.length > 0 ? [] : plain.filter((leg) => !lacksWayOut(leg));
  const [first, ...rest] = closed;
  const mending: Errand = {
    ...errand,
    sources: [first!, ...rest],
    open: (journey) => stopAtResolver(journey, lookup, mend),
  };
  return closeWalk(lookup.resolution, [...open, ...asMended(mending, lookup, mend)], lookup.notes);
}

function lacksWayOut({ journey }: Leg): boolean {
  return journey.stops.some((one) => one.lacksWayOut);
}

function passResolver(journey: Journey, lookup: Lookup): void {
  const where = { component: 'resolver' as const, id: lookup.name };
  if (lookup.unknowns.length === 0) pass(journey, where, describeResolution(lookup.resolution));
  doubtResolver(journey, lookup);
}

/** The way goes on as the snapshot says, and where it really leads stays unknown. */
function doubtResolver(journey: Journey, lookup: Lookup): void {
  for (const because of lookup.unknowns) wonder(journey, { component: 'resolver', id: lookup.name }, because);
  if (lookup.unknowns.length > 0) journey.isAssumed = true;
}

function stopAtResolver(journey: Journey, lookup: Lookup, mend: NameMend): void {
  doubtResolver(journey, lookup);
  for (const one of mend.stops) stop(journey, { component: 'resolver', id: lookup.name }, one.explanation, one);
}

/** The way that the name should lead, behind what stops it from leading there. */
function asMended(errand: Errand, lookup: Lookup, mend: NameMend): readonly Leg[] {
  if (mend.endpoint !== undefined) return toEndpoint(errand, mend.endpoint, mend.endpoint.places);
  return toTarget(errand, lookup, mend.target ?? lookup.target);
}

function toTarget(errand: Errand, lookup: Lookup, target: NameTarget): readonly Leg[] {
  switch (target.kind) {
    case 'endpoint':
      return toEndpoint(errand, target.entry, target.places);
    case 'addresses':
      return toAddresses(errand, target.addresses);
    case 'public':
      return toOutside(errand, publicHost(lookup));
    case 'none':
      return errand.sources.map((source) => closeLeg(errand, source, openJourney(errand, source)));
  }
}

function publicHost(lookup: Lookup): Outside {
  const awsServiceName = lookup.aws.kind === 'service' ? lookup.aws.serviceName : undefined;
  return {
    addresses: PUBLIC_ADDRESSES,
    cidr: '0.0.0.0/0',
    isUnnamed: true,
    ...(awsServiceName !== undefined && { awsServiceName }),
    text: lookup.name,
  };
}

// ---- legs

function openJourney(errand: Errand, source: Place): Journey {
  const journey = startJourney(errand.network, errand.question, errand.numbers);
  errand.open(journey);
  leave(journey, source);
  return journey;
}

function closeLeg(errand: Errand, source: Place, journey: Journey, destinationAddress?: string): Leg {
  const entry = errand.network.subnets.get(source.subnetId);
  if (hasIpv6(entry?.subnet.Ipv6CidrBlockAssociationSet))
    journey.notes.push(`${source.subnetId} has IPv6: it is not analysed`);
  const trace = closeTrace(journey, {
    subnetId: source.subnetId,
    ...(entry?.zone !== undefined && { availabilityZone: entry.zone }),
    ...(destinationAddress !== undefined && { destinationAddress }),
  });
  return { journey, trace };
}

function hasIpv6(associations: readonly unknown[] | undefined): boolean {
  return associations !== undefined && associations.length > 0;
}

function toPlace(errand: Errand, place: Place): readonly Leg[] {
  return errand.sources.map((source) => {
    const journey = openJourney(errand, source);
    travelToPlace(journey, source, place, () => arriveAt(journey, place));
    return closeLeg(errand, source, journey, place.address);
  });
}

function arriveAt(journey: Journey, place: Place): void {
  const where = { component: 'networkInterface' as const, id: place.id, direction: 'ingress' as const };
  const state = place.instanceState;
  if (!isStopped(state)) {
    pass(journey, where, describePlace(place));
    return;
  }
  const id = place.ownerId ?? place.id;
  stop(journey, where, `its instance is ${state}`, {
    code: 'BAD_STATE',
    stage: 'destination',
    explanation: `${id} is ${state}, so nothing reaches it.`,
    evidence: [{ id, what: `state ${state}` }],
    edits: manual(`start ${id}`),
  });
}

function toEndpoint(errand: Errand, entry: EndpointEntry, places: readonly Place[]): readonly Leg[] {
  if (places.length === 0) {
    return errand.sources.map((source) => {
      const journey = openJourney(errand, source);
      missInterfaces(journey, entry, source);
      return closeLeg(errand, source, journey);
    });
  }
  return errand.sources.flatMap((source) =>
    places.map((place) => {
      const journey = openJourney(errand, source);
      travelToPlace(journey, source, place, () => checkEndpoint(journey, entry, true));
      noteOtherZone(journey, entry, source);
      return closeLeg(errand, source, journey, place.address);
    }),
  );
}

function toOutside(errand: Errand, outside: Outside): readonly Leg[] {
  return errand.sources.map((source) => {
    const journey = openJourney(errand, source);
    travelOut(journey, source, outside, (id) => checkGatewayEndpoint(journey, id));
    return closeLeg(errand, source, journey, outside.isUnnamed ? undefined : outside.text);
  });
}

function checkGatewayEndpoint(journey: Journey, id: string): void {
  const entry = journey.network.endpoints.byId.get(id);
  const where = { component: 'vpcEndpoint' as const, id };
  if (entry === undefined) wonder(journey, where, `${id} is not in the snapshot`);
  else if (entry.type !== 'Gateway') wonder(journey, where, `${id} leads to appliances that are not in the snapshot`);
  else checkEndpoint(journey, entry, journey.question.to.kind === 'name');
}

// ---- by address

function toAddresses(errand: Errand, addresses: readonly string[]): readonly Leg[] {
  return addresses.flatMap((address) => errand.sources.map((source) => toAddress(errand, source, address)));
}

function toAddress(errand: Errand, source: Place, text: string): Leg {
  const address = parseAddress(text);
  const journey = openJourney(errand, source);
  const where = { component: 'service' as const, id: text };
  if (address === undefined) wonder(journey, where, `${text} is not an IPv4 address: IPv6 is not analysed`);
  else if (isLinkLocal(address)) pass(journey, where, 'link-local: served by the host, filtered by nothing');
  else goToAddress(journey, source, text, address);
  return closeLeg(errand, source, journey, text);
}

function goToAddress(journey: Journey, source: Place, text: string, address: number): void {
  const { network } = journey;
  const place = placeAt(network, source, address);
  if (place !== undefined) {
    const entry = network.endpoints.byPlace.get(place.id);
    const arrived = () => (entry === undefined ? arriveAt(journey, place) : checkEndpoint(journey, entry, false));
    travelToPlace(journey, source, place, arrived);
    return;
  }
  if (isInVpc(network, source.vpcId, [address, address])) {
    missAddress(journey, text);
    return;
  }
  const outside: Outside = { addresses: [[address, address]], cidr: `${text}/32`, isUnnamed: false, text };
  travelOut(journey, source, outside, (id) => checkGatewayEndpoint(journey, id));
}

/** Who has an address, as the source's VPC sees it: itself first, then the VPCs beyond. */
function placeAt(network: Network, source: Place, address: number): Place | undefined {
  const all = network.places.byAddress.get(address) ?? [];
  const own = all.find((place) => place.vpcId === source.vpcId);
  const isElsewhere = !isInVpc(network, source.vpcId, [address, address]) && !isPublicAddress(address);
  const place = own ?? (isElsewhere ? all[0] : undefined);
  const groupIds = place === undefined ? undefined : placeById(network, place.id)?.groupIds;
  return place === undefined || groupIds === undefined ? place : { ...place, groupIds };
}

/** An interface whose address is not known yet may turn out to have this one. */
function mayHave(network: Network, address: number): boolean {
  const everywhere = [
    ...network.places.byId.values(),
    ...[...network.endpoints.byId.values()].flatMap((entry) => entry.places),
  ];
  return everywhere.some(
    (place) => place.address === undefined && place.addresses.some(([low, high]) => low <= address && address <= high),
  );
}

function missAddress(journey: Journey, text: string): void {
  const { snapshot } = journey.network;
  const where = { component: 'networkInterface' as const, id: text };
  const isUntold = snapshot.networkInterfaces === undefined || snapshot.instances === undefined;
  if (isUntold || mayHave(journey.network, parseAddress(text) ?? -1)) {
    wonder(journey, where, `which interface has ${text} is not in the snapshot`);
    return;
  }
  stop(journey, where, `no interface has ${text}`, {
    code: 'UNKNOWN_RESOURCE',
    stage: 'destination',
    explanation: `No interface in the VPC has the address ${text}.`,
    evidence: [{ id: text, what: 'not among the interfaces' }],
    edits: manual(`correct the address ${text}`),
  });
}
