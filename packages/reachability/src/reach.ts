// reach: the answer to one question.
//
// Resolves the name as the source would, walks every way that results (one a subnet of the source, one an interface of the
// destination), and says what stops each. Then it makes the changes that it proposes, on a copy, and looks again, until nothing
// new is found: what a first fault hid is in the same answer.
//
//   R1. What is not in the snapshot is `unknown`, never `no`.
//   R2. Applying all edits of an answer makes it reachable, unless an edit is `manual` or something is unknown.
//   R3. The same snapshot and question give the same answer, to the byte.
import { isLinkLocal, isPublicAddress, PUBLIC_ADDRESSES, parseAddress } from './address.js';
import { applyEdits } from './edit.js';
import { judgeEndpointPolicy } from './endpoint-policy.js';
import {
  closeTrace,
  createRuleNumbers,
  faultKey,
  type Journey,
  manual,
  pass,
  type RuleNumbers,
  STAGES,
  type Stop,
  startJourney,
  stop,
  verdictOf,
  wonder,
} from './journey.js';
import { mendName, type NameMend, nameStops } from './name-fault.js';
import { addressOf, buildNetwork, type EndpointEntry, type Network } from './network.js';
import { describePlace, isInVpc, leave, type Outside, travelOut, travelToPlace } from './path.js';
import { LINUX_EPHEMERAL_PORTS, type Place } from './place.js';
import type { Answer, Edit, Fault, Question, Resolution, Source, Trace, Verdict } from './question.js';
import { type Lookup, lookUp } from './resolve.js';

/**
 * Whether the source reaches the destination, and if not, every reason why. Pure and total: a question about something that the
 * snapshot does not have is answered `unknown`.
 */
export function reach(network: Network, question: Question): Answer {
  const first = walk(network, question);
  if (first.verdict === 'reachable') return toAnswer(question, first, []);
  return toAnswer(question, first, collectFaults(network, question, first));
}

/** Only the verdict and what the name resolves to: for who asks once per connection. */
export function decideReach(
  network: Network,
  question: Question,
): { readonly verdict: Verdict; readonly resolution: Resolution } {
  const { verdict, resolution } = walk(network, question);
  return { verdict, resolution };
}

// Each look uncovers what the last edits laid open: a route, then its gateway, then the gateway's network ACL.
const MOST_LOOKS = 6;

function collectFaults(network: Network, question: Question, first: Walk): readonly Stop[] {
  const found = new Map<string, Stop>();
  let look = first;
  let snapshot = network.snapshot;
  let asked = question;
  for (let looks = 1; ; looks++) {
    const fresh = look.stops.filter((one) => !found.has(faultKey(one)));
    for (const one of fresh) found.set(faultKey(one), one);
    const edits = fresh.flatMap((one) => one.edits).filter((edit) => edit.kind !== 'manual');
    if (edits.length === 0 || looks === MOST_LOOKS) break;
    snapshot = applyEdits(snapshot, edits);
    asked = edits.reduce(applyEditToQuestion, asked);
    look = walk(buildNetwork(snapshot), asked);
    if (look.verdict === 'reachable') break;
  }
  return mergeEvidence([...found.values(), ...partialZones(first)]);
}

/** The question after an edit: only a launch changes, when it is given a public address. */
export function applyEditToQuestion(question: Question, edit: Edit): Question {
  if (edit.kind !== 'associatePublicAddress' || question.from.kind !== 'launch') return question;
  if (edit.launch !== question.from.name) return question;
  return { ...question, from: { ...question.from, associatePublicIpAddress: true } };
}

function mergeEvidence(stops: readonly Stop[]): readonly Stop[] {
  return stops.toSorted((a, b) => STAGES[a.stage] - STAGES[b.stage]);
}

function toAnswer(question: Question, result: Walk, stops: readonly Stop[]): Answer {
  return {
    question,
    verdict: result.verdict,
    resolution: result.resolution,
    traces: result.traces,
    faults: stops.map(toFault),
    unknowns: [...new Set(result.unknowns)],
    notes: [...new Set(result.notes)],
  };
}

function toFault({ code, explanation, evidence, edits }: Stop): Fault {
  return { code, explanation, evidence, edits };
}

// ---- one look

interface Walk {
  readonly verdict: Verdict;
  readonly resolution: Resolution;
  readonly traces: readonly Trace[];
  readonly stops: readonly Stop[];
  readonly unknowns: readonly string[];
  readonly notes: readonly string[];
}

interface Leg {
  readonly source: Place;
  readonly journey: Journey;
  readonly trace: Trace;
}

function walk(network: Network, question: Question): Walk {
  const sources = placesOf(network, question.from);
  const numbers = createRuleNumbers();
  if (typeof sources === 'string') return nowhere(sources);
  const { to } = question;
  switch (to.kind) {
    case 'name':
      return walkToName(network, question, sources, to.name, numbers);
    case 'address':
      return closeWalk(
        { kind: 'literal', addresses: [to.address] },
        walkToAddresses(network, question, sources, [to.address], numbers),
      );
    case 'instance':
    case 'networkInterface':
      return walkToInterface(network, question, sources, numbers);
  }
}

function nowhere(because: string): Walk {
  return {
    verdict: 'unknown',
    resolution: { kind: 'unknown', because },
    traces: [],
    stops: [],
    unknowns: [because],
    notes: [],
  };
}

function walkToInterface(network: Network, question: Question, sources: readonly Place[], numbers: RuleNumbers): Walk {
  const { to } = question;
  const id = to.kind === 'instance' ? to.instanceId : to.kind === 'networkInterface' ? to.networkInterfaceId : '';
  const place = to.kind === 'instance' ? network.places.byInstance.get(id) : placeById(network, id);
  if (place === undefined) return nowhere(`${id} is not in the snapshot`);
  const resolution: Resolution = { kind: 'literal', addresses: place.address === undefined ? [] : [place.address] };
  return closeWalk(resolution, walkToPlaces(network, question, sources, [place], numbers));
}

function placeById(network: Network, id: string): Place | undefined {
  const own = network.places.byId.get(id);
  const entry = network.endpoints.byPlace.get(id);
  return entry?.places.find((place) => place.id === id) ?? own;
}

/** The interfaces that the source has, or would have. A sentence when the snapshot cannot tell. */
function placesOf(network: Network, source: Source): readonly Place[] | string {
  switch (source.kind) {
    case 'instance':
      return found(network.places.byInstance.get(source.instanceId), source.instanceId);
    case 'networkInterface':
      return found(placeById(network, source.networkInterfaceId), source.networkInterfaceId);
    case 'launch':
      return source.subnetIds.length === 0
        ? `${source.name} names no subnet`
        : source.subnetIds.map((id) => placeOfLaunch(network, source, id));
  }
}

function found(place: Place | undefined, id: string): readonly Place[] | string {
  return place === undefined ? `${id} is not in the snapshot` : [place];
}

function placeOfLaunch(network: Network, source: Source & { readonly kind: 'launch' }, subnetId: string): Place {
  const entry = network.subnets.get(subnetId);
  const fallback = network.groups?.defaultByVpc.get(entry?.vpcId ?? '');
  const given =
    source.securityGroupIds.length > 0 ? source.securityGroupIds : fallback === undefined ? undefined : [fallback];
  const isPublic = source.associatePublicIpAddress ?? entry?.subnet.MapPublicIpOnLaunch;
  return {
    id: `${source.name}/${subnetId}`,
    vpcId: entry?.vpcId ?? '',
    subnetId,
    ...addressOf(undefined, subnetId, network.subnets),
    ...(given !== undefined && { groupIds: given }),
    ...(isPublic !== undefined && { hasPublicAddress: isPublic }),
    ephemeralPorts: LINUX_EPHEMERAL_PORTS,
    launchName: source.name,
    ownerId: source.name,
  };
}

// ---- by name

function walkToName(
  network: Network,
  question: Question,
  sources: readonly Place[],
  name: string,
  numbers: RuleNumbers,
): Walk {
  const lookup = lookUp(network, sources[0]!.vpcId, name);
  const plain = walkToTarget(network, question, sources, lookup, numbers);
  const wrong = nameStops(network, lookup, sources[0]!);
  const verdict = summarise(plain).verdict;
  if (wrong.length === 0 && verdict !== 'unreachable' && verdict !== 'partial')
    return closeWalk(lookup.resolution, plain, lookup);
  const mend = mendName(network, lookup, sources, wrong, needsMending(plain), question.port);
  if (mend === undefined) return closeWalk(lookup.resolution, plain, lookup);
  return closeWalk(lookup.resolution, walkAsMended(network, question, sources, lookup, mend, numbers), lookup);
}

/** Whether some source has no way out to where the name points now. */
function needsMending(legs: readonly Leg[]): boolean {
  return legs.some(({ journey }) => journey.stops.some((one) => one.lacksWayOut));
}

/** The way that the name should lead, with what stops it from leading there. */
function walkAsMended(
  network: Network,
  question: Question,
  sources: readonly Place[],
  lookup: Lookup,
  mend: NameMend,
  numbers: RuleNumbers,
): readonly Leg[] {
  const opening = (journey: Journey) => {
    const where = { component: 'resolver' as const, id: lookup.name };
    for (const one of mend.stops) stop(journey, where, one.explanation, one);
  };
  if (mend.endpoint === undefined) {
    return walkToTarget(network, question, sources, lookup, numbers, opening, mend.target);
  }
  return walkToEndpoint(network, question, sources, mend.endpoint, mend.endpoint.places, numbers, opening);
}

type Opening = (journey: Journey) => void;

function walkToTarget(
  network: Network,
  question: Question,
  sources: readonly Place[],
  lookup: Lookup,
  numbers: RuleNumbers,
  opening: Opening = (journey) => passResolver(journey, lookup),
  target = lookup.target,
): readonly Leg[] {
  switch (target.kind) {
    case 'endpoint':
      return walkToEndpoint(network, question, sources, target.entry, target.places, numbers, opening);
    case 'addresses':
      return walkToAddresses(network, question, sources, target.addresses, numbers, opening);
    case 'public':
      return walkOut(network, question, sources, publicHost(lookup), numbers, opening);
    case 'none':
      return sources.map((source) =>
        closeLeg(network, source, openJourney(network, question, source, numbers, opening)),
      );
  }
}

function passResolver(journey: Journey, lookup: Lookup): void {
  const where = { component: 'resolver' as const, id: lookup.name };
  for (const because of lookup.unknowns) wonder(journey, where, because);
  if (lookup.unknowns.length === 0) pass(journey, where, describeResolution(lookup.resolution));
}

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

function publicHost(lookup: Lookup): Outside {
  const service = lookup.aws.kind === 'service' ? lookup.aws.serviceName : undefined;
  return {
    addresses: PUBLIC_ADDRESSES,
    cidr: '0.0.0.0/0',
    isUnnamed: true,
    ...(service !== undefined && { awsServiceName: service }),
    text: lookup.name,
  };
}

// ---- legs

function openJourney(
  network: Network,
  question: Question,
  source: Place,
  numbers: RuleNumbers,
  opening?: Opening,
): Journey {
  const journey = startJourney(network, question, numbers);
  opening?.(journey);
  leave(journey, source);
  return journey;
}

function closeLeg(network: Network, source: Place, journey: Journey, destinationAddress?: string): Leg {
  const zone = network.subnets.get(source.subnetId)?.zone;
  const trace = closeTrace(journey, {
    subnetId: source.subnetId,
    ...(zone !== undefined && { availabilityZone: zone }),
    ...(destinationAddress !== undefined && { destinationAddress }),
  });
  return { source, journey, trace };
}

function walkToPlaces(
  network: Network,
  question: Question,
  sources: readonly Place[],
  places: readonly Place[],
  numbers: RuleNumbers,
  opening?: Opening,
): readonly Leg[] {
  return sources.flatMap((source) =>
    places.map((place) => {
      const journey = openJourney(network, question, source, numbers, opening);
      travelToPlace(journey, source, place, () => arriveAt(journey, place));
      return closeLeg(network, source, journey, place.address);
    }),
  );
}

function arriveAt(journey: Journey, place: Place): void {
  const where = { component: 'networkInterface' as const, id: place.id, direction: 'ingress' as const };
  const state = place.instanceState;
  if (state === undefined || !['stopped', 'stopping', 'terminated'].includes(state))
    return pass(journey, where, describePlace(place));
  const id = place.ownerId ?? place.id;
  stop(journey, where, `its instance is ${state}`, {
    code: 'BAD_STATE',
    stage: 'destination',
    explanation: `${id} is ${state}, so nothing reaches it.`,
    evidence: [{ id, what: `state ${state}` }],
    edits: manual(`start ${id}`),
  });
}

function walkToEndpoint(
  network: Network,
  question: Question,
  sources: readonly Place[],
  entry: EndpointEntry,
  places: readonly Place[],
  numbers: RuleNumbers,
  opening?: Opening,
): readonly Leg[] {
  if (places.length === 0) {
    return sources.map((source) => {
      const journey = openJourney(network, question, source, numbers, opening);
      addFirstSubnet(journey, entry, source);
      return closeLeg(network, source, journey);
    });
  }
  return sources.flatMap((source) =>
    places.map((place) => {
      const journey = openJourney(network, question, source, numbers, opening);
      travelToPlace(journey, source, place, () => checkEndpoint(journey, entry, true));
      noteOtherZone(journey, entry, source);
      return closeLeg(network, source, journey, place.address);
    }),
  );
}

function addFirstSubnet(journey: Journey, entry: EndpointEntry, source: Place): void {
  const where = { component: 'vpcEndpoint' as const, id: entry.id };
  if (entry.endpoint.SubnetIds === undefined)
    return wonder(journey, where, `the subnets of ${entry.id} are not in the snapshot`);
  stop(journey, where, `${entry.id} has no interface in any subnet`, {
    code: 'ENDPOINT_MISSING',
    stage: 'destination',
    explanation: `${entry.id} has no interface in any subnet.`,
    evidence: [{ id: entry.id, what: 'no subnets' }],
    edits: [{ kind: 'addEndpointSubnet', vpcEndpointId: entry.id, subnetId: source.subnetId }],
  });
}

function noteOtherZone(journey: Journey, entry: EndpointEntry, source: Place): void {
  const zone = journey.network.subnets.get(source.subnetId)?.zone;
  if (zone === undefined || entry.places.length === 0) return;
  const zones = entry.places.map((place) => journey.network.subnets.get(place.subnetId)?.zone);
  if (zones.includes(zone) || zones.includes(undefined)) return;
  journey.notes.push(`${entry.id} has no interface in ${zone}: connections from there cross zones`);
}

/** The endpoint itself: its state, and whether its policy can let anything pass. */
function checkEndpoint(journey: Journey, entry: EndpointEntry, byName: boolean): void {
  const where = { component: 'vpcEndpoint' as const, id: entry.id };
  if (entry.state !== 'available') {
    stop(journey, where, entry.state, {
      code: 'ENDPOINT_STATE',
      stage: 'destination',
      explanation: `${entry.id} is ${entry.state}, not available.`,
      evidence: [{ id: entry.id, what: `state ${entry.state}` }],
      edits: manual(endpointStateAdvice(entry)),
    });
  } else pass(journey, where, `${entry.serviceName}, available`);
  if (byName) checkPolicy(journey, entry);
}

function endpointStateAdvice(entry: EndpointEntry): string {
  if (entry.state === 'pendingacceptance') return `accept ${entry.id} in the service's account`;
  return entry.state === 'pending' ? `wait until ${entry.id} is available` : `create ${entry.id} anew`;
}

function checkPolicy(journey: Journey, entry: EndpointEntry): void {
  const servicePrefix = entry.serviceName.split('.').at(-1) ?? '';
  const { access } = journey.question;
  const judgement = judgeEndpointPolicy(entry.endpoint.PolicyDocument, {
    servicePrefix: actionPrefix(entry.serviceName, servicePrefix),
    ...access,
  });
  if (judgement.kind === 'mayAllow') journey.notes.push(`${entry.id}: ${judgement.note}`);
  if (judgement.kind !== 'withholds') return;
  const statement = JSON.stringify({
    Effect: 'Allow',
    Principal: '*',
    Action: access?.actions ?? [`${actionPrefix(entry.serviceName, servicePrefix)}:*`],
    Resource: '*',
  });
  stop(journey, { component: 'vpcEndpoint', id: entry.id }, judgement.because, {
    code: 'POLICY_ENDPOINT',
    stage: 'destination',
    explanation: `The policy of ${entry.id} lets no such request pass: ${judgement.because}.`,
    evidence: [{ id: entry.id, what: entry.endpoint.PolicyDocument ?? '' }],
    edits: judgement.isDenied
      ? manual(`take the denial out of the policy of ${entry.id}`)
      : [{ kind: 'allowInEndpointPolicy', vpcEndpointId: entry.id, statement }],
  });
}

/** Where the service's name and the prefix of its actions differ. */
const ACTION_PREFIXES: Readonly<Record<string, string>> = {
  monitoring: 'cloudwatch',
  'ecr.api': 'ecr',
  'ecr.dkr': 'ecr',
  'execute-api': 'execute-api',
  'sagemaker.runtime': 'sagemaker',
  'email-smtp': 'ses',
};

function actionPrefix(serviceName: string, fallback: string): string {
  const suffix = serviceName.replace(/^(cn\.)?com\.amazonaws\.[^.]+\./, '');
  return ACTION_PREFIXES[suffix] ?? fallback;
}

function walkOut(
  network: Network,
  question: Question,
  sources: readonly Place[],
  outside: Outside,
  numbers: RuleNumbers,
  opening?: Opening,
): readonly Leg[] {
  return sources.map((source) => {
    const journey = openJourney(network, question, source, numbers, opening);
    travelOut(journey, source, outside, (id) => checkGatewayEndpoint(journey, id));
    return closeLeg(network, source, journey, outside.isUnnamed ? undefined : outside.text);
  });
}

function checkGatewayEndpoint(journey: Journey, id: string): void {
  const entry = journey.network.endpoints.byId.get(id);
  if (entry === undefined) wonder(journey, { component: 'vpcEndpoint', id }, `${id} is not in the snapshot`);
  else checkEndpoint(journey, entry, journey.question.to.kind === 'name');
}

// ---- by address

function walkToAddresses(
  network: Network,
  question: Question,
  sources: readonly Place[],
  addresses: readonly string[],
  numbers: RuleNumbers,
  opening?: Opening,
): readonly Leg[] {
  return addresses.flatMap((address) =>
    sources.map((source) => walkToAddress(network, question, source, address, numbers, opening)),
  );
}

function walkToAddress(
  network: Network,
  question: Question,
  source: Place,
  text: string,
  numbers: RuleNumbers,
  opening?: Opening,
): Leg {
  const address = parseAddress(text);
  const journey = openJourney(network, question, source, numbers, opening);
  if (address === undefined)
    wonder(journey, { component: 'service', id: text }, `${text} is not an IPv4 address: IPv6 is not analysed`);
  else if (isLinkLocal(address))
    pass(journey, { component: 'service', id: text }, 'link-local: served by the host, filtered by nothing');
  else goToAddress(journey, source, text, address);
  return closeLeg(network, source, journey, text);
}

function goToAddress(journey: Journey, source: Place, text: string, address: number): void {
  const { network } = journey;
  const place = placeAt(network, source, address);
  if (place !== undefined) {
    const entry = network.endpoints.byPlace.get(place.id);
    travelToPlace(journey, source, place, () =>
      entry === undefined ? arriveAt(journey, place) : checkEndpoint(journey, entry, false),
    );
    return;
  }
  if (isInVpc(network, source.vpcId, [address, address])) return nobodyThere(journey, text);
  const isUnnamed = false;
  const outside: Outside = { addresses: [[address, address]], cidr: `${text}/32`, isUnnamed, text };
  travelOut(journey, source, outside, (id) => checkGatewayEndpoint(journey, id));
}

/** Who has an address, as the source's VPC sees it: its own first, then the VPCs beyond. */
function placeAt(network: Network, source: Place, address: number): Place | undefined {
  const all = network.places.byAddress.get(address) ?? [];
  const own = all.find((place) => place.vpcId === source.vpcId);
  if (own !== undefined || isInVpc(network, source.vpcId, [address, address]))
    return own && withEndpointGroups(network, own);
  const other = isPublicAddress(address) ? undefined : all[0];
  return other && withEndpointGroups(network, other);
}

function withEndpointGroups(network: Network, place: Place): Place {
  const entry = network.endpoints.byPlace.get(place.id);
  const own = entry?.places.find((one) => one.id === place.id);
  return own === undefined || own.groupIds === undefined ? place : { ...place, groupIds: own.groupIds };
}

function nobodyThere(journey: Journey, text: string): void {
  const { snapshot } = journey.network;
  const where = { component: 'networkInterface' as const, id: text };
  if (snapshot.networkInterfaces === undefined || snapshot.instances === undefined) {
    return wonder(journey, where, `which interface has ${text} is not in the snapshot`);
  }
  stop(journey, where, `no interface has ${text}`, {
    code: 'UNKNOWN_RESOURCE',
    stage: 'destination',
    explanation: `No interface in the VPC has the address ${text}.`,
    evidence: [{ id: text, what: 'not among the interfaces' }],
    edits: manual(`correct the address ${text}`),
  });
}

// ---- the sum

function closeWalk(resolution: Resolution, legs: readonly Leg[], lookup?: Lookup): Walk {
  const { verdict, stops } = summarise(legs);
  return {
    verdict,
    resolution,
    traces: legs.map((leg) => leg.trace),
    stops,
    unknowns: verdict === 'reachable' ? [] : legs.flatMap((leg) => leg.journey.unknowns),
    notes: [...(lookup?.notes ?? []), ...legs.flatMap((leg) => leg.journey.notes)],
  };
}

/**
 * What the traces amount to:
 *
 *   all pass -> reachable; all stop -> unreachable; some pass and some stop -> partial;
 *   none passes and some are unknown -> unknown: one of them may still pass;
 *   none stops and some are unknown -> unknown.
 */
function summarise(legs: readonly Leg[]): { readonly verdict: Verdict; readonly stops: readonly Stop[] } {
  const verdicts = legs.map(({ journey }) => verdictOf(journey));
  const some = (verdict: Verdict) => verdicts.includes(verdict);
  const stops = uniqueStops(legs.flatMap(({ journey }) => journey.stops));
  if (verdicts.every((verdict) => verdict === 'reachable')) return { verdict: 'reachable', stops };
  if (verdicts.every((verdict) => verdict === 'unreachable')) return { verdict: 'unreachable', stops };
  if (some('partial') || (some('reachable') && some('unreachable'))) return { verdict: 'partial', stops };
  return { verdict: 'unknown', stops };
}

function uniqueStops(stops: readonly Stop[]): readonly Stop[] {
  const unique = new Map<string, Stop>();
  for (const one of stops) {
    const key = faultKey(one);
    const earlier = unique.get(key);
    unique.set(key, earlier === undefined ? one : withEvidence(earlier, one));
  }
  return [...unique.values()];
}

function withEvidence(stopped: Stop, other: Stop): Stop {
  const known = new Set(stopped.evidence.map((one) => JSON.stringify(one)));
  const more = other.evidence.filter((one) => !known.has(JSON.stringify(one)));
  const isPartial = stopped.isPartial === true && other.isPartial === true;
  return { ...stopped, isPartial, evidence: [...stopped.evidence, ...more] };
}

/** Some ways pass and some do not, and it is the place that decides. */
function partialZones(result: Walk): readonly Stop[] {
  const passing = result.traces.filter((trace) => trace.verdict === 'reachable');
  const failing = result.traces.filter((trace) => trace.verdict === 'unreachable');
  if (passing.length === 0 || failing.length === 0) return [];
  const describe = (traces: readonly Trace[]) => [...new Set(traces.map(describeTrace))].join(', ');
  const edits = result.stops.filter((one) => !one.isPartial).flatMap((one) => one.edits);
  return [
    {
      code: 'PARTIAL_AZ',
      stage: 'destination',
      explanation: `Only some ways pass: ${describe(passing)}; not ${describe(failing)}. Connections fail now and then.`,
      evidence: failing.map((trace) => ({
        id: trace.subnetId ?? '',
        what: `${describeTrace(trace)} stops: ${trace.faultCodes.join(', ')}`,
      })),
      edits,
    },
  ];
}

function describeTrace(trace: Trace): string {
  const from = trace.availabilityZone ?? trace.subnetId ?? 'the source';
  return trace.destinationAddress === undefined ? `from ${from}` : `from ${from} to ${trace.destinationAddress}`;
}
