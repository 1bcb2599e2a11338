import { isDeepStrictEqual } from 'node:util';
import type {
  CreateListenerInput,
  CreateListenerOutput,
  Listener,
  Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../../../control-plane/aws-error.js';
import { notEmulated } from '../../../control-plane/not-emulated.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { newListenerArn, newRuleArn } from '../arn.js';
import { requireLoadBalancer } from '../lookup.js';
import { normalizeActions } from '../rule-action.js';
import { addTagsTo } from '../tags.js';
import { checkTargetGroupsAreFree, refreshTargetGroupUse } from '../target-group-use.js';

/** HTTP only: a listener of another protocol is refused by name. */
export function createListener(input: CreateListenerInput, context: OperationContext): CreateListenerOutput {
  const { elbv2 } = context.state;
  const arn = requireLoadBalancer(elbv2, input.LoadBalancerArn).loadBalancer.LoadBalancerArn!;
  if (input.Protocol === undefined) throw new AwsError('ValidationError', 'A listener protocol must be specified');
  if (input.Protocol !== 'HTTP') {
    throw notEmulated(`the listener protocol '${input.Protocol}'; use HTTP`);
  }
  const port = input.Port;
  if (port === undefined || port < 1 || port > 65_535)
    throw new AwsError('ValidationError', 'A listener port must be specified');
  const existing = [...elbv2.listeners.values()].find(
    ({ listener }) => listener.LoadBalancerArn === arn && listener.Port === port,
  );
  if (existing !== undefined) {
    // Idempotent: the same settings answer the listener that exists.
    const wanted = normalizeActions(elbv2, input.DefaultActions);
    if (isDeepStrictEqual(wanted, existing.listener.DefaultActions)) return { Listeners: [{ ...existing.listener }] };
    throw new AwsError('DuplicateListener', `A listener already exists on this port for this load balancer '${arn}'`);
  }
  const actions = normalizeActions(elbv2, input.DefaultActions);
  checkTargetGroupsAreFree(elbv2, arn, actions);
  const listenerArn = newListenerArn(context, arn);
  const listener: Listener = {
    ListenerArn: listenerArn,
    LoadBalancerArn: arn,
    Port: port,
    Protocol: 'HTTP',
    DefaultActions: actions,
  };
  const rule: Rule = {
    RuleArn: newRuleArn(context, listenerArn),
    Priority: 'default',
    Conditions: [],
    Actions: actions,
    IsDefault: true,
  };
  elbv2.listeners.set(listenerArn, { listener, rules: new Map([[rule.RuleArn!, rule]]) });
  addTagsTo(elbv2, listenerArn, input.Tags);
  refreshTargetGroupUse(elbv2);
  context.emit({ kind: 'listenersChanged' });
  return { Listeners: [{ ...listener }] };
}
