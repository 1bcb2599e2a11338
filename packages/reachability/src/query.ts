// query: one question from all the places of its source, and the traces that it makes.

import type { Network } from './network.js';
import { closeTrace, type OpenTrace, type RuleNumbers, startTrace } from './open-trace.js';
import { leave } from './path/end.js';
import type { Place } from './place.js';
import type { Question } from './question.js';
import type { TracedPath } from './summary.js';

/** A question that is being answered: from where, and what its traces share. */
export interface Query {
  readonly network: Network;
  readonly question: Question;
  readonly sources: readonly [Place, ...Place[]];
  readonly numbers: RuleNumbers;
  /** What the resolver said, noted first on every trace. */
  readonly open: (open: OpenTrace) => void;
}

export function openTrace(query: Query, source: Place): OpenTrace {
  const open = startTrace(query.network, query.question, query.numbers);
  query.open(open);
  leave(open, source);
  return open;
}

export function finishTrace(query: Query, source: Place, open: OpenTrace, destinationAddress?: string): TracedPath {
  const entry = query.network.subnets.get(source.subnetId);
  if (hasIpv6(entry?.subnet.Ipv6CidrBlockAssociationSet))
    open.notes.push(`${source.subnetId} has IPv6: it is not analysed`);
  const trace = closeTrace(open, {
    subnetId: source.subnetId,
    ...(entry?.zone !== undefined && { availabilityZone: entry.zone }),
    ...(destinationAddress !== undefined && { destinationAddress }),
  });
  return { open, trace };
}

function hasIpv6(associations: readonly unknown[] | undefined): boolean {
  return associations !== undefined && associations.length > 0;
}
