// The answer as somebody would draw it at a whiteboard: from the source down, hop by hop, to where it ends.
//
//     web: a new instance in subnet-0a1 (us-west-2a)
//      │
//      ✗ resolver ssm.us-west-2.amazonaws.com: a public address
//      │
//     ssm.us-west-2.amazonaws.com:443   unreachable
import { commandsOf } from '@directrix/preflight';
import {
  type Answer,
  describeDestination,
  describeEdit,
  describeSource,
  type Fault,
  type Hop,
  type NetworkSnapshot,
  type Source,
  type Trace,
  type Verdict,
} from '@directrix/reachability';
import type { Colors } from '../../colors.js';

/** The contract of `directrix reach --json`; docs/cli.md has it. */
export interface ReachDocument extends Answer {
  readonly schema: 'directrix.reach/1';
  /** For each fault, in its order: AWS CLI calls that mend it. */
  readonly commands: readonly (readonly string[])[];
}

export function describeReach(answer: Answer, snapshot: NetworkSnapshot): ReachDocument {
  return { schema: 'directrix.reach/1', ...answer, commands: answer.faults.map((fault) => fixOf(fault, snapshot)) };
}

// Logical ids of a template are no ids of AWS: no call mends them.
function fixOf({ edits }: Fault, snapshot: NetworkSnapshot): readonly string[] {
  if (snapshot.vpcs?.some(({ VpcId }) => !VpcId?.startsWith('vpc-'))) return [];
  return edits.flatMap((edit) => commandsOf(edit, snapshot));
}

export function formatReach(answer: Answer, snapshot: NetworkSnapshot, colors: Colors): string {
  const lines = [
    `${colorVerdict(answer.verdict, colors)(answer.verdict.toUpperCase())}: ${nameSource(answer.question.from)} to ${describeDestination(answer.question)}`,
    ...answer.traces
      .filter((_, index) => !isRepeated(answer.traces, index))
      .flatMap((trace) => drawTrace(trace, answer, colors)),
    ...formatFaults(answer, snapshot, colors),
    ...answer.unknowns.map((what) => `${colors.yellow('not known')}  ${what}`),
    ...answer.notes.map((what) => colors.dim(`note  ${what}`)),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

function drawTrace(trace: Trace, answer: Answer, colors: Colors): readonly string[] {
  const alike = answer.traces.filter((other) => other !== trace && looksLike(other) === looksLike(trace));
  const where = [trace.subnetId, trace.availabilityZone && `(${trace.availabilityZone})`].filter(Boolean).join(' ');
  const others = alike.map(({ subnetId, destinationAddress }) =>
    [
      subnetId === trace.subnetId ? '' : subnetId,
      destinationAddress === trace.destinationAddress ? '' : `to ${destinationAddress}`,
    ]
      .filter(Boolean)
      .join(' '),
  );
  const end = `${describeDestination(answer.question)}${trace.destinationAddress === undefined ? '' : ` at ${trace.destinationAddress}`}`;
  return [
    '',
    `  ${colors.bold(nameSource(answer.question.from))}${where === '' ? '' : ` in ${where}`}`,
    ...trace.hops.flatMap((hop) => ['   │', `   ${drawHop(hop, colors)}`]),
    '   │',
    `  ${trace.verdict === 'reachable' ? colors.bold(end) : `${end}  ${colorVerdict(trace.verdict, colors)(trace.verdict)}`}`,
    ...(others.length === 0 ? [] : [colors.dim(`  the same: ${[...new Set(others)].join(', ')}`)]),
  ];
}

function isRepeated(traces: readonly Trace[], index: number): boolean {
  return traces.slice(0, index).some((earlier) => looksLike(earlier) === looksLike(traces[index]!));
}

// Two zones that are built alike are one picture.
function looksLike({ verdict, hops, faultCodes }: Trace): string {
  return JSON.stringify([
    verdict,
    faultCodes,
    hops.map(({ component, outcome, direction }) => [component, outcome, direction]),
  ]);
}

const words: Readonly<Record<Hop['component'], string>> = {
  resolver: 'name',
  networkInterface: 'interface',
  securityGroup: 'security group',
  networkAcl: 'network ACL',
  routeTable: 'route table',
  internetGateway: 'internet gateway',
  natGateway: 'NAT gateway',
  vpcPeeringConnection: 'peering',
  vpcEndpoint: 'endpoint',
  service: 'service',
};

function drawHop({ component, id, direction, outcome, detail }: Hop, colors: Colors): string {
  const mark = { pass: colors.green('✓'), stop: colors.red('✗'), unknown: colors.yellow('?') }[outcome];
  const way = direction === undefined ? '' : direction === 'egress' ? ' out' : ' in';
  return `${mark} ${words[component]}${way} ${id}: ${detail}`;
}

function formatFaults({ faults }: Answer, snapshot: NetworkSnapshot, colors: Colors): readonly string[] {
  if (faults.length === 0) return [];
  return [
    '',
    `${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}, and what mends ${faults.length === 1 ? 'it' : 'them'}:`,
    ...faults.flatMap((fault, index) => [
      '',
      `${index + 1}. ${colors.red(fault.code)}  ${fault.explanation}`,
      ...fault.evidence.map(({ id, what }) => colors.dim(`     ${id}: ${what}`)),
      ...fault.edits.map((edit) => `   fix: ${describeEdit(edit)}`),
      ...fixOf(fault, snapshot).map((command) => `     ${colors.cyan('$')} ${command}`),
    ]),
    '',
  ];
}

function nameSource(source: Source): string {
  return source.kind === 'launch' ? `a new instance of ${source.name}` : describeSource(source);
}

function colorVerdict(verdict: Verdict, colors: Colors): (text: string) => string {
  if (verdict === 'reachable') return colors.green;
  return verdict === 'unreachable' ? colors.red : colors.yellow;
}
