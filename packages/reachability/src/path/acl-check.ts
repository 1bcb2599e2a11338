// Network ACLs on the way: four checks between two subnets, none within one.
import type { AddressSet, Interval } from '../address.js';
import { answerPorts, type Journey, manual, pass, type Stage, type Stop, stop, wonder } from '../journey.js';
import type { Network } from '../network.js';
import { type AclMatch, type CompiledAcl, matchAcl } from '../network-acl.js';
import { ALL_EPHEMERAL_PORTS, type Place } from '../place.js';
import type { Edit } from '../question.js';
import { edge, protocolText, subnetCidr } from './end.js';

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

export function checkAcl(journey: Journey, check: AclCheck): void {
  const acl = aclOf(journey.network, check);
  const where = { component: 'networkAcl' as const, id: acl?.id ?? check.subnetId, direction: check.direction };
  if (acl === undefined) {
    const because =
      journey.network.acls === undefined
        ? 'network ACLs were not looked at'
        : `the network ACL of ${check.subnetId} is not in the snapshot`;
    wonder(journey, where, because);
    return;
  }
  const match = matchAcl(acl, check.direction, journey.protocol, check.addresses, check.ports);
  if (match.outcome === 'pass') pass(journey, where, match.detail);
  else if (match.outcome === 'unknown') wonder(journey, where, match.because);
  else stop(journey, where, match.detail, aclStop(journey, check, acl, match));
}

function aclStop(
  journey: Journey,
  check: AclCheck,
  acl: CompiledAcl,
  match: AclMatch & { readonly outcome: 'stop' | 'partial' },
): Stop {
  const isPartial = match.outcome === 'partial';
  const side = check.direction === 'egress' ? 'to' : 'from';
  const what = check.isAnswer
    ? `the answers ${side} ${check.cidr}`
    : `${protocolText(journey)} ${check.ports[0]} ${side} ${check.cidr}`;
  return {
    code: check.isAnswer ? 'NACL_RETURN_EPHEMERAL' : 'SUBNET_ACL_RESTRICTION',
    stage: check.stage,
    isPartial,
    explanation: `${acl.id} at the edge of ${check.subnetId} ${isPartial ? 'lets only part of' : 'denies'} ${what}${isPartial ? ' pass' : ''}.`,
    evidence: [
      { id: acl.id, what: match.detail },
      { id: check.subnetId, what: `its network ACL is ${acl.id}` },
    ],
    edits: aclEdits(journey, check, acl, match.before),
  };
}

function aclEdits(journey: Journey, check: AclCheck, acl: CompiledAcl, before: number): readonly Edit[] {
  // AWS's advice for answers, whichever client it is: all of 1024-65535.
  const [fromPort, toPort] = check.isAnswer ? ALL_EPHEMERAL_PORTS : check.ports;
  const protocol = String(journey.protocol);
  const ruleNumber = journey.numbers.take(
    acl,
    check.direction,
    before,
    `${check.cidr} ${protocol} ${fromPort}-${toPort}`,
  );
  if (ruleNumber === undefined) {
    return manual(`renumber the ${check.direction} entries of ${acl.id}: no rule number is free below ${before}`);
  }
  const egress = check.direction === 'egress';
  return [
    {
      kind: 'createNetworkAclEntry',
      networkAclId: acl.id,
      egress,
      ruleNumber,
      cidr: check.cidr,
      protocol,
      fromPort,
      toPort,
    },
  ];
}

/** The four checks between two subnets: out, in, and the answers out and in. Within one subnet there are none. */
export function crossing(
  network: Network,
  journey: Journey,
  from: Place,
  to: Place,
): { forth: () => void; arrive: () => void; back: () => void } {
  const toCidr = subnetCidr(network, to);
  const fromCidr = subnetCidr(network, from);
  const ports: Interval = [journey.port, journey.port];
  const answers = answerPorts(journey, from.ephemeralPorts);
  if (from.subnetId === to.subnetId) return { forth: () => {}, arrive: () => {}, back: () => {} };
  return {
    forth: () =>
      checkAcl(journey, {
        ...edge(from),
        direction: 'egress',
        addresses: to.addresses,
        cidr: toCidr,
        ports,
        isAnswer: false,
        stage: 'source',
      }),
    arrive: () =>
      checkAcl(journey, {
        ...edge(to),
        direction: 'ingress',
        addresses: from.addresses,
        cidr: fromCidr,
        ports,
        isAnswer: false,
        stage: 'destination',
      }),
    back: () => {
      checkAcl(journey, {
        ...edge(to),
        direction: 'egress',
        addresses: from.addresses,
        cidr: fromCidr,
        ports: answers,
        isAnswer: true,
        stage: 'destination',
      });
      checkAcl(journey, {
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
