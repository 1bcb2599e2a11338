// walk: one look at the network. Every source place goes to every place that the destination resolves to; each pair is a trace.
import { PUBLIC_ADDRESSES } from './address.js';
import { toAddresses } from './address-traces.js';
import { mendName, type NameMend, nameStops } from './name-fault.js';
import type { EndpointEntry, Network } from './network.js';
import { createRuleNumbers, leaveUnknown, type OpenTrace, pass, type Stop, stopHop } from './open-trace.js';
import { arriveAt, checkGatewayEndpoint } from './path/arrival.js';
import { checkEndpoint, missInterfaces, noteOtherZone } from './path/endpoint-check.js';
import type { External } from './path/external.js';
import { traceOutside } from './path/route-out.js';
import { traceToPlace } from './path/trace-to-place.js';
import type { Place } from './place.js';
import { finishTrace, openTrace, type Query } from './query.js';
import type { Question, Resolution } from './question.js';
import { describeResolution, type Lookup, lookUp, type NameTarget } from './resolve.js';
import { placeById, placesOf } from './source.js';
import { closeWalk, nowhere, summarise, type TracedPath, type Walk } from './summary.js';

export function walk(network: Network, question: Question): Walk {
  const sources = placesOf(network, question.from);
  if (typeof sources === 'string') return nowhere(sources);
  const [first, ...rest] = sources;
  const query: Query = {
    network,
    question,
    sources: [first!, ...rest],
    numbers: createRuleNumbers(),
    open: () => {},
  };
  switch (question.to.kind) {
    case 'name':
      return walkToName(query, question.to.name);
    case 'address':
      return closeWalk(
        { kind: 'literal', addresses: [question.to.address] },
        toAddresses(query, [question.to.address]),
      );
    case 'instance':
      return walkToPlace(query, question.to.instanceId, network.places.byInstance.get(question.to.instanceId));
    case 'networkInterface': {
      const id = question.to.networkInterfaceId;
      return walkToPlace(query, id, placeById(network, id));
    }
  }
}

function walkToPlace(query: Query, id: string, place: Place | undefined): Walk {
  if (place === undefined) return nowhere(`${id} is not in the snapshot`);
  const resolution: Resolution = { kind: 'literal', addresses: place.address === undefined ? [] : [place.address] };
  return closeWalk(resolution, toPlace(query, place));
}

// ---- by name

function walkToName(query: Query, name: string): Walk {
  const { network, sources, question } = query;
  const lookup = lookUp(network, sources[0].vpcId, name);
  const plain = toTarget({ ...query, open: (trace) => passResolver(trace, lookup) }, lookup, lookup.target);
  const wrong = nameStops(network, lookup, sources[0]);
  if (wrong.length === 0 && summarise(plain).stops.length === 0)
    return closeWalk(lookup.resolution, plain, lookup.notes);
  const closed =
    wrong.length > 0 ? sources : sources.filter((_, at) => plain[at] !== undefined && lacksRouteOut(plain[at]));
  const mend = mendName(network, lookup, closed, wrong, plain.some(lacksRouteOut), question.port);
  if (mend === undefined) return closeWalk(lookup.resolution, plain, lookup.notes);
  // Who gets out as things are goes on doing so; the others go the way that the name should lead.
  const open = wrong.length > 0 ? [] : plain.filter((traced) => !lacksRouteOut(traced));
  const [first, ...rest] = closed;
  const broken = lookup.target.kind === 'public' ? brokenWays(plain) : [];
  const mending: Query = {
    ...query,
    sources: [first!, ...rest],
    open: (trace) => {
      stopAtResolver(trace, lookup, mend);
      trace.stops.push(...broken);
    },
  };
  return closeWalk(lookup.resolution, [...open, ...asMended(mending, lookup, mend)], lookup.notes);
}

/** What does not work on the public way, told beside the mend that leads elsewhere, and without a change of its own. */
function brokenWays(plain: readonly TracedPath[]): readonly Stop[] {
  const broken = plain.flatMap(({ open }) => open.stops.filter((one) => one.isBroken));
  return broken.map((one) => ({
    ...one,
    explanation: `${one.explanation} The way proposed here leads around it.`,
    edits: [],
  }));
}

function lacksRouteOut({ open }: TracedPath): boolean {
  return open.stops.some((one) => one.lacksRouteOut);
}

function passResolver(trace: OpenTrace, lookup: Lookup): void {
  const where = { component: 'resolver' as const, id: lookup.name };
  if (lookup.unknowns.length === 0) pass(trace, where, describeResolution(lookup.resolution));
  doubtResolver(trace, lookup);
}

/** The way goes on as the snapshot says, and where it really leads stays unknown. */
function doubtResolver(trace: OpenTrace, lookup: Lookup): void {
  for (const because of lookup.unknowns) leaveUnknown(trace, { component: 'resolver', id: lookup.name }, because);
  if (lookup.unknowns.length > 0) trace.isAssumed = true;
}

function stopAtResolver(trace: OpenTrace, lookup: Lookup, mend: NameMend): void {
  doubtResolver(trace, lookup);
  for (const one of mend.stops) stopHop(trace, { component: 'resolver', id: lookup.name }, one.explanation, one);
}

/** The way that the name should lead, behind what stops it from leading there. */
function asMended(query: Query, lookup: Lookup, mend: NameMend): readonly TracedPath[] {
  if (mend.endpoint !== undefined) return toEndpoint(query, mend.endpoint, mend.endpoint.places);
  return toTarget(query, lookup, mend.target ?? lookup.target);
}

function toTarget(query: Query, lookup: Lookup, target: NameTarget): readonly TracedPath[] {
  switch (target.kind) {
    case 'endpoint':
      return toEndpoint(query, target.entry, target.places);
    case 'addresses':
      return toAddresses(query, target.addresses);
    case 'public':
      return toOutside(query, publicHost(lookup));
    case 'none':
      return query.sources.map((source) => finishTrace(query, source, openTrace(query, source)));
  }
}

function publicHost(lookup: Lookup): External {
  const awsServiceName = lookup.aws.kind === 'service' ? lookup.aws.serviceName : undefined;
  return {
    addresses: PUBLIC_ADDRESSES,
    cidr: '0.0.0.0/0',
    isUnnamed: true,
    ...(awsServiceName !== undefined && { awsServiceName }),
    text: lookup.name,
  };
}

// ---- traces

function toPlace(query: Query, place: Place): readonly TracedPath[] {
  return query.sources.map((source) => {
    const trace = openTrace(query, source);
    traceToPlace(trace, source, place, () => arriveAt(trace, place));
    return finishTrace(query, source, trace, place.address);
  });
}

function toEndpoint(query: Query, entry: EndpointEntry, places: readonly Place[]): readonly TracedPath[] {
  if (places.length === 0) {
    return query.sources.map((source) => {
      const trace = openTrace(query, source);
      missInterfaces(trace, entry, source);
      return finishTrace(query, source, trace);
    });
  }
  return query.sources.flatMap((source) =>
    places.map((place) => {
      const trace = openTrace(query, source);
      traceToPlace(trace, source, place, () => checkEndpoint(trace, entry, true));
      noteOtherZone(trace, entry, source);
      return finishTrace(query, source, trace, place.address);
    }),
  );
}

function toOutside(query: Query, external: External): readonly TracedPath[] {
  return query.sources.map((source) => {
    const trace = openTrace(query, source);
    traceOutside(trace, source, external, (id) => checkGatewayEndpoint(trace, id));
    return finishTrace(query, source, trace, external.isUnnamed ? undefined : external.text);
  });
}
