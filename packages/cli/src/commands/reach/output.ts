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
  type Bystander,
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
interface ReachDocument extends Answer {
  readonly schema: 'directrix.reach/1';
  /** For each fault, in its order: AWS CLI calls that mend it. A call that mends several stands with the first of them. */
  readonly commands: readonly (readonly string[])[];
  /** Who else is affected by those calls. */
  readonly bystanders: readonly Bystander[];
  /** Of a template or a plan: what cannot be known before it is made. */
  readonly unresolved: readonly string[];
}

export function describeReach(
  answer: Answer,
  snapshot: NetworkSnapshot,
  bystanders: readonly Bystander[],
  unresolved: readonly string[],
): ReachDocument {
  return { schema: 'directrix.reach/1', ...answer, commands: fixesOf(answer.faults, snapshot), bystanders, unresolved };
}

/** The calls of each fault, and none twice: EC2 refuses to make the same rule again. */
export function fixesOf(faults: readonly Fault[], snapshot: NetworkSnapshot): readonly (readonly string[])[] {
  const told = new Set<string>();
  return faults.map((fault) => {
    const fresh = fixOf(fault, snapshot).filter((command) => !told.has(command));
    for (const command of fresh) told.add(command);
    return fresh;
  });
}

// Logical ids of a template are no ids of AWS: no call mends them.
function fixOf({ edits }: Fault, snapshot: NetworkSnapshot): readonly string[] {
  if (snapshot.vpcs?.some(({ VpcId }) => !VpcId?.startsWith('vpc-'))) return [];
  return edits.flatMap((edit) => commandsOf(edit, snapshot));
}

export function formatReach(
  answer: Answer,
  snapshot: NetworkSnapshot,
  bystanders: readonly Bystander[],
  unresolved: readonly string[],
  colors: Colors,
): string {
  const lines = [
    `${colorVerdict(answer.verdict, colors)(answer.verdict.toUpperCase())}: ${nameSource(answer.question.from)} to ${describeDestination(answer.question)}`,
    ...distinctTraces(answer).flatMap((trace) => drawTrace(trace, answer, colors)),
    ...formatFaults(answer, snapshot, colors),
    ...formatBystanders(bystanders, colors),
    ...answer.unknowns.map((what) => `${colors.yellow('not known')}  ${what}`),
    ...answer.notes.map((what) => colors.dim(`note  ${what}`)),
    ...(answer.verdict === 'unknown' ? unresolved.slice(0, mostUnresolved) : []).map((what) =>
      colors.dim(`not known before it is made  ${what}`),
    ),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

function drawTrace(trace: Trace, answer: Answer, colors: Colors): readonly string[] {
  const where = nameSubnet(trace);
  const others = nameAlike(trace, answer);
  const end = nameEnd(trace, answer);
  return [
    '',
    `  ${colors.bold(nameSource(answer.question.from))}${where === '' ? '' : ` in ${where}`}`,
    ...trace.hops.flatMap((hop) => ['   │', `   ${drawHop(hop, colors)}`]),
    '   │',
    `  ${trace.verdict === 'reachable' ? colors.bold(end) : `${end}  ${colorVerdict(trace.verdict, colors)(trace.verdict)}`}`,
    ...(others.length === 0 ? [] : [colors.dim(`  the same: ${others.join(', ')}`)]),
  ];
}

function nameSubnet({ subnetId, availabilityZone }: Trace): string {
  return [subnetId, availabilityZone && `(${availabilityZone})`].filter(Boolean).join(' ');
}

/** Where a trace begins: `a new instance of web in subnet-0a1 (us-west-2a)`. */
export function nameBeginning(trace: Trace, { question }: Answer): string {
  const where = nameSubnet(trace);
  return `${nameSource(question.from)}${where === '' ? '' : ` in ${where}`}`;
}

/** Where a trace leads: `ssm.us-west-2.amazonaws.com:443 at 10.0.1.7`. */
export function nameEnd({ destinationAddress }: Trace, { question }: Answer): string {
  return `${describeDestination(question)}${destinationAddress === undefined ? '' : ` at ${destinationAddress}`}`;
}

/** The traces that differ: two zones that are built alike are one picture. */
export function distinctTraces({ traces }: Answer): readonly Trace[] {
  return traces.filter((_, index) => !isRepeated(traces, index));
}

/** The subnets and addresses of the other traces that look like this one. */
export function nameAlike(trace: Trace, { traces }: Answer): readonly string[] {
  const alike = traces.filter((other) => other !== trace && looksLike(other) === looksLike(trace));
  const named = alike.map(({ subnetId, destinationAddress }) =>
    [
      subnetId === trace.subnetId ? '' : subnetId,
      destinationAddress === trace.destinationAddress ? '' : `to ${destinationAddress}`,
    ]
      .filter(Boolean)
      .join(' '),
  );
  return [...new Set(named)];
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
  transitGateway: 'transit gateway',
  vpcEndpoint: 'endpoint',
  service: 'service',
};

function drawHop(hop: Hop, colors: Colors): string {
  const mark = { pass: colors.green('✓'), stop: colors.red('✗'), unknown: colors.yellow('?') }[hop.outcome];
  return `${mark} ${nameHop(hop)} ${hop.id}: ${hop.detail}`;
}

/** `security group out` */
export function nameHop({ component, direction }: Hop): string {
  const way = direction === undefined ? '' : direction === 'egress' ? ' out' : ' in';
  return `${words[component]}${way}`;
}

const mostBystanders = 10;
/** `--json` has them all. */
const mostUnresolved = 10;

function formatBystanders(bystanders: readonly Bystander[], colors: Colors): readonly string[] {
  if (bystanders.length === 0) return [];
  const marks = { broken: colors.red('breaks'), opened: colors.yellow('opens'), moved: colors.dim('moves') };
  const more = bystanders.length - mostBystanders;
  return [
    'Who else is affected by that:',
    ...bystanders
      .slice(0, mostBystanders)
      .flatMap(({ kind, explanation, faults }) => [
        `  ${marks[kind]}  ${explanation}`,
        ...faults.flatMap(({ edits }) => edits.map((edit) => `    before that: ${describeEdit(edit)}`)),
      ]),
    ...(more > 0 ? [`  and ${more} more (--json has them all)`] : []),
    '',
  ];
}

function formatFaults({ faults }: Answer, snapshot: NetworkSnapshot, colors: Colors): readonly string[] {
  if (faults.length === 0) return [];
  const commands = fixesOf(faults, snapshot);
  return [
    '',
    `${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}, and what fixes ${faults.length === 1 ? 'it' : 'them'}:`,
    ...faults.flatMap((fault, index) => [
      '',
      `${index + 1}. ${colors.red(fault.code)}  ${fault.explanation}`,
      ...fault.evidence.map(({ id, what }) => colors.dim(`     ${id}: ${what}`)),
      ...fault.edits.map((edit) => `   fix: ${describeEdit(edit)}`),
      ...commands[index]!.map((command) => `     ${colors.cyan('$')} ${command}`),
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
