import type { ModifyRuleInput, ModifyRuleOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireRule } from '../lookup.js';
import { normalizeActions } from '../rule-action.js';
import { normalizeConditions } from '../rule-condition.js';
import { checkTargetGroupsAreFree, refreshTargetGroupUse } from '../target-group-use.js';

export function modifyRule(input: ModifyRuleInput, context: OperationContext): ModifyRuleOutput {
  const { elbv2 } = context.state;
  const { listener, rule } = requireRule(elbv2, input.RuleArn);
  if (rule.IsDefault) {
    throw new AwsError('OperationNotPermitted', `Default rule '${rule.RuleArn}' cannot be modified`);
  }
  const conditions = input.Conditions ? normalizeConditions(input.Conditions) : rule.Conditions;
  const actions = input.Actions ? normalizeActions(elbv2, input.Actions) : rule.Actions;
  checkTargetGroupsAreFree(elbv2, listener.listener.LoadBalancerArn!, actions);
  rule.Conditions = conditions;
  rule.Actions = actions;
  refreshTargetGroupUse(elbv2);
  return { Rules: [{ ...rule }] };
}
