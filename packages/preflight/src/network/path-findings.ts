// path-findings: what stops a path through the network, as findings with evidence, edits and commands.
import {
  type Answer,
  CODES,
  type CustomResolver,
  describeEdit,
  type Fault,
  findCustomResolver,
  type Network,
  type NetworkSnapshot,
  type Question,
  reach,
} from '@directrix/reachability';
import type { CheckContext, Draft } from '../check.js';
import { draft } from '../draft.js';
import type { Severity } from '../finding.js';
import { commandsOf } from './edit-command.js';

export interface PathQuestion {
  readonly question: Question;
  /** What the path is: `web to ssm.us-west-2.amazonaws.com:443`. */
  readonly subject: string;
  /** Of a fault on it. */
  readonly severity: Severity;
}

/** Every fault of every path, each once, and a warning for each path that cannot be decided. */
export function findPathFaults({ network }: CheckContext, paths: readonly PathQuestion[]): readonly Draft[] {
  if (network === undefined)
    return [...new Set(paths.map(({ subject }) => subject))].map((subject) =>
      draftUndecided(subject, ['the network was not read']),
    );
  const found = new Map<string, Draft>();
  for (const path of paths) {
    const answer = reach(network, path.question);
    for (const fault of answer.faults) keepFirst(found, keyOf(fault), describeFault(fault, path, network.snapshot));
    if (answer.verdict === 'unknown')
      keepFirst(found, `unknown ${path.subject}`, describeUnknown(network, answer, path));
  }
  return [...found.values()];
}

function keepFirst(found: Map<string, Draft>, key: string, made: Draft): void {
  if (!found.has(key)) found.set(key, made);
}

// The same missing rule met on two ways is one fault with one fix.
function keyOf({ code, edits, explanation }: Fault): string {
  return `${code} ${edits.length === 0 ? explanation : JSON.stringify(edits)}`;
}

export function describeFault(fault: Fault, path: Omit<PathQuestion, 'question'>, snapshot: NetworkSnapshot): Draft {
  const texts = fault.edits.map(describeEdit);
  return {
    code: fault.code,
    severity: path.severity,
    subject: path.subject,
    message: fault.explanation,
    evidence: fault.evidence,
    fix: {
      text: texts.length === 0 ? 'see what is named in the evidence' : texts.join('; then '),
      commands: fault.edits.flatMap((edit) => commandsOf(edit, snapshot)),
      edits: fault.edits,
    },
  };
}

function describeUnknown(network: Network, { unknowns, traces }: Answer, { subject }: PathQuestion): Draft {
  const vpcId = network.subnets.get(traces[0]?.subnetId ?? '')?.vpcId;
  const resolver = vpcId === undefined ? undefined : findCustomResolver(network, vpcId);
  if (resolver !== undefined) return describeCustomResolver(resolver, subject);
  return draftUndecided(subject, unknowns);
}

/** A path of which too little is known. */
export function draftUndecided(subject: string, unknowns: readonly string[]): Draft {
  return draft('NETWORK_NOT_DECIDED', {
    subject,
    message: `Whether ${subject} passes cannot be told: ${unknowns.join('; ') || 'the snapshot does not say'}.`,
    evidence: unknowns.map((what) => ({ id: 'network', what })),
  });
}

function describeCustomResolver({ dhcpOptionsId, servers }: CustomResolver, subject: string): Draft {
  const what = `${dhcpOptionsId} sends names to ${servers.join(', ')}`;
  return {
    code: 'DNS_CUSTOM_RESOLVER',
    severity: 'warning',
    subject,
    message: `What ${subject} resolves to cannot be told: ${what}, whose answers are not known.`,
    evidence: [{ id: dhcpOptionsId, what }],
    fix: { text: CODES.DNS_CUSTOM_RESOLVER.fix, commands: [] },
  };
}
