// The endpoint itself: its state, its zones, and whether its policy can let anything pass.
import { judgeEndpointPolicy } from '../endpoint-policy.js';
import type { EndpointEntry } from '../network.js';
import { leaveUnknown, manual, type OpenTrace, pass, stopHop } from '../open-trace.js';
import type { Place } from '../place.js';

/** `isNamed`: the connection is for the endpoint's service, so its policy counts. */
export function checkEndpoint(trace: OpenTrace, entry: EndpointEntry, isNamed: boolean): void {
  const where = { component: 'vpcEndpoint' as const, id: entry.id };
  if (entry.state === 'available') pass(trace, where, `${entry.serviceName}, available`);
  else {
    stopHop(trace, where, entry.state, {
      code: 'ENDPOINT_STATE',
      stage: 'destination',
      explanation: `${entry.id} is ${entry.state}, not available.`,
      evidence: [{ id: entry.id, what: `state ${entry.state}` }],
      edits: manual(adviseOnState(entry)),
    });
  }
  if (isNamed) checkPolicy(trace, entry);
}

function adviseOnState(entry: EndpointEntry): string {
  if (entry.state === 'pendingacceptance') return `accept ${entry.id} in the service's account`;
  return entry.state === 'pending' ? `wait until ${entry.id} is available` : `create ${entry.id} anew`;
}

function checkPolicy(trace: OpenTrace, entry: EndpointEntry): void {
  const { access } = trace.question;
  const servicePrefix = actionPrefix(entry.serviceName);
  const judgement = judgeEndpointPolicy({
    vpcEndpointId: entry.id,
    document: entry.endpoint.PolicyDocument,
    servicePrefix,
    ...(access && { access }),
    context: {
      'aws:SourceVpce': [entry.id],
      'aws:SecureTransport': ['true'],
      ...(entry.endpoint.VpcId !== undefined && { 'aws:SourceVpc': [entry.endpoint.VpcId] }),
    },
  });
  if (judgement.kind === 'mayAllow') {
    // Who asks for certain actions wants to know; for the service as a whole it is worth a note.
    if (access !== undefined)
      leaveUnknown(trace, { component: 'vpcEndpoint', id: entry.id }, `${entry.id}: ${judgement.note}`);
    else trace.notes.push(`${entry.id}: ${judgement.note}`);
  }
  if (judgement.kind !== 'withholds') return;
  const actions = access?.actions ?? [`${servicePrefix}:*`];
  const statement = JSON.stringify({ Effect: 'Allow', Principal: '*', Action: actions, Resource: '*' });
  stopHop(trace, { component: 'vpcEndpoint', id: entry.id }, judgement.because, {
    code: 'POLICY_ENDPOINT',
    stage: 'destination',
    explanation: `The policy of ${entry.id} lets no such request pass: ${judgement.because}.`,
    evidence: [{ id: entry.id, what: entry.endpoint.PolicyDocument ?? '' }],
    edits: judgement.deniedBy
      ? manual(`the policy of ${entry.id} denies it on purpose: ask its owner to change ${judgement.deniedBy}`)
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
export function missInterfaces(trace: OpenTrace, entry: EndpointEntry, source: Place): void {
  const where = { component: 'vpcEndpoint' as const, id: entry.id };
  if (entry.endpoint.SubnetIds === undefined) {
    leaveUnknown(trace, where, `the subnets of ${entry.id} are not in the snapshot`);
    return;
  }
  stopHop(trace, where, `${entry.id} has no interface in any subnet`, {
    code: 'ENDPOINT_MISSING',
    stage: 'destination',
    explanation: `${entry.id} has no interface in any subnet.`,
    evidence: [{ id: entry.id, what: 'no subnets' }],
    edits: [{ kind: 'addEndpointSubnet', vpcEndpointId: entry.id, subnetId: source.subnetId }],
  });
}

/** A client in a zone without an interface still gets through, at the cost of crossing zones. */
export function noteOtherZone(trace: OpenTrace, entry: EndpointEntry, source: Place): void {
  const zoneOf = (place: Place) => trace.network.subnets.get(place.subnetId)?.zone;
  const zone = zoneOf(source);
  const zones = entry.places.map(zoneOf);
  if (zone === undefined || zones.includes(zone) || zones.includes(undefined)) return;
  trace.notes.push(`${entry.id} has no interface in ${zone}: connections from there cross zones`);
}
