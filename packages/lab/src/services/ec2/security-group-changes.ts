import type { RevokedSecurityGroupRule, SecurityGroupRule, TagSpecification } from '@aws-sdk/client-ec2';
import { AwsError } from '../../control-plane/aws-error.js';
import type { OperationContext } from '../../control-plane/types.js';
import { networkChanged } from './network-revision.js';
import { refuseDryRun } from './refusals.js';
import { kindOf } from './resources.js';
import { securityGroupFor } from './security-group-names.js';
import { addRules, checkNotThere, type FlatRule, findRule, removeRules, rulesOf } from './security-group-rules.js';
import { tagsFor } from './tags.js';

/** What Authorize and Revoke, Ingress and Egress, have in common. */
interface RuleChange extends FlatRule {
  readonly DryRun?: boolean | undefined;
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
  refuseDryRun(input);
  const added = addRules(rules, group, isEgress, context, tags);
  networkChanged(context);
  return added;
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
    : rulesOf(input, group, context).map((rule) => {
        const found = findRule(rule, group, isEgress, ec2);
        if (found !== undefined) return found;
        throw new AwsError('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.');
      });
  refuseDryRun(input);
  removeRules(
    leaving.map((rule) => rule.SecurityGroupRuleId!),
    group,
    ec2,
  );
  networkChanged(context);
  return leaving.map(revokedRule);
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
