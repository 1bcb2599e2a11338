import type {
  ModifySecurityGroupRulesRequest,
  ModifySecurityGroupRulesResult,
  SecurityGroupRule,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { missingParameter, required } from '../refusals.js';
import { requireResource } from '../resources.js';
import { permissionOfRuleRequest, rulesOf } from '../rule-specification.js';
import { replaceRule } from '../security-group-rules.js';

/** Replaces rules in place: their ids stay. */
export function modifySecurityGroupRules(
  input: ModifySecurityGroupRulesRequest,
  context: OperationContext,
): ModifySecurityGroupRulesResult {
  const group = requireResource('securityGroup', input.GroupId, context);
  if (!input.SecurityGroupRules?.length) throw missingParameter('securityGroupRule');
  const changes = input.SecurityGroupRules.map(({ SecurityGroupRuleId: id, SecurityGroupRule: asked }) => {
    const rule: SecurityGroupRule = requireResource('securityGroupRule', id, context);
    if (rule.GroupId !== group.GroupId) {
      throw new AwsError('InvalidSecurityGroupRuleId.NotFound', `The security group rule ID '${id}' does not exist`);
    }
    const permission = permissionOfRuleRequest(required(asked, 'securityGroupRule'));
    const [wanted] = rulesOf({ IpPermissions: [permission] }, group, context);
    return { rule, wanted: wanted! };
  });
  for (const { rule, wanted } of changes) replaceRule(rule, wanted, group, context.state.ec2);
  return { Return: true };
}
