// Network ACLs on the path: four checks between two subnets, none within one.
import type { AddressSet, Interval } from '../address.js';
import type { Network } from '../network.js';
import { type AclDenial, type AclMatch, type CompiledAcl, LAST_RULE_NUMBER, matchAcl } from '../network-acl.js';
import { answerPorts, leaveUnknown, type OpenTrace, pass, type Stage, type Stop, stopHop } from '../open-trace.js';
import type { Place } from '../place.js';
import type { Edit } from '../question.js';
import { cidrOf, edge, protocolText } from './end.js';

interface AclCheck {
  readonly subnetId: string;
  readonly vpcId: string;
  readonly direction: 'ingress' | 'egress';
  readonly addresses: AddressSet;
  /** The range that an allow entry would name. */
  readonly cidr: string;
  readonly ports: Interval;
  readonly isAnswer: boolean;
  readonly stage: Stage;
}

function aclOf(network: Network, check: AclCheck): CompiledAcl | undefined {
  return network.acls?.bySubnet.get(check.subnetId) ?? network.acls?.defaultByVpc.get(check.vpcId);
}

export function checkAcl(trace: OpenTrace, check: AclCheck): void {
  const acl = aclOf(trace.network, check);
  const where = { component: 'networkAcl' as const, id: acl?.id ?? check.subnetId, direction: check.direction };
  if (acl === undefined) {
    const because =
      trace.network.acls === undefined
        ? 'network ACLs were not looked at'
        : `the network ACL of ${check.subnetId} is not in the snapshot`;
    leaveUnknown(trace, where, because);
    return;
  }
  const match = matchAcl(acl, check.direction, trace.protocol, check.addresses, check.ports);
  if (match.outcome === 'pass') pass(trace, where, match.detail);
  else if (match.outcome === 'partial' && isRare(check, match.denial)) {
    pass(trace, where, match.detail);
    const [from, to] = match.denial.explicit!.ports;
    trace.notes.push(
      `${acl.id} drops answers to the ports ${from}-${to}: a connection from one of them fails, which is rare`,
    );
  } else if (match.outcome === 'unknown') leaveUnknown(trace, where, match.because);
  else stopHop(trace, where, match.detail, aclStop(trace, check, acl, match));
}

// Somebody denies a port like 3389 to everybody: the few connections whose client port it is are lost.
function isRare({ isAnswer, ports }: AclCheck, { isImplicit, explicit }: AclDenial): boolean {
  if (!isAnswer || isImplicit || explicit === undefined) return false;
  return explicit.ports[1] - explicit.ports[0] + 1 <= (ports[1] - ports[0] + 1) / 1000;
}

function aclStop(
  trace: OpenTrace,
  check: AclCheck,
  acl: CompiledAcl,
  match: AclMatch & { readonly outcome: 'stop' | 'partial' },
): Stop {
  const isPartial = match.outcome === 'partial';
  const side = check.direction === 'egress' ? 'to' : 'from';
  const what = check.isAnswer
    ? `the answers ${side} ${check.cidr}`
    : `${protocolText(trace)} ${check.ports[0]} ${side} ${check.cidr}`;
  return {
    code: check.isAnswer ? 'NACL_RETURN_EPHEMERAL' : 'SUBNET_ACL_RESTRICTION',
    stage: check.stage,
    isPartial,
    explanation: `${acl.id} at the edge of ${check.subnetId} ${isPartial ? 'lets only part of' : 'denies'} ${what}${isPartial ? ' pass' : ''}.`,
    evidence: [
      { id: acl.id, what: match.detail },
      { id: check.subnetId, what: `its network ACL is ${acl.id}` },
    ],
    edits: aclEdits(trace, check, acl, match.denial),
  };
}

/**
 * What no entry allows is allowed after all entries, so what somebody denies stays denied. What an entry denies of this very path is
 * allowed just before it: these addresses, these ports, and no more.
 */
function aclEdits(trace: OpenTrace, check: AclCheck, acl: CompiledAcl, denial: AclDenial): readonly Edit[] {
  const { isImplicit, explicit } = denial;
  return [
    ...(isImplicit ? [entryBefore(trace, check, acl, LAST_RULE_NUMBER, check.ports)] : []),
    ...(explicit === undefined ? [] : [entryBefore(trace, check, acl, explicit.before, explicit.ports)]),
  ];
}

function entryBefore(trace: OpenTrace, check: AclCheck, acl: CompiledAcl, before: number, ports: Interval): Edit {
  const [fromPort, toPort] = ports;
  const protocol = String(trace.protocol);
  const entry = `${check.cidr} ${protocol} ${fromPort}-${toPort}`;
  const ruleNumber = trace.numbers.take(acl, check.direction, before, entry);
  if (ruleNumber === undefined) {
    const what = `renumber the ${check.direction} entries of ${acl.id}: no rule number is free below ${before}`;
    return { kind: 'manual', what };
  }
  const egress = check.direction === 'egress';
  return {
    kind: 'createNetworkAclEntry',
    networkAclId: acl.id,
    egress,
    ruleNumber,
    cidr: check.cidr,
    protocol,
    fromPort,
    toPort,
  };
}

/** The four checks between two subnets: out, in, and the answers out and in. Within one subnet there are none. */
export function crossing(
  network: Network,
  trace: OpenTrace,
  from: Place,
  to: Place,
): { there: () => void; arrive: () => void; back: () => void } {
  const toCidr = cidrOf(network, to);
  const fromCidr = cidrOf(network, from);
  const ports: Interval = [trace.port, trace.port];
  const answers = answerPorts(trace, from.ephemeralPorts);
  if (from.subnetId === to.subnetId) return { there: () => {}, arrive: () => {}, back: () => {} };
  return {
    there: () =>
      checkAcl(trace, {
        ...edge(from),
        direction: 'egress',
        addresses: to.addresses,
        cidr: toCidr,
        ports,
        isAnswer: false,
        stage: 'source',
      }),
    arrive: () =>
      checkAcl(trace, {
        ...edge(to),
        direction: 'ingress',
        addresses: from.addresses,
        cidr: fromCidr,
        ports,
        isAnswer: false,
        stage: 'destination',
      }),
    back: () => {
      checkAcl(trace, {
        ...edge(to),
        direction: 'egress',
        addresses: from.addresses,
        cidr: fromCidr,
        ports: answers,
        isAnswer: true,
        stage: 'destination',
      });
      checkAcl(trace, {
        ...edge(from),
        direction: 'ingress',
        addresses: to.addresses,
        cidr: toCidr,
        ports: answers,
        isAnswer: true,
        stage: 'destination',
      });
    },
  };
}
