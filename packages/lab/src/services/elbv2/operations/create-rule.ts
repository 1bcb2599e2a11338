import type { CreateRuleInput, CreateRuleOutput, Rule } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { newRuleArn } from '../arn.js';
import { requireListener } from '../lookup.js';
import { normalizeActions } from '../rule-action.js';
import { normalizeConditions } from '../rule-condition.js';
import { checkPriority, sortRules } from '../rules.js';
import { addTagsTo } from '../tags.js';
import { checkTargetGroupsAreFree, refreshTargetGroupUse } from '../target-group-use.js';

const MOST_RULES = 100;

export function createRule(input: CreateRuleInput, context: OperationContext): CreateRuleOutput {
  const { elbv2 } = context.state;
  const record = requireListener(elbv2, input.ListenerArn);
  const priority = checkPriority(input.Priority);
  if ([...record.rules.values()].some((other) => other.Priority === priority)) {
    throw new AwsError('PriorityInUse', `Priority '${priority}' is currently in use`);
  }
  // The default rule does not count.
  if (record.rules.size > MOST_RULES)
    throw new AwsError('TooManyRules', 'The maximum number of rules has been reached');
  const conditions = normalizeConditions(input.Conditions);
  const actions = normalizeActions(elbv2, input.Actions);
  checkTargetGroupsAreFree(elbv2, record.listener.LoadBalancerArn!, actions);
  const rule: Rule = {
    RuleArn: newRuleArn(context, record.listener.ListenerArn!),
    Priority: priority,
    Conditions: conditions,
    Actions: actions,
    IsDefault: false,
  };
  record.rules.set(rule.RuleArn!, rule);
  sortRules(record);
  addTagsTo(elbv2, rule.RuleArn!, input.Tags);
  refreshTargetGroupUse(elbv2);
  return { Rules: [{ ...rule }] };
}
