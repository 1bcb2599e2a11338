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
  return questions.map((question) => answerOne(network, question, shared, classes));
}

/** An answer for a whole class of sources; `owned`: it speaks of its first source, so nobody else can have it. */
interface Shared {
  readonly answer: Answer;
  readonly owned: boolean;
  readonly source: Place;
}

function answerOne(
  network: Network,
  question: Question,
  shared: Map<string, Shared>,
  classes: Map<Place, string>,
): Answer {
  const places = placesOf(network, question.from);
  if (question.from.kind === 'launch' || typeof places === 'string') return reach(network, question);
  const source = places[0]!;
  const key = `${classOf(network, source, classes)} ${destinationKey(question)}`;
  const known = shared.get(key);
  if (known === undefined) {
    const answer = reach(network, question);
    shared.set(key, { answer, source, owned: speaksOf(answer, source) });
    return answer;
  }
  return known.owned ? reach(network, question) : handOver(known, source, question);
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
  return [source.id, source.ownerId, source.address].some((name) => name !== undefined && namesWhole(text, name));
}

/** `eni-1` is not named by `eni-17`. */
function namesWhole(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const around = `${text[at - 1] ?? ''}${text[at + name.length] ?? ''}`;
    if (!/[\w-]/.test(around)) return true;
  }
  return false;
}

function othersHops(trace: Trace, source: Place): readonly Hop[] {
  return trace.hops.filter((hop) => !isSourceHop(hop, source));
}

function isSourceHop(hop: Hop, source: Place): boolean {
  return hop.component === 'networkInterface' && hop.direction === 'egress' && hop.id === source.id;
}

function handOver(shared: Shared, source: Place, question: Question): Answer {
  const { answer } = shared;
  return { ...answer, question, traces: answer.traces.map((trace) => rename(trace, shared.source, source)) };
}

function rename(trace: Trace, from: Place, to: Place): Trace {
  const hops = trace.hops.map((hop) =>
    isSourceHop(hop, from) ? { ...hop, id: to.id, detail: describePlace(to) } : hop,
  );
  return { ...trace, hops };
}
