import type {
  RevokedSecurityGroupRule,
  SecurityGroup,
  SecurityGroupRule,
  SecurityGroupRuleDescription,
  TagSpecification,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../control-plane/aws-error.js';
import type { OperationContext } from '../../control-plane/types.js';
import { missingParameter, required } from './refusals.js';
import { kindOf } from './resources.js';
import { type FlatRule, type RuleSpecification, rulesOf } from './rule-specification.js';
import { securityGroupFor } from './security-group-names.js';
import { addRules, checkNotThere, findRule, removeRules, setDescriptions } from './security-group-rules.js';
import { tagsFor } from './tags.js';

/** What Authorize and Revoke, Ingress and Egress, have in common. */
interface RuleChange extends FlatRule {
  readonly GroupId?: string | undefined;
  readonly GroupName?: string | undefined;
  readonly TagSpecifications?: readonly TagSpecification[] | undefined;
  readonly SecurityGroupRuleIds?: readonly string[] | undefined;
}

export function authorizeRules(input: RuleChange, isEgress: boolean, context: OperationContext): SecurityGroupRule[] {
  const group = securityGroupFor(input, context);
  const rules = rulesOf(input, group, context);
  checkNotThere(rules, group, isEgress, context.state.ec2);
  const tags = tagsFor('security-group-rule', input.TagSpecifications);
  return addRules(rules, group, isEgress, context, tags);
}

/** All of the rules are there, or none is revoked. */
export function revokeRules(
  input: RuleChange,
  isEgress: boolean,
  context: OperationContext,
): RevokedSecurityGroupRule[] {
  const { ec2 } = context.state;
  const group = securityGroupFor(input, context);
  const leaving = input.SecurityGroupRuleIds?.length
    ? input.SecurityGroupRuleIds.map((id) => ruleWithId(id, group.GroupId!, isEgress, context))
    : rulesOf(input, group, context).map((rule) => requireRule(rule, group, isEgress, context));
  removeRules(
    leaving.map((rule) => rule.SecurityGroupRuleId!),
    group,
    ec2,
  );
  return leaving.map(revokedRule);
}

/** By rule ids, or by rules written out with their new description. */
export function updateDescriptions(
  input: RuleChange & { readonly SecurityGroupRuleDescriptions?: readonly SecurityGroupRuleDescription[] | undefined },
  isEgress: boolean,
  context: OperationContext,
): void {
  const { ec2 } = context.state;
  const group = securityGroupFor(input, context);
  const byId = (input.SecurityGroupRuleDescriptions ?? []).map((one) => {
    const id = required(one.SecurityGroupRuleId, 'securityGroupRuleId');
    return { ...one, SecurityGroupRuleId: ruleWithId(id, group.GroupId!, isEgress, context).SecurityGroupRuleId };
  });
  const written = input.IpPermissions?.length
    ? rulesOf(input, group, context).map((rule) => {
        const { SecurityGroupRuleId } = requireRule(rule, group, isEgress, context);
        return { SecurityGroupRuleId, Description: rule.description };
      })
    : [];
  if (byId.length + written.length === 0) throw missingParameter('ipPermissions');
  setDescriptions([...byId, ...written], group, ec2);
}

function requireRule(
  rule: RuleSpecification,
  group: SecurityGroup,
  isEgress: boolean,
  { state }: OperationContext,
): SecurityGroupRule {
  const found = findRule(rule, group, isEgress, state.ec2);
  if (found !== undefined) return found;
  throw new AwsError('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.');
}

function ruleWithId(id: string, groupId: string, isEgress: boolean, { state }: OperationContext): SecurityGroupRule {
  const rule = state.ec2.securityGroupRules.get(id);
  if (rule?.GroupId === groupId && rule.IsEgress === isEgress) return rule;
  const { notFound, text } = kindOf('securityGroupRule');
  throw new AwsError(notFound, text(id));
}

function revokedRule(rule: SecurityGroupRule): RevokedSecurityGroupRule {
  return {
    SecurityGroupRuleId: rule.SecurityGroupRuleId,
    GroupId: rule.GroupId,
    IsEgress: rule.IsEgress,
    IpProtocol: rule.IpProtocol,
    FromPort: rule.FromPort,
    ToPort: rule.ToPort,
    CidrIpv4: rule.CidrIpv4,
    CidrIpv6: rule.CidrIpv6,
    PrefixListId: rule.PrefixListId,
    ReferencedGroupId: rule.ReferencedGroupInfo?.GroupId,
    Description: rule.Description,
  };
}
