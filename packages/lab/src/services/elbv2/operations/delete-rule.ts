import type { DeleteRuleInput, DeleteRuleOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireRule } from '../lookup.js';
import { refreshTargetGroupUse } from '../target-group-use.js';

export function deleteRule(input: DeleteRuleInput, context: OperationContext): DeleteRuleOutput {
  const { elbv2 } = context.state;
  const { listener, rule } = requireRule(elbv2, input.RuleArn);
  if (rule.IsDefault) {
    throw new AwsError('OperationNotPermitted', `Default rule '${rule.RuleArn}' cannot be deleted`);
  }
  listener.rules.delete(rule.RuleArn!);
  elbv2.tags.delete(rule.RuleArn!);
  refreshTargetGroupUse(elbv2);
  return {};
}
