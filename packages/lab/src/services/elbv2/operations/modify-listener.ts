import type { ModifyListenerInput, ModifyListenerOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../../../control-plane/aws-error.js';
import { notEmulated } from '../../../control-plane/not-emulated.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireListener } from '../lookup.js';
import { normalizeActions } from '../rule-action.js';
import { defaultRuleOf } from '../rules.js';
import { checkTargetGroupsAreFree, refreshTargetGroupUse } from '../target-group-use.js';

export function modifyListener(input: ModifyListenerInput, context: OperationContext): ModifyListenerOutput {
  const { elbv2 } = context.state;
  const record = requireListener(elbv2, input.ListenerArn);
  const { listener } = record;
  if (input.Protocol !== undefined && input.Protocol !== 'HTTP') {
    throw notEmulated(`the listener protocol '${input.Protocol}'; use HTTP`);
  }
  const isTaken = [...elbv2.listeners.values()].some(
    ({ listener: other }) =>
      other !== listener && other.LoadBalancerArn === listener.LoadBalancerArn && other.Port === input.Port,
  );
  if (isTaken) {
    throw new AwsError(
      'DuplicateListener',
      `A listener already exists on this port for this load balancer '${listener.LoadBalancerArn}'`,
    );
  }
  if (input.DefaultActions) {
    const actions = normalizeActions(elbv2, input.DefaultActions);
    checkTargetGroupsAreFree(elbv2, listener.LoadBalancerArn!, actions);
    listener.DefaultActions = actions;
    defaultRuleOf(record).Actions = actions;
    refreshTargetGroupUse(elbv2);
  }
  if (input.Port !== undefined) listener.Port = input.Port;
  context.emit({ kind: 'listenersChanged' });
  return { Listeners: [{ ...listener }] };
}
