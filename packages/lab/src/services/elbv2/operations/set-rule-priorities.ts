import type { SetRulePrioritiesInput, SetRulePrioritiesOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireRule } from '../lookup.js';
import { checkPriority, sortRules } from '../rules.js';

/** All or none: two rules may swap their priorities in one request. */
export function setRulePriorities(input: SetRulePrioritiesInput, context: OperationContext): SetRulePrioritiesOutput {
  const changes = (input.RulePriorities ?? []).map((pair) => ({
    ...requireRule(context.state.elbv2, pair.RuleArn),
    priority: checkPriority(pair.Priority),
  }));
  const changed = new Set(changes.map(({ rule }) => rule));
  for (const { listener, rule, priority } of changes) {
    if (rule.IsDefault) {
      throw new AwsError('OperationNotPermitted', `Default rule '${rule.RuleArn}' cannot be modified`);
    }
    const isKept = [...listener.rules.values()].some((other) => other.Priority === priority && !changed.has(other));
    const isTwice = changes.some(
      (other) => other.rule !== rule && other.listener === listener && other.priority === priority,
    );
    if (isKept || isTwice) throw new AwsError('PriorityInUse', `Priority '${priority}' is currently in use`);
  }
  for (const { rule, priority } of changes) rule.Priority = priority;
  for (const { listener } of changes) sortRules(listener);
  return { Rules: changes.map(({ rule }) => ({ ...rule })) };
}
