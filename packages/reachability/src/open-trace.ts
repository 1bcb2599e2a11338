// open trace: what is noted while one path is traced.
//
//   J1. A stop never ends the trace: what lies behind it is looked at as if the stop were fixed (the "complete but infeasible
//       path" of Bayless et al., Debugging Network Reachability with Blocked Paths, CAV 2021).

import type { Interval } from './address.js';
import type { Code } from './codes.js';
import type { Network } from './network.js';
import type { CompiledAcl } from './network-acl.js';
import { LAST_RULE_NUMBER } from './network-acl.js';
import type { Edit, Fault, Hop, Question, Trace, Verdict } from './question.js';
import { TCP, UDP } from './security-group.js';

/** The order of faults in an answer. */
export const STAGES = { name: 0, source: 1, path: 2, destination: 3 } as const;
export type Stage = keyof typeof STAGES;

export interface Stop extends Fault {
  readonly code: Code;
  readonly stage: Stage;
  /** Stops some of the packets only. */
  readonly isPartial?: boolean;
  /** There is no way out of the subnet towards this destination. */
  readonly lacksRouteOut?: boolean;
  /** Something that is meant to lead out does not work, rather than being absent. Told also when the mend leads elsewhere. */
  readonly isBroken?: boolean;
}

export interface OpenTrace {
  readonly network: Network;
  readonly question: Question;
  readonly protocol: number;
  readonly port: number;
  readonly numbers: RuleNumbers;
  readonly hops: Hop[];
  readonly stops: Stop[];
  readonly unknowns: string[];
  readonly notes: string[];
  /** Where the name leads is unknown, so whatever is found on this way, the verdict is too. */
  isAssumed: boolean;
}

export function startTrace(network: Network, question: Question, numbers: RuleNumbers): OpenTrace {
  return {
    network,
    question,
    numbers,
    protocol: question.protocol === 'udp' ? UDP : TCP,
    port: question.port,
    hops: [],
    stops: [],
    unknowns: [],
    notes: [],
    isAssumed: false,
  };
}

type Where = Omit<Hop, 'outcome' | 'detail'>;

export function pass(trace: OpenTrace, where: Where, detail: string): void {
  trace.hops.push({ ...where, outcome: 'pass', detail });
}

export function stopHop(trace: OpenTrace, where: Where, detail: string, found: Stop): void {
  trace.hops.push({ ...where, outcome: 'stop', detail });
  trace.stops.push(found);
}

export function leaveUnknown(trace: OpenTrace, where: Where, because: string): void {
  trace.hops.push({ ...where, outcome: 'unknown', detail: because });
  trace.unknowns.push(because);
}

export function verdictOf(trace: OpenTrace): Verdict {
  if (trace.isAssumed) return 'unknown';
  if (trace.stops.some((found) => !found.isPartial)) return 'unreachable';
  if (trace.unknowns.length > 0) return 'unknown';
  return trace.stops.length > 0 ? 'partial' : 'reachable';
}

export function closeTrace(
  trace: OpenTrace,
  where: Pick<Trace, 'subnetId' | 'availabilityZone' | 'destinationAddress'>,
): Trace {
  return {
    ...where,
    verdict: verdictOf(trace),
    hops: trace.hops,
    faultCodes: trace.stops.map((found) => found.code),
  };
}

/** The ports that answers come back to. */
export function answerPorts(trace: OpenTrace, ephemeral: Interval): Interval {
  const own = trace.question.sourcePort;
  return own === undefined ? ephemeral : [own, own];
}

/** Free rule numbers of network ACLs: the same entry asked for twice gets the same one, different ones never share. */
export interface RuleNumbers {
  take(acl: CompiledAcl, direction: 'ingress' | 'egress', before: number, entry: string): number | undefined;
}

export function createRuleNumbers(): RuleNumbers {
  const given = new Map<string, number>();
  const taken = new Map<string, Set<number>>();
  return {
    take(acl, direction, before, entry) {
      const key = `${acl.id} ${direction} ${entry}`;
      const earlier = given.get(key);
      if (earlier !== undefined && earlier < before) return earlier;
      const side = `${acl.id} ${direction}`;
      const used = taken.get(side) ?? new Set(acl.usedNumbers[direction]);
      taken.set(side, used);
      const number = freeNumberBelow(Math.min(before, LAST_RULE_NUMBER), used);
      if (number === undefined) return undefined;
      used.add(number);
      given.set(key, number);
      return number;
    },
  };
}

function freeNumberBelow(before: number, used: ReadonlySet<number>): number | undefined {
  for (let number = before - 1; number >= 1; number--) if (!used.has(number)) return number;
  return undefined;
}

/** A fault's identity: the same change for the same reason is the same fault. */
export function faultKey({ code, edits, explanation }: Pick<Fault, 'code' | 'edits' | 'explanation'>): string {
  return `${code} ${edits.length === 0 ? explanation : JSON.stringify(edits)}`;
}

export function manual(what: string): readonly Edit[] {
  return [{ kind: 'manual', what }];
}
