// diff: what a change of the network breaks, opens and moves.
//
// Asked are the paths that matter: from each kind of interface (same subnet, same groups, the same side of a public address) and each
// launch, to each service that an endpoint serves before or after, to the internet, and to each kind of interface on the ports that its
// groups name. One of a kind stands for all.
import { reachAll } from './batch.js';
import { describeDestination, describeSource, hostOf, type PathChange, pathChangeOf } from './compare.js';
import { buildNetwork, type Network } from './network.js';
import type { Place } from './place.js';
import type { Answer, Question, Source } from './question.js';
import type { NetworkSnapshot } from './snapshot.js';

export interface PathDifference {
  /** `opens`: it did not get through, or was not there, and would. `undecided`: it gets through now, and whether it would cannot be told. */
  readonly kind: 'breaks' | 'opens' | 'moves' | 'undecided';
  readonly question: Question;
  /** `i-0a1 to ssm.us-west-2.amazonaws.com:443` */
  readonly path: string;
  /** How many interfaces are like the source. */
  readonly alike: number;
  readonly explanation: string;
  readonly before: Answer;
  readonly after: Answer;
}

export interface DiffOptions {
  /** In place of the paths that matter. */
  readonly questions?: readonly Question[];
  readonly launches?: readonly Source[];
}

/** In the order breaks, undecided, opens, moves; within each in the order asked. */
export function diffNetworks(
  before: NetworkSnapshot,
  after: NetworkSnapshot,
  { questions, launches = [] }: DiffOptions = {},
): readonly PathDifference[] {
  const old = buildNetwork(before);
  const next = buildNetwork(after);
  const asked: readonly Asked[] =
    questions?.map((question) => ({ question, alike: 1 })) ?? askedBetween(old, next, launches);
  const list = asked.map(({ question }) => question);
  const answers = [reachAll(old, list), reachAll(next, list)] as const;
  const found = asked.flatMap(({ question, alike }, at): readonly PathDifference[] => {
    const [was, would] = [answers[0][at]!, answers[1][at]!];
    const change = kindOf(old, next, was, would);
    if (change === undefined) return [];
    const path = `${describeSource(question.from)} to ${describeDestination(question)}`;
    return [{ kind: change.kind, question, path, alike, explanation: change.explanation, before: was, after: would }];
  });
  const order = ['breaks', 'undecided', 'opens', 'moves'];
  return found.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}

interface Asked {
  readonly question: Question;
  readonly alike: number;
}

type Change = Pick<PathDifference, 'kind' | 'explanation'>;

function kindOf(old: Network, next: Network, before: Answer, after: Answer): Change | undefined {
  const { question } = before;
  if (!hasEnds(next, question)) return leaves(old, next, before);
  if (!hasEnds(old, question)) {
    if (after.verdict !== 'reachable') return undefined;
    return { kind: 'opens', explanation: `a new path: ${wayOf(after)}` };
  }
  const change = pathChangeOf(question, before, after);
  switch (change?.kind) {
    case 'broken':
      return { kind: 'breaks', explanation: reasonsOf(after) };
    case 'mended':
      return after.verdict === 'reachable' ? { kind: 'opens', explanation: wayOf(after) } : undefined;
    case 'rerouted':
      return { kind: 'moves', explanation: `by ${wayOf(before)} now, and by ${wayOf(after)} then` };
    case 'unsure':
      return unsureOf(change);
    default:
      return undefined;
  }
}

function unsureOf({ before, after }: PathChange): Change | undefined {
  if (before.verdict === 'reachable') return { kind: 'undecided', explanation: `${after.unknowns.join('; ')}` };
  return undefined;
}

/** What goes away takes its own paths along; who used to reach it does not any more. */
function leaves(old: Network, next: Network, before: Answer): Change | undefined {
  const { question } = before;
  const isSourceThere = hasEnds(next, { ...question, to: { kind: 'name', name: 'localhost' } });
  if (!isSourceThere || before.verdict !== 'reachable' || !hasEnds(old, question)) return undefined;
  return { kind: 'breaks', explanation: `${describeDestination(question)} is there no more` };
}

function hasEnds(network: Network, { from, to }: Question): boolean {
  return hasSource(network, from) && hasDestination(network, to);
}

function hasSource({ places, subnets }: Network, from: Source): boolean {
  switch (from.kind) {
    case 'instance':
      return places.byInstance.has(from.instanceId);
    case 'networkInterface':
      return places.byId.has(from.networkInterfaceId);
    case 'launch':
      return from.subnetIds.length > 0 && from.subnetIds.every((id) => subnets.has(id));
  }
}

function hasDestination({ places }: Network, to: Question['to']): boolean {
  if (to.kind === 'instance') return places.byInstance.has(to.instanceId);
  return to.kind !== 'networkInterface' || places.byId.has(to.networkInterfaceId);
}

function reasonsOf(answer: Answer): string {
  const reasons = answer.faults.map(({ code, explanation }) => `${code}: ${explanation}`);
  return reasons.join(' ');
}

const STATIONS = ['vpcEndpoint', 'natGateway', 'internetGateway', 'vpcPeeringConnection', 'transitGateway'];

/** The things that a path leads through, as a person would say its way. */
function wayOf({ traces }: Answer): string {
  const stations = traces.flatMap(({ hops }) =>
    hops.filter(({ component }) => STATIONS.includes(component)).map(({ id }) => id),
  );
  return [...new Set(stations)].join(', ') || 'the local network';
}

// ---- the paths that matter

/** More pairs of kinds than these are not asked: the first ones are. */
const MOST_PAIRS = 20_000;
const MOST_PORTS = 4;

function askedBetween(old: Network, next: Network, launches: readonly Source[]): readonly Asked[] {
  const names = namesBetween(old, next);
  const sources = [...launches.map((source) => ({ source, alike: 1 })), ...kindsOf(old, next, true)];
  const outward = sources.flatMap(({ source, alike }) =>
    names.map((name): Asked => ({ question: { from: source, to: { kind: 'name', name }, port: 443 }, alike })),
  );
  const kinds = kindsOf(old, next, false);
  const inward = kinds.flatMap(({ source, place }) =>
    portsOf(old, next, place).flatMap((port) =>
      [...launches.map((one) => ({ source: one, alike: 1 })), ...kinds].map(
        ({ source: from, alike }): Asked => ({ question: { from, to: destinationOf(source), port }, alike }),
      ),
    ),
  );
  const isOther = ({ question: { from, to } }: Asked) => JSON.stringify(destinationOf(from)) !== JSON.stringify(to);
  return [...outward, ...inward.filter(isOther).slice(0, MOST_PAIRS)];
}

function destinationOf(source: Source): Question['to'] {
  switch (source.kind) {
    case 'instance':
      return { kind: 'instance', instanceId: source.instanceId };
    case 'networkInterface':
      return { kind: 'networkInterface', networkInterfaceId: source.networkInterfaceId };
    case 'launch':
      return { kind: 'name', name: source.name };
  }
}

/** The internet, and each service that an endpoint serves before or after. */
function namesBetween(...networks: readonly Network[]): readonly string[] {
  const services = networks.flatMap(({ endpoints }) =>
    [...endpoints.byId.values()].flatMap(({ serviceName }) => hostOf(serviceName) ?? []),
  );
  return [...new Set(services)].sort().concat('example.com');
}

interface Kind {
  readonly source: Source;
  readonly place: Place;
  readonly alike: number;
}

/** One interface of each kind; `bySubnet`: subnets tell kinds apart. AWS's own interfaces are nobody's. */
function kindsOf(old: Network, next: Network, bySubnet: boolean): readonly Kind[] {
  const kinds = new Map<string, { place: Place; source: Source; alike: number }>();
  for (const network of [old, next]) {
    const other = network === old ? next : old;
    const instanceOf = new Map([...network.places.byInstance].map(([id, place]) => [place.id, id]));
    for (const place of network.places.byId.values()) {
      if (network === next && old.places.byId.has(place.id)) continue;
      const instanceId = instanceOf.get(place.id);
      if (instanceId === undefined && /^(vpce-|ELB |Interface for NAT|VPC Endpoint)/.test(place.ownerId ?? ''))
        continue;
      if (network.endpoints.byPlace.has(place.id)) continue;
      const twin = other.places.byId.get(place.id);
      const key = [lookOf(place, bySubnet), twin === undefined ? '' : lookOf(twin, bySubnet)].join(' | ');
      const known = kinds.get(key);
      if (known !== undefined) {
        known.alike += 1;
        continue;
      }
      const source: Source =
        instanceId === undefined
          ? { kind: 'networkInterface', networkInterfaceId: place.id }
          : { kind: 'instance', instanceId };
      kinds.set(key, { place, source, alike: 1 });
    }
  }
  return [...kinds.values()];
}

function lookOf({ vpcId, subnetId, groupIds = [], hasPublicAddress, instanceState }: Place, bySubnet: boolean): string {
  return [
    vpcId,
    bySubnet ? subnetId : '',
    [...groupIds].sort().join(','),
    bySubnet ? hasPublicAddress : '',
    instanceState,
  ].join(' ');
}

/** The ports that the groups of an interface name for who connects to it. */
function portsOf(old: Network, next: Network, place: Place): readonly number[] {
  const ports = [old, next].flatMap(({ groups, places }) =>
    (places.byId.get(place.id)?.groupIds ?? []).flatMap((id) =>
      (groups?.byId.get(id)?.ingress ?? []).flatMap(({ protocol, fromPort, toPort }) =>
        protocol === 6 ? [fromPort, toPort] : protocol === -1 ? [443] : [],
      ),
    ),
  );
  const usable = ports.filter((port) => port >= 1 && port <= 65535);
  return [...new Set(usable)].sort((a, b) => a - b).slice(0, MOST_PORTS);
}
