// bystanders: who else is affected when the faults of an answer are mended as proposed.
//
// Private DNS, routes, groups and network ACLs are shared. Everybody else in the VPCs concerned is asked the same question before and
// after; where a route or a name changes for a whole subnet or VPC, also for the way to the internet and to the services with endpoints.
import { comparePaths, hostOf } from './compare.js';
import { applyEdits } from './edit.js';
import type { Network } from './network.js';
import type { Answer, Edit, Fault, Question } from './question.js';
import { placesOf } from './source.js';

export interface Bystander {
  readonly question: Question;
  /** `opened`: it did not get through and would. `moved`: it gets through, by another way than now. */
  readonly kind: 'broken' | 'opened' | 'moved';
  readonly explanation: string;
  /** Of one that would break: what it would then lack. */
  readonly faults: readonly Fault[];
}

/** Of a larger network the first of them stand for all. */
const MOST_ASKED = 300;

const ROUTING: ReadonlySet<Edit['kind']> = new Set([
  'createRoute',
  'replaceRoute',
  'deleteRoute',
  'addEndpointRouteTable',
  'createGatewayEndpoint',
  'acceptVpcPeeringConnection',
  'attachInternetGateway',
]);

/** Empty when nothing is proposed. In the order broken, opened, moved. */
export function findBystanders(network: Network, { question, faults }: Answer): readonly Bystander[] {
  const edits = faults.flatMap((fault) => fault.edits).filter((edit) => edit.kind !== 'manual');
  if (edits.length === 0) return [];
  const before = network.snapshot;
  const after = applyEdits(before, edits);
  const changes = comparePaths(before, after, questionsOf(network, question, edits));
  const found = changes.flatMap(({ question: asked, kind, explanation, after: answer }): readonly Bystander[] => {
    if (kind === 'broken') return [{ question: asked, kind, explanation, faults: answer.faults }];
    if (kind === 'mended')
      return answer.verdict === 'reachable' ? [{ question: asked, kind: 'opened', explanation, faults: [] }] : [];
    return kind === 'rerouted' ? [{ question: asked, kind: 'moved', explanation, faults: [] }] : [];
  });
  const order = ['broken', 'opened', 'moved'];
  return found.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}

function questionsOf(network: Network, question: Question, edits: readonly Edit[]): readonly Question[] {
  const { to, port, protocol } = question;
  const same = { to, port, ...(protocol && { protocol }) };
  const wider = edits.some(({ kind }) => ROUTING.has(kind)) ? waysOut(network) : [];
  const asked = [same, ...wider.filter((one) => JSON.stringify(one) !== JSON.stringify(same))];
  return othersThan(network, question).flatMap((from) => asked.map((one): Question => ({ from, ...one })));
}

/** The internet, and each service that an endpoint of the snapshot serves. */
function waysOut(network: Network): readonly Pick<Question, 'to' | 'port'>[] {
  const services = [...network.endpoints.byId.values()].flatMap(({ serviceName }) => hostOf(serviceName) ?? []);
  const names = [...new Set(['example.com', ...services])].slice(0, 8);
  return names.map((name) => ({ to: { kind: 'name', name }, port: 443 }));
}

/** Instances that run and are not like the source, which the change is for. */
function othersThan(network: Network, { from, to }: Question): readonly Question['from'][] {
  const places = placesOf(network, from);
  const own = typeof places === 'string' ? [] : places;
  const vpcIds = new Set(own.map(({ vpcId }) => vpcId));
  const look = (place: { readonly subnetId: string; readonly groupIds?: readonly string[] }) =>
    `${place.subnetId} ${[...(place.groupIds ?? [])].sort().join(' ')}`;
  const alike = new Set(own.map(look));
  return [...network.places.byInstance]
    .filter(([id, place]) => {
      const isEnd = to.kind === 'instance' && to.instanceId === id;
      const isRunning = place.instanceState === undefined || place.instanceState === 'running';
      return !isEnd && isRunning && vpcIds.has(place.vpcId) && !alike.has(look(place));
    })
    .slice(0, MOST_ASKED)
    .map(([instanceId]) => ({ kind: 'instance', instanceId }));
}
