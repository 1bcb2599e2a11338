import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../../control-plane/aws-error.js';
import type { ElbV2State } from './state.js';

/** The target groups that an action list forwards to. */
function forwardedTargetGroups(actions: readonly Action[] | undefined): readonly string[] {
  return (actions ?? [])
    .filter((action) => action.Type === 'forward')
    .flatMap((action) => action.ForwardConfig?.TargetGroups ?? [])
    .map((tuple) => tuple.TargetGroupArn!);
}

/** Rewrites every target group's LoadBalancerArns from the rules: a group that no rule forwards to is in no use. */
export function refreshTargetGroupUse(state: ElbV2State): void {
  const used = new Map<string, Set<string>>();
  for (const { listener, rules } of state.listeners.values()) {
    for (const rule of rules.values()) {
      for (const arn of forwardedTargetGroups(rule.Actions)) {
        used.set(arn, (used.get(arn) ?? new Set()).add(listener.LoadBalancerArn!));
      }
    }
  }
  for (const [arn, { targetGroup }] of state.targetGroups) {
    targetGroup.LoadBalancerArns = [...(used.get(arn) ?? [])];
  }
}

/** A target group belongs to one load balancer: refuses actions that would give it a second. */
export function checkTargetGroupsAreFree(
  state: ElbV2State,
  loadBalancerArn: string,
  actions: readonly Action[] | undefined,
): void {
  const taken = forwardedTargetGroups(actions).filter((arn) =>
    state.targetGroups.get(arn)?.targetGroup.LoadBalancerArns?.some((owner) => owner !== loadBalancerArn),
  );
  if (taken.length === 0) return;
  throw new AwsError(
    'TargetGroupAssociationLimit',
    `The following target groups cannot be associated with more than one load balancer: ${taken.join(', ')}`,
  );
}
