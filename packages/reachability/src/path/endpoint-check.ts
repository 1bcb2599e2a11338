// The endpoint itself: its state, its zones, and whether its policy can let anything pass.
import { judgeEndpointPolicy } from '../endpoint-policy.js';
import { type Journey, manual, pass, stop, wonder } from '../journey.js';
import type { EndpointEntry } from '../network.js';
import type { Place } from '../place.js';

/** `isNamed`: the connection is for the endpoint's service, so its policy counts. */
export function checkEndpoint(journey: Journey, entry: EndpointEntry, isNamed: boolean): void {
  const where = { component: 'vpcEndpoint' as const, id: entry.id };
  if (entry.state === 'available') pass(journey, where, `${entry.serviceName}, available`);
  else {
    stop(journey, where, entry.state, {
      code: 'ENDPOINT_STATE',
      stage: 'destination',
      explanation: `${entry.id} is ${entry.state}, not available.`,
      evidence: [{ id: entry.id, what: `state ${entry.state}` }],
      edits: manual(adviseOnState(entry)),
    });
  }
  if (isNamed) checkPolicy(journey, entry);
}

function adviseOnState(entry: EndpointEntry): string {
  if (entry.state === 'pendingacceptance') return `accept ${entry.id} in the service's account`;
  return entry.state === 'pending' ? `wait until ${entry.id} is available` : `create ${entry.id} anew`;
}

function checkPolicy(journey: Journey, entry: EndpointEntry): void {
  const { access } = journey.question;
  const servicePrefix = actionPrefix(entry.serviceName);
  const judgement = judgeEndpointPolicy(entry.endpoint.PolicyDocument, { servicePrefix, ...access });
  if (judgement.kind === 'mayAllow') journey.notes.push(`${entry.id}: ${judgement.note}`);
  if (judgement.kind !== 'withholds') return;
  const actions = access?.actions ?? [`${servicePrefix}:*`];
  const statement = JSON.stringify({ Effect: 'Allow', Principal: '*', Action: actions, Resource: '*' });
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

/** Where the name of the service and the prefix of its actions differ. */
const ACTION_PREFIXES: Readonly<Record<string, string>> = {
  'ecr.api': 'ecr',
  'ecr.dkr': 'ecr',
  'email-smtp': 'ses',
  monitoring: 'cloudwatch',
  'sagemaker.runtime': 'sagemaker',
};

function actionPrefix(serviceName: string): string {
  const suffix = serviceName.replace(/^(cn\.)?com\.amazonaws\.[^.]+\./, '');
  return ACTION_PREFIXES[suffix] ?? suffix;
}

/** An endpoint of no subnet has nowhere to be reached. */
export function missInterfaces(journey: Journey, entry: EndpointEntry, source: Place): void {
  const where = { component: 'vpcEndpoint' as const, id: entry.id };
  if (entry.endpoint.SubnetIds === undefined) {
    wonder(journey, where, `the subnets of ${entry.id} are not in the snapshot`);
    return;
  }
  stop(journey, where, `${entry.id} has no interface in any subnet`, {
    code: 'ENDPOINT_MISSING',
    stage: 'destination',
    explanation: `${entry.id} has no interface in any subnet.`,
    evidence: [{ id: entry.id, what: 'no subnets' }],
    edits: [{ kind: 'addEndpointSubnet', vpcEndpointId: entry.id, subnetId: source.subnetId }],
  });
}

/** A client in a zone without an interface still gets through, at the cost of crossing zones. */
export function noteOtherZone(journey: Journey, entry: EndpointEntry, source: Place): void {
  const zoneOf = (place: Place) => journey.network.subnets.get(place.subnetId)?.zone;
  const zone = zoneOf(source);
  const zones = entry.places.map(zoneOf);
  if (zone === undefined || zones.includes(zone) || zones.includes(undefined)) return;
  journey.notes.push(`${entry.id} has no interface in ${zone}: connections from there cross zones`);
}
