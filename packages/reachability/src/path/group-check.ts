// Security groups on the path: the check, and the refusal in words and as an edit.
import type { Code } from '../codes.js';
import { leaveUnknown, type OpenTrace, pass, type Stop, stopHop } from '../open-trace.js';
import type { Place } from '../place.js';
import type { Edit, Hop } from '../question.js';
import { type GroupMatch, matchGroups, type Peer } from '../security-group.js';
import { type EditPeer, ownGroup, protocolText } from './end.js';

type Refusal = Extract<GroupMatch, { readonly outcome: 'stop' }>;

interface GroupCheck {
  readonly place: Place;
  readonly direction: 'ingress' | 'egress';
  readonly peer: Peer;
  readonly editPeer: EditPeer;
  /** What the other end is, in words. */
  readonly peerText: string;
  /** The groups of the other end, to tell a shared group. */
  readonly sharedWith?: readonly string[];
}

export function checkGroups(trace: OpenTrace, check: GroupCheck): void {
  const { network, protocol, port } = trace;
  const { place, direction } = check;
  const groupIds = place.groupIds;
  const where = { component: 'securityGroup' as const, id: groupIds?.join(',') ?? place.id, direction };
  if (groupIds === undefined || network.groups === undefined) {
    const missing = groupIds === undefined ? `the security groups of ${place.id} are` : 'security groups were';
    leaveUnknown(trace, where, groupIds === undefined ? `${missing} not in the snapshot` : `${missing} not looked at`);
    return;
  }
  if (groupIds.length === 0) {
    // An interface without groups is one of AWS's own (a NAT gateway): nothing filters it.
    pass(trace, where, `${place.id} has no security group`);
    return;
  }
  const match = matchGroups(network.groups, network.prefixLists, groupIds, {
    direction,
    protocol,
    port,
    peer: check.peer,
  });
  if (match.outcome === 'pass') pass(trace, where, match.detail);
  else if (match.outcome === 'unknown') leaveUnknown(trace, where, match.because);
  else refuseByGroups(trace, where, check, groupIds, match);
}

function refuseByGroups(
  trace: OpenTrace,
  where: Omit<Hop, 'outcome' | 'detail'>,
  check: GroupCheck,
  groupIds: readonly string[],
  match: Refusal,
): void {
  const { direction } = check;
  const what = `${protocolText(trace)} ${trace.port} ${direction === 'egress' ? 'to' : 'from'} ${check.peerText}`;
  const code = groupCode(check, groupIds, match);
  const found: Stop = {
    code,
    stage: direction === 'egress' ? 'source' : 'destination',
    explanation: explainRefusal(code, groupIds, what, match),
    evidence: groupIds.map((id) => ({ id, what: describeRules(id, direction, match) })),
    edits: [authorize(trace, check, ownGroup(trace.network, groupIds))],
  };
  stopHop(trace, where, `no rule allows ${what}`, found);
}

function groupCode(check: GroupCheck, groupIds: readonly string[], match: Refusal): Code {
  if (match.lostReference !== undefined) return 'SG_REFERENCES_NOT_PRESERVED';
  const isShared = check.direction === 'ingress' && groupIds.some((id) => check.sharedWith?.includes(id));
  if (isShared) return 'SG_SHARED_NO_SELF_RULE';
  return match.hasRules ? 'ENI_SG_RULES_MISMATCH' : 'SG_HAS_NO_RULES';
}

function explainRefusal(code: Code, groupIds: readonly string[], what: string, match: Refusal): string {
  const groups = groupIds.join(', ');
  switch (code) {
    case 'SG_REFERENCES_NOT_PRESERVED':
      return `The rule that names ${match.lostReference} does not match ${what}: a middlebox on the path hides the group.`;
    case 'SG_SHARED_NO_SELF_RULE':
      return `Both ends carry ${groups}, which has no rule for itself, so it does not allow ${what}.`;
    case 'SG_HAS_NO_RULES':
      return `${groups} has no rules in this direction, so it does not allow ${what}.`;
    default:
      return groupIds.length === 1 ? `${groups} does not allow ${what}.` : `None of ${groups} allows ${what}.`;
  }
}

function describeRules(id: string, direction: string, match: Refusal): string {
  const own = match.nearMisses.filter((rule) => rule.startsWith(`${id}: `)).map((rule) => rule.slice(id.length + 2));
  return own.length === 0 ? `${direction}: no rules for IPv4` : `${direction}: ${own.join('; ')}`;
}

function authorize(trace: OpenTrace, check: GroupCheck, groupId: string): Edit {
  const { editPeer } = check;
  const peer =
    editPeer.groupId !== undefined
      ? { groupId: editPeer.groupId }
      : editPeer.prefixListId !== undefined
        ? { prefixListId: editPeer.prefixListId }
        : { cidr: editPeer.cidr };
  return {
    kind: 'authorizeSecurityGroup',
    direction: check.direction,
    groupId,
    protocol: protocolText(trace),
    fromPort: trace.port,
    toPort: trace.port,
    peer,
  };
}
