// batch: many questions to one network.
//
// Interfaces that the network cannot tell apart (same subnet, same groups, the same side of every range that a rule or route
// names) get the same answer, worked out once.
//
//   B1. reachAll(network, questions)[i] equals reach(network, questions[i]).
import type { Interval } from './address.js';
import { take } from './kept-index.js';
import type { Network } from './network.js';
import { describePlace } from './path/end.js';
import type { Place } from './place.js';
import type { Answer, Hop, Question, Trace } from './question.js';
import { reach } from './reach.js';
import { placesOf } from './source.js';

/** The answers, in the order of the questions. */
export function reachAll(network: Network, questions: readonly Question[]): readonly Answer[] {
  const shared = new Map<string, Shared>();
  const classes = new Map<Place, string>();
  const hops = new Map<Place, Hop>();
  return questions.map((question) => answerOne(network, question, shared, classes, hops));
}

/** An answer for a whole class of sources. `isOwned`: more than its first hop speaks of the source that it was worked out for. */
interface Shared {
  readonly answer: Answer;
  readonly isOwned: boolean;
  readonly source: Place;
  /** Where the first hop, the source itself, stands in each trace. */
  readonly sourceHopAt: readonly number[];
  /** The parts of the answer that do not name the source. */
  readonly silent: WeakSet<object>;
}

function answerOne(
  network: Network,
  question: Question,
  shared: Map<string, Shared>,
  classes: Map<Place, string>,
  hops: Map<Place, Hop>,
): Answer {
  const places = placesOf(network, question.from);
  if (question.from.kind === 'launch' || typeof places === 'string') return reach(network, question);
  const source = places[0]!;
  // Who asks for itself is in no class: its name in the answer may mean either end.
  if (asksForItself(network, source, question)) return reach(network, question);
  const key = `${classOf(network, source, classes)} ${destinationKey(question)}`;
  const known = shared.get(key);
  if (known !== undefined) return handOver(known, source, question, hops);
  const answer = reach(network, question);
  const sourceHopAt = answer.traces.map((trace) => trace.hops.findIndex((hop) => isSourceHop(hop, source)));
  const isOwned = sourceHopAt.includes(-1) || speaksOf(answer, source);
  const silent = new WeakSet<object>();
  if (isOwned) markSilent(answer, namesOf(source), silent);
  shared.set(key, { answer, source, sourceHopAt, isOwned, silent });
  return answer;
}

function asksForItself(network: Network, source: Place, { to }: Question): boolean {
  switch (to.kind) {
    case 'instance':
      return network.places.byInstance.get(to.instanceId)?.id === source.id;
    case 'networkInterface':
      return to.networkInterfaceId === source.id;
    case 'address':
      return to.address === source.address;
    case 'name':
      return false;
  }
}

function destinationKey({ to, port, protocol, sourcePort, access }: Question): string {
  const rest = access === undefined ? '' : JSON.stringify(access);
  const where =
    to.kind === 'name'
      ? to.name
      : to.kind === 'address'
        ? to.address
        : to.kind === 'instance'
          ? to.instanceId
          : to.networkInterfaceId;
  return `${to.kind} ${where} ${port} ${protocol ?? 'tcp'} ${sourcePort ?? ''} ${rest}`;
}

function classOf(network: Network, place: Place, classes: Map<Place, string>): string {
  const known = classes.get(place);
  if (known !== undefined) return known;
  const cell = place.addresses.map((range) => range.map((edge) => cellOf(network, edge))).join(':');
  const made = [
    place.vpcId,
    place.subnetId,
    place.groupIds?.join(',') ?? '?',
    place.hasPublicAddress,
    place.publicAddress,
    place.ephemeralPorts.join('-'),
    place.instanceState,
    place.ownerId === undefined,
    place.addresses.length === 1 && place.addresses[0]![0] === place.addresses[0]![1],
    cell,
  ].join(' ');
  classes.set(place, made);
  return made;
}

const keptCells = new WeakMap<object, readonly number[]>();

/** Which cell an address is in, of those that the ranges of all rules, entries, routes and lists cut. */
function cellOf(network: Network, address: number): number {
  const edges = take(keptCells, network, () => cutCells(network));
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (edges[middle]! <= address) low = middle + 1;
    else high = middle;
  }
  return low;
}

function cutCells(network: Network): readonly number[] {
  const edges = new Set<number>();
  for (const [lowest, highest] of allRanges(network)) {
    edges.add(lowest);
    edges.add(highest + 1);
  }
  return [...edges].sort((a, b) => a - b);
}

function* allRanges(network: Network): Generator<Interval> {
  for (const group of network.groups?.byId.values() ?? []) {
    for (const rule of [...group.ingress, ...group.egress]) for (const { range } of rule.cidrs) yield range;
  }
  for (const acl of network.acls?.byId.values() ?? []) {
    for (const entry of [...acl.ingress, ...acl.egress]) yield entry.range;
  }
  for (const table of network.routes?.byId.values() ?? []) {
    for (const route of table.routes) if (route.range !== undefined) yield route.range;
  }
  for (const list of network.prefixLists.values()) yield* list.ranges ?? [];
}

/** Whether anything but the question and the first hop names the source. */
function speaksOf(answer: Answer, source: Place): boolean {
  const rest = {
    ...answer,
    question: undefined,
    traces: answer.traces.map((trace) => ({ ...trace, hops: othersHops(trace, source) })),
  };
  const text = JSON.stringify(rest);
  return namesOf(source).some((name) => name !== undefined && namesWhole(text, name));
}

function namesWhole(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) if (isWhole(text, name, at)) return true;
  return false;
}

/** `eni-1` is not named by `eni-17`. */
function isWhole(text: string, name: string, at: number): boolean {
  return !/[\w-]/.test(`${text[at - 1] ?? ''}${text[at + name.length] ?? ''}`);
}

function othersHops(trace: Trace, source: Place): readonly Hop[] {
  return trace.hops.filter((hop) => !isSourceHop(hop, source));
}

function isSourceHop(hop: Hop, source: Place): boolean {
  return (
    hop.component === 'networkInterface' && hop.direction === 'egress' && hop.id === source.id && hop.outcome === 'pass'
  );
}

function handOver(shared: Shared, source: Place, question: Question, hops: Map<Place, Hop>): Answer {
  const { answer, sourceHopAt } = shared;
  const first = sourceHop(source, hops);
  if (!shared.isOwned) {
    const traces = answer.traces.map((trace, at) => ({ ...trace, hops: trace.hops.with(sourceHopAt[at]!, first) }));
    return { ...answer, question, traces };
  }
  const { question: _, ...rest } = answer;
  const renamed = renameAll(rest, namesOf(shared.source), namesOf(source), shared.silent) as typeof rest;
  return { question, ...renamed };
}

function sourceHop(source: Place, hops: Map<Place, Hop>): Hop {
  const known = hops.get(source);
  if (known !== undefined) return known;
  const made: Hop = {
    component: 'networkInterface',
    id: source.id,
    direction: 'egress',
    outcome: 'pass',
    detail: describePlace(source),
  };
  hops.set(source, made);
  return made;
}

type Names = readonly (string | undefined)[];

function namesOf(place: Place): Names {
  return [place.id, place.ownerId, place.address];
}

function markSilent(value: unknown, names: Names, silent: WeakSet<object>): boolean {
  if (typeof value === 'string') return !names.some((name) => name !== undefined && value.includes(name));
  if (typeof value !== 'object' || value === null) return true;
  const parts = Object.values(value).map((part) => markSilent(part, names, silent));
  const isSilent = parts.every(Boolean);
  if (isSilent) silent.add(value);
  return isSilent;
}

/** Renames what names the source, and keeps the very objects that do not. */
function renameAll(value: unknown, from: Names, to: Names, silent: WeakSet<object>): unknown {
  if (typeof value === 'object' && value !== null && silent.has(value)) return value;
  if (typeof value === 'string') return from.reduce<string>((text, name, at) => renameIn(text, name, to[at]), value);
  if (Array.isArray(value)) return value.map((item) => renameAll(item, from, to, silent));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, renameAll(item, from, to, silent)]));
}

function renameIn(text: string, from: string | undefined, to: string | undefined): string {
  if (from === undefined || to === undefined || !text.includes(from)) return text;
  let result = '';
  let done = 0;
  for (let at = text.indexOf(from); at >= 0; at = text.indexOf(from, at + 1)) {
    if (!isWhole(text, from, at)) continue;
    result += text.slice(done, at) + to;
    done = at + from.length;
  }
  return result + text.slice(done);
}
