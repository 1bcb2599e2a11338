// What stands at the end of a path.
import { leaveUnknown, manual, type OpenTrace, pass, stopHop } from '../open-trace.js';
import type { Place } from '../place.js';
import { describePlace, isStopped } from './end.js';
import { checkEndpoint } from './endpoint-check.js';

export function arriveAt(trace: OpenTrace, place: Place): void {
  const where = { component: 'networkInterface' as const, id: place.id, direction: 'ingress' as const };
  const state = place.instanceState;
  if (!isStopped(state)) {
    pass(trace, where, describePlace(place));
    return;
  }
  const id = place.ownerId ?? place.id;
  stopHop(trace, where, `its instance is ${state}`, {
    code: 'BAD_STATE',
    stage: 'destination',
    explanation: `${id} is ${state}, so nothing reaches it.`,
    evidence: [{ id, what: `state ${state}` }],
    edits: manual(`start ${id}`),
  });
}

export function checkGatewayEndpoint(trace: OpenTrace, id: string): void {
  const entry = trace.network.endpoints.byId.get(id);
  const where = { component: 'vpcEndpoint' as const, id };
  if (entry === undefined) leaveUnknown(trace, where, `${id} is not in the snapshot`);
  else if (entry.type !== 'Gateway')
    leaveUnknown(trace, where, `${id} leads to appliances that are not in the snapshot`);
  else checkEndpoint(trace, entry, trace.question.to.kind === 'name');
}
