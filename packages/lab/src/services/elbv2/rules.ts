import type { Rule } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../../control-plane/aws-error.js';
import type { ListenerRecord } from './state.js';

/** Puts the rules back into their order of evaluation: by priority, the default last. */
export function sortRules(listener: ListenerRecord): void {
  const sorted = [...listener.rules.values()].sort((a, b) => positionOf(a) - positionOf(b));
  listener.rules.clear();
  for (const rule of sorted) listener.rules.set(rule.RuleArn!, rule);
}

function positionOf(rule: Rule): number {
  return rule.IsDefault ? Number.POSITIVE_INFINITY : Number(rule.Priority);
}

export function defaultRuleOf(listener: ListenerRecord): Rule {
  return [...listener.rules.values()].find((rule) => rule.IsDefault)!;
}

export function checkPriority(priority: number | undefined): string {
  if (priority !== undefined && Number.isInteger(priority) && priority >= 1 && priority <= 50_000)
    return String(priority);
  throw new AwsError('ValidationError', `Priority '${priority}' must be between '1' and '50000' inclusive`);
}
