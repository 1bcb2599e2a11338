import type { SecurityGroup, SecurityGroupRule, SecurityGroupRuleDescription, Tag } from '@aws-sdk/client-ec2';
import { AwsError } from '../../control-plane/aws-error.js';
import type { OperationContext } from '../../control-plane/types.js';
import { copyOf } from './copy.js';
import { permissionsOf } from './ip-permissions.js';
import { invalidParameterValue } from './refusals.js';
import type { RulePeer, RuleSpecification } from './rule-specification.js';
import type { Ec2State } from './state.js';
import { putTags, tagsOf } from './tags.js';

/** The rule in the books that says the same (its description aside). */
export function findRule(
  rule: RuleSpecification,
  group: SecurityGroup,
  isEgress: boolean,
  state: Ec2State,
): SecurityGroupRule | undefined {
  return rulesOfGroup(group, state).find(
    (one) =>
      one.IsEgress === isEgress &&
      one.IpProtocol === rule.protocol &&
      one.FromPort === rule.fromPort &&
      one.ToPort === rule.toPort &&
      peerText(one) === textOfPeer(rule.peer),
  );
}

export function rulesOfGroup(group: SecurityGroup, state: Ec2State): SecurityGroupRule[] {
  return [...state.securityGroupRules.values()].filter((rule) => rule.GroupId === group.GroupId);
}

function textOfPeer(peer: RulePeer): string {
  return peer.kind === 'ipv4' || peer.kind === 'ipv6' ? peer.cidr : peer.id;
}

function peerText(rule: SecurityGroupRule): string | undefined {
  return rule.CidrIpv4 ?? rule.CidrIpv6 ?? rule.PrefixListId ?? rule.ReferencedGroupInfo?.GroupId;
}

/** Throws InvalidPermission.Duplicate when a rule is there already, or twice in the request. */
export function checkNotThere(
  rules: readonly RuleSpecification[],
  group: SecurityGroup,
  isEgress: boolean,
  state: Ec2State,
): void {
  const seen = new Set<string>();
  for (const rule of rules) {
    const words = wordsOf(rule);
    if (seen.has(words)) throw invalidParameterValue('The same permission must not appear multiple times');
    if (findRule(rule, group, isEgress, state) !== undefined) {
      throw new AwsError('InvalidPermission.Duplicate', `the specified rule "${words}" already exists`);
    }
    seen.add(words);
  }
}

function wordsOf(rule: RuleSpecification): string {
  const protocol = rule.protocol === '-1' ? 'ALL' : rule.protocol.toUpperCase();
  const ports = rule.fromPort === -1 ? '' : ` from port: ${rule.fromPort}, to port: ${rule.toPort},`;
  return `peer: ${textOfPeer(rule.peer)}, ${protocol},${ports} ALLOW`;
}

export function addRules(
  rules: readonly RuleSpecification[],
  group: SecurityGroup,
  isEgress: boolean,
  context: Pick<OperationContext, 'state' | 'ids'>,
  tags: readonly Tag[] = [],
): SecurityGroupRule[] {
  const { ec2, accountId, region } = context.state;
  const added = rules.map((rule): SecurityGroupRule => {
    const id = context.ids.hex('sgr-', 17);
    return {
      SecurityGroupRuleId: id,
      SecurityGroupRuleArn: `arn:aws:ec2:${region}:${accountId}:security-group-rule/${id}`,
      GroupId: group.GroupId,
      GroupOwnerId: accountId,
      IsEgress: isEgress,
      IpProtocol: rule.protocol,
      FromPort: rule.fromPort,
      ToPort: rule.toPort,
      ...peerMembers(rule.peer),
      ...(rule.description === undefined ? {} : { Description: rule.description }),
    };
  });
  for (const rule of added) {
    ec2.securityGroupRules.set(rule.SecurityGroupRuleId!, rule);
    putTags(ec2, rule.SecurityGroupRuleId!, tags);
  }
  showPermissions(group, ec2);
  return added.map((rule) => ({ ...copyOf(rule), Tags: [...tagsOf(ec2, rule.SecurityGroupRuleId!)] }));
}

function peerMembers(peer: RulePeer): Partial<SecurityGroupRule> {
  switch (peer.kind) {
    case 'ipv4':
      return { CidrIpv4: peer.cidr };
    case 'ipv6':
      return { CidrIpv6: peer.cidr };
    case 'prefixList':
      return { PrefixListId: peer.id };
    case 'group':
      return { ReferencedGroupInfo: { GroupId: peer.id, UserId: peer.ownerId } };
  }
}

export function removeRules(ruleIds: readonly string[], group: SecurityGroup, state: Ec2State): void {
  for (const id of ruleIds) {
    state.securityGroupRules.delete(id);
    state.tags.delete(id);
  }
  showPermissions(group, state);
}

/** Sets the descriptions of rules of the group, by id. */
export function setDescriptions(
  descriptions: readonly SecurityGroupRuleDescription[],
  group: SecurityGroup,
  state: Ec2State,
): void {
  for (const { SecurityGroupRuleId: id = '', Description } of descriptions) {
    const rule = state.securityGroupRules.get(id);
    if (rule !== undefined && rule.GroupId === group.GroupId) rule.Description = Description;
  }
  showPermissions(group, state);
}

/** Another protocol, ports or peer for a rule that keeps its id. */
export function replaceRule(
  rule: SecurityGroupRule,
  wanted: RuleSpecification,
  group: SecurityGroup,
  state: Ec2State,
): void {
  const noPeer = { CidrIpv4: undefined, CidrIpv6: undefined, PrefixListId: undefined, ReferencedGroupInfo: undefined };
  Object.assign(rule, noPeer, peerMembers(wanted.peer), {
    IpProtocol: wanted.protocol,
    FromPort: wanted.fromPort,
    ToPort: wanted.toPort,
    Description: wanted.description,
  });
  showPermissions(group, state);
}

/** Keeps a group's IpPermissions in step with its rules. */
function showPermissions(group: SecurityGroup, state: Ec2State): void {
  const rules = rulesOfGroup(group, state);
  group.IpPermissions = permissionsOf(rules.filter((rule) => rule.IsEgress !== true));
  group.IpPermissionsEgress = permissionsOf(rules.filter((rule) => rule.IsEgress === true));
}
