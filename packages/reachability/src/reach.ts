// reach: the answer to one question.
//
// Resolves the name as the source would, walks every way that results, and says what stops each. Then it makes the changes that
// it proposes, on a copy, and looks again, until nothing new is found: what a first fault hid is in the same answer.
//
//   R1. What is not in the snapshot is `unknown`, never `no`.
//   R2. Applying all edits of an answer makes it reachable, unless an edit is `manual` or something is unknown.
//   R3. The same snapshot and question give the same answer, to the byte.
import { applyEdits } from './edit.js';
import { buildNetwork, type Network } from './network.js';
import { faultKey, STAGES, type Stop } from './open-trace.js';
import type { Answer, Edit, Fault, Question, Resolution, Verdict } from './question.js';
import { partialZones, type Walk } from './summary.js';
import { walk } from './walk.js';

/**
 * Whether the source reaches the destination, and if not, every reason why. Pure and total: a question about something that the
 * snapshot does not have is answered `unknown`.
 */
export function reach(network: Network, question: Question): Answer {
  const first = walk(network, question);
  const stops = first.verdict === 'reachable' ? [] : collectStops(network, question, first);
  return {
    question,
    verdict: first.verdict,
    resolution: first.resolution,
    traces: first.traces,
    faults: stops.map(toFault),
    unknowns: [...new Set(first.unknowns)],
    notes: [...new Set(first.notes)],
  };
}

/** Only the verdict, and what the name resolves to: for who asks once per connection. */
export function decideReach(
  network: Network,
  question: Question,
): { readonly verdict: Verdict; readonly resolution: Resolution } {
  const { verdict, resolution } = walk(network, question);
  return { verdict, resolution };
}

// Each look uncovers what the last edits laid open: a route, then its gateway, then the network ACL of the gateway's subnet.
const MOST_LOOKS = 6;

/** Edits behind which there is more to see. The others mend a check whose surroundings were looked at already. */
const UNCOVERING: ReadonlySet<Edit['kind']> = new Set<Edit['kind']>([
  'createRoute',
  'replaceRoute',
  'deleteRoute',
  'acceptVpcPeeringConnection',
  'attachInternetGateway',
  'createSecurityGroup',
  'createInterfaceEndpoint',
  'createGatewayEndpoint',
  'addEndpointRouteTable',
  'addEndpointSubnet',
  'putPrivateRecord',
  'setVpcAttribute',
  // It moves everybody in the VPC, also the subnets that had a way out.
  'enablePrivateDns',
]);

/** Edits that a next look does without: what they mend is found once more, and is known. */
const STANDING_ALONE: ReadonlySet<Edit['kind']> = new Set<Edit['kind']>(['manual', 'associatePublicAddress']);

function collectStops(network: Network, question: Question, first: Walk): readonly Stop[] {
  const found = new Map<string, Stop>();
  let look = first;
  let snapshot = network.snapshot;
  for (let looks = 1; looks <= MOST_LOOKS; looks++) {
    const fresh = look.stops.filter((one) => !found.has(faultKey(one)));
    for (const one of fresh) found.set(faultKey(one), one);
    const edits = fresh.flatMap((one) => one.edits).filter((edit) => !STANDING_ALONE.has(edit.kind));
    if (!edits.some((edit) => UNCOVERING.has(edit.kind))) break;
    snapshot = applyEdits(snapshot, edits);
    look = walk(buildNetwork(snapshot), question);
  }
  return [...found.values(), ...partialZones(first)].toSorted((a, b) => STAGES[a.stage] - STAGES[b.stage]);
}

/** The question after an edit: only a launch changes, when it is given a public address. */
export function applyEditToQuestion(question: Question, edit: Edit): Question {
  if (edit.kind !== 'associatePublicAddress' || question.from.kind !== 'launch') return question;
  if (edit.launch !== question.from.name) return question;
  return { ...question, from: { ...question.from, associatePublicIpAddress: true } };
}

function toFault({ code, explanation, evidence, edits }: Stop): Fault {
  return { code, explanation, evidence, edits };
}
